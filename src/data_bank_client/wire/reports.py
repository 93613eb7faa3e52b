"""A report as it is told: what is in a dataset.

    Report
    ├── source      what was read, and how
    ├── columns     each with its type, and what is told of its values
    ├── table       what is told of its rows, or of several columns
    ├── first_rows  the first of them, long cells cut short
    └── alerts      what a person should look at, the worst first

Rows and positions of columns count from 1; the header is no row. A `share` is of 1. There is no
NaN and no Infinity in it, and an integer beyond 2^53 is text in digits. Its version grows when a
reader has to know of a change.
"""

from typing import Literal, NotRequired, TypeAlias, TypedDict

ColumnType: TypeAlias = Literal[
    "integer", "decimal", "boolean", "date", "datetime", "text", "nested", "mixed", "empty"
]
Severity: TypeAlias = Literal["high", "medium", "low"]
Told: TypeAlias = int | float | str  # a number; text where JSON's numbers could spoil it, or a date

REPORT_VERSION = 1
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")  # the worst first


class RaggedRows(TypedDict):
    """Rows of a CSV with fewer or more cells than the header, and the lines of some of them."""

    count: int
    lines: list[int]


class ReportSource(TypedDict):
    """`delimiter`, `short` and `long` are a CSV's: what is missing counts as null, what is beyond
    the header is left out."""

    kind: str
    encoding: str | None
    delimiter: str | None
    short: RaggedRows
    long: RaggedRows


class MissingCounts(TypedDict):
    """`null`: no value; `empty`: no characters; `blank`: white space alone."""

    count: int
    null: int
    empty: int
    blank: int
    share: float


class DistinctCount(TypedDict):
    """`share` of the values that are there: 1 where each is there once."""

    count: int
    share: float


class TopValue(TypedDict):
    """One of the ten values that are there most often."""

    value: str
    count: int
    share: float


class Ends(TypedDict):
    """The least and the largest."""

    minimum: Told | None
    maximum: Told | None


class QuartileValues(TypedDict):
    """Between the two nearest values, as R-7 and numpy have them."""

    q1: Told | None
    median: Told | None
    q3: Told | None


class Bins(TypedDict):
    """`counts[i]` numbers are at least `edges[i]` and less than `edges[i + 1]`; the last edge is in
    the last bin."""

    edges: list[Told | None]
    counts: list[int]


class OutlierExample(TypedDict):
    """`value` as it is written."""

    row: int
    value: str


class OutlierCounts(TypedDict):
    """Numbers below `low` or above `high`; the examples are the farthest."""

    low: Told | None
    high: Told | None
    count: int
    share: float
    examples: list[OutlierExample]


class TextLengths(TypedDict):
    """In characters."""

    minimum: int
    maximum: int
    mean: float


class ColumnStatistics(TypedDict):
    """What is told of the values of a column.

    `kinds`, how many are integers, texts and so on, where they are not all alike, or none is
    finite; `range` of numbers, dates and times; `lengths` of texts; the others of numbers alone.
    """

    missing: MissingCounts
    distinct: DistinctCount
    top_values: list[TopValue]
    kinds: NotRequired[dict[str, int]]
    range: NotRequired[Ends]
    mean: NotRequired[Told]
    standard_deviation: NotRequired[Told]
    quartiles: NotRequired[QuartileValues]
    histogram: NotRequired[Bins]
    outliers: NotRequired[OutlierCounts]
    lengths: NotRequired[TextLengths]


class ReportColumn(TypedDict):
    """Names are made unique; `written` is what the file has."""

    position: int
    name: str
    written: str
    type: ColumnType
    statistics: ColumnStatistics


class DuplicateRows(TypedDict):
    """Rows minus distinct rows."""

    count: int
    share: float


class MissingBands(TypedDict):
    """`shares[b][c]` of the values of column c are missing in band b, which begins at row
    `starts[b]`."""

    starts: list[int]
    shares: list[list[float]]


class CorrelatedPair(TypedDict):
    """Pearson's, from -1 to 1; None where one does not vary."""

    first: str
    second: str
    correlation: float | None


class CorrelatedPairs(TypedDict):
    """`left_out`: so many columns of numbers came after the thirty that were looked at."""

    pairs: list[CorrelatedPair]
    left_out: int


class TableStatistics(TypedDict):
    """What is told of the rows; `correlations` where two columns of numbers are there."""

    duplicates: DuplicateRows
    missing_map: MissingBands
    correlations: NotRequired[CorrelatedPairs]


class FirstRow(TypedDict):
    """A cell that is null is None."""

    row: int
    cells: list[str | None]


class ReportAlert(TypedDict):
    """`column` is its name, None where it is about the table."""

    severity: Severity
    code: str
    column: str | None
    message: str


class Report(TypedDict):
    """`approximate` names the statistics that are right to some twelve digits; all others are
    exact."""

    source: ReportSource
    row_count: int
    column_count: int
    columns: list[ReportColumn]
    table: TableStatistics
    first_rows: list[FirstRow]
    alerts: list[ReportAlert]
    approximate: list[str]
    version: int
