"""What every test shares: its servers, and hypothesis without deadlines on a busy machine."""

from hypothesis import settings

pytest_plugins = [
    "tests.fakes.databases",
    "tests.fakes.hub.judge",
    "tests.fakes.hub.stand_in",
    "tests.fakes.redis_server",
]

settings.register_profile("bank", deadline=None, max_examples=100)
settings.load_profile("bank")
