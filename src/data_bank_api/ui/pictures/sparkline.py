"""A small picture of a column, for its line in a table: how its values are spread.

numbers    a path of bars, the tallest as high as the picture
others     a strip, the values that are there most often beside one another
"""

from dataclasses import dataclass

from data_bank_client.wire.reports import ReportColumn, TopValue

HEIGHT = 20
_GAP = 0.15
_LEAST_HEIGHT = 1.0
_MOST = 6
_WORTH_IT = 0.05  # of all values, those of the strip


@dataclass(frozen=True, slots=True)
class Part:
    """`x` and `width` in percent; `place` counts from 0, the most frequent value first."""

    x: float
    width: float
    place: int
    says: str


@dataclass(frozen=True, slots=True)
class Sparkline:
    """`path` in a picture that is `width` wide and HEIGHT high; empty where there is a strip."""

    width: int
    path: str
    strip: tuple[Part, ...]


def sparkline(column: ReportColumn) -> Sparkline | None:
    """None where there is nothing to see: no value is there, or none is often."""
    statistics = column["statistics"]
    bins, top = statistics.get("histogram"), statistics["top_values"]
    if bins is not None:
        return Sparkline(len(bins["counts"]), _path(bins["counts"]), ())
    if sum(each["share"] for each in top[:_MOST]) < _WORTH_IT:
        return None
    return Sparkline(0, "", strip(top))


def strip(values: list[TopValue]) -> tuple[Part, ...]:
    """The first few of them; what is left of the width is all others."""
    parts: list[Part] = []
    x = 0.0
    for place, each in enumerate(values[:_MOST]):
        width = round(each["share"] * 100, 3)
        parts.append(Part(round(x, 3), width, place, each["value"]))
        x += width
    return tuple(parts)


def _path(counts: list[int]) -> str:
    most = max(counts)
    heights = [max(_LEAST_HEIGHT, count / most * HEIGHT) if count else 0 for count in counts]
    width = 1 - _GAP
    return "".join(
        f"M{at} {HEIGHT}v-{height:.4g}h{width:.4g}v{height:.4g}z"
        for at, height in enumerate(heights)
        if height
    )
