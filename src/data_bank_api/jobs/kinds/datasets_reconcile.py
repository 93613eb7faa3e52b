"""`datasets.reconcile`: compares the table of datasets with the bank and with the jobs.

    reports_lost     a dataset has a report that the bank has no more    the row forgets it
    reports_orphaned the bank has a report that no dataset has           the file is removed
    files_lost       the bank has a dataset's own file no more           told, nothing is changed
    stalled          a dataset waits for a job that is gone              it fails

Nothing younger than `older_than_hours` is touched. With `dry_run` nothing is changed: the result
says what would be. Each change is a line of the job's log, up to a hundred of each sort, and one of
the worker's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Protocol

import msgspec
import structlog

from data_bank_api.auth.scope import Scope
from data_bank_api.datasets.lost import LostFiles, LostReports
from data_bank_api.datasets.orphans import OrphanReports
from data_bank_api.datasets.stalled import Stalled
from data_bank_api.hub.snapshots import Snapshots
from data_bank_api.jobs.kinds.findings import SHOWN, Findings, going_through
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.jobs import JobResult

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

USUAL_HOURS = 24


class Difference(Protocol):
    """Something that should not be, and how it is put right."""

    @property
    def says(self) -> str:
        """In words, for the log."""
        ...

    def find(self) -> Iterator[str]:
        """The ids of those where it is so."""
        ...

    def settle(self, id_: str) -> bool:
        """Put this one right; False where it is not so any more."""
        ...


class DatasetsReconcile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ClassVar[str] = "datasets.reconcile"
    scope: ClassVar[Scope] = Scope.DELETE

    dry_run: bool = False
    older_than_hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 36500)] = USUAL_HOURS

    def run(self, shop: Shop, work: Work) -> JobResult:
        audit = _Audit(work, is_dry=self.dry_run)
        details: dict[str, object] = {"dry_run": self.dry_run}
        differences = self._differences(shop)
        for number, (name, difference) in enumerate(differences.items(), 1):
            with going_through(shop, self.name, name, is_real=not self.dry_run) as heap:
                found = audit.go_through(difference)
                heap.scanned, heap.cleaned = found.scanned, found.count
            details[name] = found.tell()
            work.progress(100 * number / len(differences))
        return JobResult(result_id=None, result_bytes=0, details=details)

    def _differences(self, shop: Shop) -> dict[str, Difference]:
        before = shop.clock() - timedelta(hours=self.older_than_hours)

        def is_needed(digest: Digest) -> bool:
            needed = shop.datasets.needs(digest, 1) or Snapshots(shop.database).needs(digest, 1)
            return bool(needed)

        return {
            "reports_lost": LostReports(shop.database, shop.store, before),
            "reports_orphaned": OrphanReports(shop.database, shop.store, before, is_needed),
            "files_lost": LostFiles(shop.database, shop.store, before),
            "stalled": Stalled(shop.database, before),
        }


@dataclass(frozen=True, slots=True)
class _Audit:
    """What is found, and where it is not dry put right, is told one by one."""

    work: Work
    is_dry: bool

    def go_through(self, difference: Difference) -> Findings:
        found = Findings()
        for each in difference.find():
            if self.is_dry or difference.settle(each):
                found.add([each])
                self._tell(difference.says, each, found.count)
            else:
                found.add([], scanned=1)
        return found

    def _tell(self, says: str, id_: str, number: int) -> None:
        if number <= SHOWN:
            self.work.log(f"{says}: {id_}")
        if not self.is_dry:
            log.warning(says, id=id_, job_id=self.work.job.job_id)
