"""Where in the file values are missing: a line for each column, from the first row to the last.

email    ░░░░▒▒▓▓██      the fuller, the more of the rows there lack it
phone    ██      ░░
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from data_bank_api.ui.pictures.scale import Tick
from data_bank_client.wire.reports import MissingBands, Report, ReportColumn

_FAINTEST = 0.18
_MOST = 40  # columns


@dataclass(frozen=True, slots=True)
class Run:
    """Rows beside one another of which alike many lack a value; `x` and `width` in percent."""

    x: float
    width: float
    opacity: float
    share: float
    first_row: int


@dataclass(frozen=True, slots=True)
class Lacking:
    column: ReportColumn
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class MissingMap:
    """Those columns that lack most; `left_out`: so many others lack some, too. `height` is how
    many rows a mark stands for."""

    lines: tuple[Lacking, ...]
    left_out: int
    height: int


def missing_map(report: Report) -> MissingMap | None:
    """None where no value is missing."""
    lacking = [each for each in report["columns"] if each["statistics"]["missing"]["count"]]
    if not lacking:
        return None
    lacking.sort(key=lambda each: -each["statistics"]["missing"]["count"])
    bands = report["table"]["missing_map"]
    lines = tuple(Lacking(each, runs(bands, each["position"])) for each in lacking[:_MOST])
    return MissingMap(lines, len(lacking) - len(lines), _height(bands, report["row_count"]))


def runs(bands: MissingBands, position: int) -> tuple[Run, ...]:
    """Of one column; bands without missing values are left blank."""
    return tuple(_runs([band[position - 1] for band in bands["shares"]], bands["starts"]))


def row_ticks(report: Report) -> tuple[Tick, Tick]:
    """What stands below: the first row and the last."""
    return Tick(0.0, "row 1"), Tick(100.0, f"row {report['row_count']:,}")


def _runs(shares: list[float], starts: list[int]) -> Iterator[Run]:
    at, count = 0, len(shares)
    for share, alike in groupby(shares):
        length = len(list(alike))
        if share:
            opacity = round(_FAINTEST + (1 - _FAINTEST) * share, 3)
            width = round(length / count * 100, 3)
            yield Run(round(at / count * 100, 3), width, opacity, share, starts[at])
        at += length


def _height(bands: MissingBands, rows: int) -> int:
    starts = bands["starts"]
    return starts[1] - starts[0] if len(starts) > 1 else rows
