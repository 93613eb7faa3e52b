"""What every test shares: hypothesis without deadlines, since the machine may be busy."""

from hypothesis import settings

settings.register_profile("bank", deadline=None, max_examples=100)
settings.load_profile("bank")
