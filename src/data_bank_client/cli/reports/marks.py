"""Small pictures of numbers, a character a value: bars, sparklines, shades."""

import math
from collections.abc import Sequence
from itertools import pairwise

_HEIGHTS = " ▁▂▃▄▅▆▇█"
_SHADES = "·░▒▓█"
_PARTS = " ▏▎▍▌▋▊▉█"


def sparkline(counts: Sequence[int], width: int) -> str:
    """The counts as heights, the largest full; nothing is blank, and what is there is not.

    Of more counts than `width` neighbours are put together, to their mean.
    """
    means = _narrowed(counts, width)
    most = max(means, default=0.0)
    return "".join(_step(_HEIGHTS, mean / most if most else 0.0) for mean in means)


def bar(share: float, width: int) -> str:
    """A share of 1 as a bar of at most `width` characters, to an eighth of one."""
    eighths = math.ceil(min(max(share, 0.0), 1.0) * width * 8)
    whole, part = divmod(eighths, 8)
    return "█" * whole + (_PARTS[part] if part else "")


def shades(shares: Sequence[float]) -> str:
    """Shares of 1, the darker the more; `·` is none."""
    return "".join(_step(_SHADES, share) for share in shares)


def _step(steps: str, share: float) -> str:
    return steps[math.ceil(share * (len(steps) - 1))]


def _narrowed(counts: Sequence[int], width: int) -> list[float]:
    if len(counts) <= width:
        return [float(count) for count in counts]
    edges = [len(counts) * place // width for place in range(width + 1)]
    return [sum(counts[start:stop]) / (stop - start) for start, stop in pairwise(edges)]
