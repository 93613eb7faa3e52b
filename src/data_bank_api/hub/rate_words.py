"""A rate, as people are told of it."""

_MEGA = 1e6


def rate_words(rate: float) -> str:
    """Of bytes a second. What comes in many small files is slow, and is not nothing."""
    return f"{rate / _MEGA:.1f} MB/s" if rate >= _MEGA else f"{rate / 1e3:.0f} kB/s"
