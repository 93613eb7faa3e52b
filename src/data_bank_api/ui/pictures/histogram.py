"""How the numbers of a column lie: a bar for each bin, and below them the box of their quartiles.

      ┌──┐
   ┌──┤  ├──┐              a bar is as high as there are numbers in its bin
┌──┤  │  │  ├─────┐
└──┴──┴──┴──┴─────┘
   ├───[ │ ]─────┤   ·  ·  the box is the middle half of them, its line the median; the
                           whiskers end at the fences beyond which outliers lie, or before
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from data_bank_api.ui.figure_words import as_number, in_short
from data_bank_api.ui.pictures.scale import Scale, Tick
from data_bank_client.wire.reports import Bins, ColumnStatistics, Ends, ReportColumn, Told

HEIGHT = 180  # pixels of the tallest bar
_LEAST_HEIGHT = 1.5  # of what is there at all
_ALONE = (35.0, 30.0)  # the bar of one number, from where and how wide
_NO_ENDS = Ends(minimum=None, maximum=None)


@dataclass(frozen=True, slots=True)
class Bar:
    """`x` and `width` in percent, `y` and `height` in pixels from above."""

    x: float
    width: float
    y: float
    height: float
    count: int
    says: str


@dataclass(frozen=True, slots=True)
class Dot:
    place: float
    says: str


@dataclass(frozen=True, slots=True)
class Box:
    """All in percent."""

    start: float
    first: float
    median: float
    third: float
    end: float
    mean: float | None
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line across, at a height, for a count."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Histogram:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    box: Box | None


def histogram(column: ReportColumn) -> Histogram | None:
    """None where no numbers are told of, or they are too large for a picture."""
    bins = column["statistics"].get("histogram")
    edges = _edges(bins)
    if bins is None or not edges:
        return None
    # An integer that has a bin of its own lies in the middle of it.
    aside = 0.5 if _is_each(column, edges) else 0.0
    scale = Scale(edges[0] - aside, edges[-1] - aside)
    return Histogram(
        bars=tuple(_bars(edges, bins["counts"], is_each=aside > 0)),
        ticks=scale.ticks(finest=aside * 2),
        lines=_lines(max(bins["counts"])),
        box=_box(column["statistics"], scale),
    )


def _edges(bins: Bins | None) -> list[float]:
    """None of them where one cannot be drawn."""
    found = [as_number(each) for each in bins["edges"]] if bins else []
    known = [each for each in found if each is not None]
    return known if len(known) == len(found) else []


def _is_each(column: ReportColumn, edges: list[float]) -> bool:
    """Whether each bin holds one integer: then the last edge is none of them."""
    largest = as_number(column["statistics"].get("range", _NO_ENDS)["maximum"])
    return column["type"] == "integer" and largest is not None and edges[-1] == largest + 1


def _bars(edges: list[float], counts: list[int], *, is_each: bool) -> Iterator[Bar]:
    scale, most = Scale(edges[0], edges[-1]), max(counts)
    for (start, stop), count in zip(pairwise(edges), counts, strict=True):
        x, end = scale.place(start), scale.place(stop)
        height = round(max(count / most * HEIGHT, _LEAST_HEIGHT if count else 0), 1)
        yield Bar(
            *((x, round(end - x, 3)) if end > x else _ALONE),
            y=round(HEIGHT - height, 1),
            height=height,
            count=count,
            says=in_short(start) if is_each else f"{in_short(start)} to {in_short(stop)}",
        )


def _lines(most: int) -> tuple[Line, ...]:
    """At round numbers; zero has a line of its own."""
    ticks = Scale(0, most).ticks(finest=1)[1:]
    return tuple(Line(round(HEIGHT * (1 - each.place / 100), 1), each.label) for each in ticks)


def _box(statistics: ColumnStatistics, scale: Scale) -> Box | None:
    quartiles, ends = statistics.get("quartiles"), statistics.get("range")
    if quartiles is None or ends is None:
        return None
    told = (quartiles["q1"], quartiles["median"], quartiles["q3"], *_whiskers(statistics, ends))
    places = [scale.place(each) for each in map(as_number, told) if each is not None]
    if len(places) < len(told):
        return None
    first, median, third, start, end = places
    mean = as_number(statistics.get("mean"))
    return Box(
        min(start, first),
        first,
        median,
        third,
        max(third, end),
        None if mean is None else scale.place(mean),
        tuple(_dots(statistics, scale)),
    )


def _whiskers(statistics: ColumnStatistics, ends: Ends) -> tuple[Told | None, Told | None]:
    """The fences beyond which outliers lie, or the ends where those are nearer."""
    outliers, low, high = statistics.get("outliers"), ends["minimum"], ends["maximum"]
    if outliers is None:
        return low, high
    return _nearer(low, outliers["low"], max), _nearer(high, outliers["high"], min)


def _nearer(
    end: Told | None, fence: Told | None, choose: Callable[[float, float], float]
) -> float | None:
    one, other = as_number(end), as_number(fence)
    return one if one is None or other is None else choose(one, other)


def _dots(statistics: ColumnStatistics, scale: Scale) -> Iterator[Dot]:
    outliers = statistics.get("outliers")
    for each in outliers["examples"] if outliers else ():
        number = as_number(each["value"])
        if number is not None:
            yield Dot(scale.place(number), f"row {each['row']:,}: {each['value']}")
