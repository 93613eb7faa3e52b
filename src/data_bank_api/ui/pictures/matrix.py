"""Which columns of numbers go together: the lower half of a matrix, each column named at its end.

height
██  weight           full where two go together, by how much they do
░░  ▒▒  age          one colour where both grow, another where one falls as the other grows
"""

from dataclasses import dataclass
from typing import Literal

from data_bank_client.wire.reports import Report

CELL = 26  # pixels
_FAINTEST = 0.06
_NOTHING = 0.1
_MIDDLE, _STRONG = 0.62, 0.82  # by which digits stand out, in the dark and in the light


@dataclass(frozen=True, slots=True)
class Cell:
    """`x` and `y` in pixels; `opacity` and `weight` are how strong they go together."""

    x: int
    y: int
    sign: Literal["plus", "minus", "none"]
    opacity: float
    digits: str
    weight: Literal["faint", "middle", "strong"]
    says: str


@dataclass(frozen=True, slots=True)
class Name:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    first: str
    second: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """`side` in pixels, without the names."""

    side: int
    cells: tuple[Cell, ...]
    names: tuple[Name, ...]
    pairs: tuple[Pair, ...]
    left_out: int


def matrix(report: Report) -> Matrix | None:
    """None where there are no two columns of numbers. Its pairs are the closest first."""
    found = report["table"].get("correlations")
    if found is None:
        return None
    pairs = [Pair(each["first"], each["second"], each["correlation"]) for each in found["pairs"]]
    names = list(dict.fromkeys(name for pair in pairs for name in (pair.first, pair.second)))
    place = {name: at for at, name in enumerate(names)}
    return Matrix(
        side=len(names) * CELL,
        cells=tuple(_cell(each, place) for each in pairs),
        names=tuple(Name(at * CELL, at * CELL, name) for at, name in enumerate(names)),
        pairs=tuple(sorted(pairs, key=lambda each: -abs(each.value or 0))),
        left_out=found["left_out"],
    )


def pairs_of(report: Report, name: str) -> tuple[Pair, ...]:
    """Those of one column, which is their first, the closest first."""
    found = report["table"].get("correlations")
    told = [
        Pair(name, each["second"] if each["first"] == name else each["first"], each["correlation"])
        for each in (found["pairs"] if found else ())
        if name in (each["first"], each["second"])
    ]
    return tuple(sorted(told, key=lambda each: -abs(each.value or 0)))


def _cell(pair: Pair, place: dict[str, int]) -> Cell:
    across, down = sorted((place[pair.first], place[pair.second]))
    value = pair.value
    strength = 0.0 if value is None else abs(value)
    return Cell(
        x=across * CELL,
        y=down * CELL,
        sign="none" if value is None else "minus" if value < 0 else "plus",
        opacity=round(_FAINTEST + (1 - _FAINTEST) * strength, 3),
        digits=_digits(value),
        weight="strong" if strength >= _STRONG else "middle" if strength >= _MIDDLE else "faint",
        says=f"{pair.first} and {pair.second}: {correlation(value)}",
    )


def correlation(value: float | None) -> str:
    """`0.83`, `-0.20`; words where there is none."""
    return "one does not vary" if value is None else f"{_rounded(value):.2f}"


def _digits(value: float | None) -> str:
    """In hundredths: `83`, `-20`; where it is next to nothing, nothing."""
    is_told = value is not None and abs(value) >= _NOTHING
    return f"{(value or 0) * 100:.0f}" if is_told else ""


def _rounded(value: float) -> float:
    """Never `-0.00`."""
    return round(value, 2) + 0.0
