"""What a bank tells of datasets, for a JobBank's `kept`, and a report as it tells one."""

import httpx2
import msgspec

from data_bank_client.wire.datasets import DatasetStatus, StoredDataset
from data_bank_client.wire.reports import (
    ColumnStatistics,
    ColumnType,
    CorrelatedPair,
    CorrelatedPairs,
    DistinctCount,
    DuplicateRows,
    MissingBands,
    MissingCounts,
    RaggedRows,
    Report,
    ReportAlert,
    ReportColumn,
    ReportSource,
    Severity,
    TableStatistics,
)
from tests.data_bank_client.fake_bank import FakeBank, respond
from tests.data_bank_client.fake_jobs import AT, JOB, JobBank

DATASET = "0d6f3c1e-8a52-4d6b-9c1f-7e2a5b4c3d21"
ONE = f"/datasets/{DATASET}"
NO_ROWS = RaggedRows(count=0, lines=[])


def dataset(
    status: DatasetStatus = "done", name: str = "sales.csv", dataset_id: str = DATASET
) -> StoredDataset:
    return StoredDataset(
        id=dataset_id,
        name=name,
        original_filename="sales.csv",
        content_type="text/csv",
        status=status,
        checksum_sha256="c" * 64,
        size_bytes=2048,
        uploaded_at=AT,
        processed_at=AT if status == "done" else None,
        row_count=1234 if status == "done" else None,
        error="line 3: a quote is opened and not closed" if status == "failed" else None,
        latest_job_id=JOB,
        report_available=status == "done",
    )


def column(position: int, name: str, kind: ColumnType = "text", **more: object) -> ReportColumn:
    plain = ColumnStatistics(
        missing=MissingCounts(count=0, null=0, empty=0, blank=0, share=0.0),
        distinct=DistinctCount(count=4, share=1.0),
        top_values=[],
    )
    told = msgspec.convert({**plain, **more}, ColumnStatistics)
    return ReportColumn(position=position, name=name, written=name, type=kind, statistics=told)


def report(*columns: ReportColumn, rows: int = 4, **more: object) -> Report:
    plain = Report(
        source=ReportSource(
            kind="csv", encoding="utf-8", delimiter=",", short=NO_ROWS, long=NO_ROWS
        ),
        row_count=rows,
        column_count=len(columns),
        columns=list(columns),
        table=TableStatistics(
            duplicates=DuplicateRows(count=0, share=0.0),
            missing_map=MissingBands(starts=[1], shares=[[0.0] * len(columns)]),
        ),
        first_rows=[],
        alerts=[],
        approximate=["standard_deviation", "correlations"],
        version=1,
    )
    return msgspec.convert({**plain, **more}, Report)


def lacking(count: int, share: float) -> MissingCounts:
    return MissingCounts(count=count, null=count, empty=0, blank=0, share=share)


def alert(severity: Severity, column: str | None, message: str) -> ReportAlert:
    return ReportAlert(severity=severity, code="missing", column=column, message=message)


def correlated(*pairs: tuple[str, str, float | None]) -> CorrelatedPairs:
    told = [CorrelatedPair(first=a, second=b, correlation=value) for a, b, value in pairs]
    return CorrelatedPairs(pairs=told, left_out=0)


class DatasetBank(JobBank):
    """A bank of files and jobs; what is told of datasets is `kept`."""

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        is_of_files = request.url.path.startswith("/prefix/files")
        return FakeBank._answer(self, request) if is_of_files else super()._answer(request)


def answer(status: int, told: object) -> httpx2.Response:
    return respond(status, msgspec.json.encode(told), Content_Type="application/json")
