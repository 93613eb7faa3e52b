"""`retention`: removes what is over and old.

    jobs          ended more than `days` ago (by default JOB_RETENTION_DAYS), with their logs
    upkeep        what the bank asks itself to do again and again, that ended more than a day ago
    deliveries    calls of webhooks that were over more than `days` ago
    git_blobs     what git's names of files mean that the bank has no more: some in each run

A job that is under way is never removed. With `dry_run` nothing is: the result says what would be.
"""

import secrets
from datetime import timedelta
from typing import Annotated, ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.hub.git_blobs import LostGitBlobs
from data_bank_api.jobs.kinds.datasets_reconcile import DatasetsReconcile
from data_bank_api.jobs.kinds.findings import SHOWN, Findings
from data_bank_api.jobs.kinds.sweep import Sweep
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_api.queue.ended import Ended, EndedDeliveries, EndedJobs
from data_bank_api.queue.tally import Heap
from data_bank_client.wire.jobs import JobResult

BATCH = 500
UPKEEP_KEPT = timedelta(days=1)


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ClassVar[str] = "retention"
    scope: ClassVar[Scope] = Scope.DELETE

    dry_run: bool = False
    days: Annotated[int, msgspec.Meta(ge=1, le=36500)] | None = None

    def run(self, shop: Shop, work: Work) -> JobResult:
        heaps = self._heaps(shop)
        details: dict[str, object] = {"dry_run": self.dry_run}
        if self.dry_run:
            details |= {name: _describe(heap) for name, heap in heaps.items()}
        else:
            broom = _Broom(work, sum(heap.count() for heap in heaps.values()))
            for name, heap in heaps.items():
                with shop.tally.going_through(self.name, name) as told:
                    details[name] = broom.clear(heap, told)
        return JobResult(result_id=None, result_bytes=0, details=details)

    def _heaps(self, shop: Shop) -> dict[str, Ended]:
        now = shop.clock()
        days = shop.retention_days if self.days is None else self.days
        before = now - timedelta(days=days)
        return {
            "jobs": EndedJobs(shop.database, before),
            "upkeep": EndedJobs(shop.database, now - UPKEEP_KEPT, _UPKEEP),
            "deliveries": EndedDeliveries(shop.database, before),
            "git_blobs": LostGitBlobs(shop.database, shop.store, secrets.token_hex(20)),
        }


_UPKEEP = (Sweep.name, Retention.name, DatasetsReconcile.name)


def _describe(heap: Ended) -> dict[str, object]:
    return {"count": heap.count(), "first": heap.find(SHOWN)}


class _Broom:
    def __init__(self, work: Work, total: int) -> None:
        self._work = work
        self._total = total
        self._removed = 0

    def clear(self, heap: Ended, told: Heap) -> dict[str, object]:
        found = Findings()
        while ids := heap.find(BATCH):
            removed = heap.remove(ids)
            self._removed += removed
            told.scanned += len(ids)
            told.cleaned += removed
            found.add(ids)
            # More may have grown old since they were counted.
            percent = 100 * self._removed / max(self._total, self._removed, 1)
            self._work.progress(percent, f"{self._removed} of {self._total} removed")
        return found.tell()
