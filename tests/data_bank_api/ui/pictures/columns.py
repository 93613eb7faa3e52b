"""Columns and reports as pictures are drawn of them."""

from data_bank_client.wire.reports import (
    Bins,
    ColumnType,
    Ends,
    OutlierCounts,
    OutlierExample,
    QuartileValues,
    ReportColumn,
    Told,
    TopValue,
)
from tests.data_bank_client.fake_datasets import column


def numbers(
    edges: list[Told | None],
    counts: list[int],
    ends: tuple[Told | None, Told | None],
    kind: ColumnType = "decimal",
    **more: object,
) -> ReportColumn:
    told = Ends(minimum=ends[0], maximum=ends[1])
    bins = Bins(edges=edges, counts=counts)
    return column(1, "n", kind, range=told, histogram=bins, **more)


def quartiles(first: Told | None, median: Told | None, third: Told | None) -> QuartileValues:
    return QuartileValues(q1=first, median=median, q3=third)


def outliers(low: Told | None, high: Told | None, *values: str) -> OutlierCounts:
    examples = [OutlierExample(row=at, value=value) for at, value in enumerate(values, 5)]
    return OutlierCounts(low=low, high=high, count=len(values), share=0.1, examples=examples)


def top(*shares: float) -> list[TopValue]:
    return [TopValue(value=f"v{at}", count=9, share=each) for at, each in enumerate(shares)]
