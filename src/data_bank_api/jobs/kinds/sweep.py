"""`sweep`: compares the table of jobs with the queue in Redis, and puts right what differs.

    a job waits, and neither the outbox nor Redis has it      delivered once more: `redelivered`
    a letter would start a job that is over                   removed: `letters`
    a note lies in the queue, and no job waits for it         removed: `notes`

Runs whose process is gone are the dispatcher's, a job whose kind is gone fails when a worker takes
it. With `dry_run` nothing is changed, and nothing counted: the result says what would be.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.jobs.kinds.findings import Findings, going_through
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.strays import Strays
from data_bank_api.jobs.work import Work
from data_bank_client.wire.jobs import JobResult

BATCH = 500
# Taking one from the middle of the queue costs Redis a walk: the rest are for the next sweep.
MOST_NOTES = 1000


class Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ClassVar[str] = "sweep"
    scope: ClassVar[Scope] = Scope.UPLOAD

    dry_run: bool = False

    def run(self, shop: Shop, work: Work) -> JobResult:
        steps: dict[str, Callable[[Shop, Work], Findings]] = {
            "redelivered": self._redeliver,
            "letters": self._remove_letters,
            "notes": self._remove_notes,
        }
        details: dict[str, object] = {"dry_run": self.dry_run}
        for name, step in steps.items():
            with going_through(shop, self.name, name, is_real=not self.dry_run) as heap:
                found = step(shop, work)
                heap.scanned, heap.cleaned = found.scanned, found.count
            details[name] = found.tell()
        return JobResult(result_id=None, result_bytes=0, details=details)

    def _redeliver(self, shop: Shop, work: Work) -> Findings:
        found, strays, last_id = Findings(), Strays(shop.upkeep, shop.redis), ""
        before: datetime = shop.clock() - strays.patience
        put_right = strays.among if self.dry_run else strays.bring_back
        while jobs := shop.upkeep.waiting(before, last_id, BATCH):
            found.add([job.job_id for job in put_right(jobs)], scanned=len(jobs))
            last_id = jobs[-1].job_id
            # Ids are random: the place of one among all is known by its first digits.
            work.progress(80 * int(last_id[:4], 16) / 0x10000, f"{found.count} lost")
        work.progress(80, f"{found.count} lost")
        return found

    def _remove_letters(self, shop: Shop, work: Work) -> Findings:
        found, last_id = Findings(), 0
        while letters := shop.upkeep.vain_letters(last_id, BATCH):
            if not self.dry_run:
                with shop.outbox.removing(letters):
                    pass
            found.add([str(each) for each in letters])
            last_id = letters[-1]
        work.progress(90)
        return found

    def _remove_notes(self, shop: Shop, work: Work) -> Findings:
        found, strays = Findings(), Strays(shop.upkeep, shop.redis)
        idle = (note for notes in strays.idle_notes() for note in notes)
        for note in list(islice(idle, MOST_NOTES)):
            if not self.dry_run:
                strays.drop(note)
            found.add([note.decode()])
        work.progress(100)
        return found
