"""`dataset.process`: makes the report of a dataset, and stores it as a file.

    5 started    25 parsed    60 statistics    85 anomalies    100 stored

`result_id` is the report. Without `force` one that is there is not made again. Cut off anywhere,
the next run begins anew; what lies on the disk of this one is swept.
"""

from typing import ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.datasets.dataset import Dataset, is_dataset_id
from data_bank_api.datasets.media_type import kind_of
from data_bank_api.datasets.report_files import ReportFiles, can_be_read
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_api.reports.report import Report
from data_bank_client.errors import InvalidInputError, NotFoundError
from data_bank_client.wire.jobs import JobResult

_WORDS = {5: "started", 25: "parsed", 60: "statistics", 85: "anomalies"}


class DatasetProcess(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ClassVar[str] = "dataset.process"
    scope: ClassVar[Scope] = Scope.UPLOAD

    dataset_id: str
    force: bool = False

    def __post_init__(self) -> None:
        if not is_dataset_id(self.dataset_id):
            raise InvalidInputError("dataset_id: a UUID in lower case, with its hyphens")

    def run(self, shop: Shop, work: Work) -> JobResult:
        dataset = shop.datasets.take(self.dataset_id, work.job)
        if self.force or not can_be_read(shop.store, dataset.report):
            dataset = self._process(shop, work, dataset)
        return result_of(dataset)

    def _process(self, shop: Shop, work: Work, dataset: Dataset) -> Dataset:
        report = _profile(shop, work, dataset)
        files = ReportFiles(shop.database, shop.store, shop.receiver, shop.clock)
        kept = files.keep(report.to_json())
        return shop.datasets.keep_report(self.dataset_id, work.job, kept, report.row_count)


def _profile(shop: Shop, work: Work, dataset: Dataset) -> Report:
    def tell(percent: int) -> None:
        reached = max(step for step in _WORDS if step <= percent)
        work.progress(percent, _WORDS[reached])

    kind = kind_of(dataset.content_type)
    try:
        return shop.profiler.profile(shop.store, dataset.digest, kind, tell)
    except NotFoundError as error:
        raise NotFoundError("its file is not in the bank any more: upload it again") from error


def result_of(dataset: Dataset) -> JobResult:
    """What the job tells that made the report of a dataset."""
    report = dataset.report
    return JobResult(
        result_id=None if report is None else report.digest.hex,
        result_bytes=0 if report is None else report.size,
        details={"dataset_id": dataset.dataset_id, "row_count": dataset.row_count},
    )
