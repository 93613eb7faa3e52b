"""The steps that a dataset goes through until its report is there, and how far it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# What is under way until so many percent are reached, as `dataset.process` tells them.
_STEPS = ((5, "Waiting"), (25, "Reading"), (60, "Statistics"), (85, "Anomalies"), (100, "Storing"))


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    state: Literal["done", "now", "to come"]


def steps(progress: float) -> Iterator[Step]:
    """Of one whose job is under way."""
    before = -1
    for reached, name in _STEPS:
        if progress >= reached:
            yield Step(name, "done")
        else:
            yield Step(name, "now" if progress >= before else "to come")
        before = reached
