"""A scale across a picture: where a number lies, and the round numbers that stand beside it."""

import math
from dataclasses import dataclass

from data_bank_api.ui.figure_words import brief

_STEPS = (1, 2, 5, 10)
_MOST = 5
_SLACK = 1e-6  # of a step: 0.3 is three times 0.1
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Tick:
    """`place` in percent."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    least: float
    largest: float

    def place(self, value: float) -> float:
        """In percent, from 0 to 100; 50 where all numbers are one."""
        # Halves: the span of two doubles may be larger than a double.
        span = self.largest / 2 - self.least / 2
        if not span:
            return 50.0
        return round(min(max((value / 2 - self.least / 2) / span, 0.0), 1.0) * 100, 3)

    def ticks(self, finest: float = 0.0) -> tuple[Tick, ...]:
        """A few round numbers, no nearer to one another than `finest`."""
        step = max(_step(self.largest / 2 - self.least / 2), finest)
        first = math.ceil(self.least / step - _SLACK)
        last = math.floor(self.largest / step + _SLACK)
        return tuple(
            Tick(self.place(number * step), label(number * step, step))
            for number in range(first, last + 1)
        )


def label(value: float, step: float) -> str:
    """A number to as many digits as tell it from the next, a step away."""
    largest = max(abs(value), step)
    digits = math.floor(math.log10(largest)) - math.floor(math.log10(step)) + 1
    return brief(value, digits)


def _step(half: float) -> float:
    """The smallest of 1, 2, 5, 10 and so on of which a few reach over twice as much as `half`."""
    if half < _TINY:
        return 1.0
    rough = half / (_MOST - 1) * 2
    power = 10.0 ** math.floor(math.log10(rough))
    return next(each * power for each in _STEPS if each * power >= rough * (1 - 1e-9))
