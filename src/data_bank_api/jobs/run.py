"""One attempt of one job, from its claim to its end. It is what a worker's child does.

    claim        refused where the attempt was started before, or is not to be started any more
    work         the kind's `run`, while the heart beats
    end          success | retrying | failure | put back, by what came of it (failures)

While the database is away at the claim or at the end, both are tried again, for half a minute.
Then this gives up: a job that was not claimed is still in the queue, and one that was falls
silent, counts as lost, and is run again.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import msgspec
import structlog

from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.events.gate import ProgressGate
from data_bank_api.jobs.ending import Cause, RunEnded, Window
from data_bank_api.jobs.failures import Pauses, judge
from data_bank_api.jobs.heart import ENDED, Heart
from data_bank_api.jobs.insisting import insist
from data_bank_api.jobs.kinds.table import KINDS, Kinds, read_kind
from data_bank_api.jobs.note import Note
from data_bank_api.jobs.running import RunningWork
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.claims import Claim
from data_bank_api.queue.job import Job
from data_bank_api.tracing.span import Attributes, fail, span
from data_bank_client.wire.jobs import JobResult

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

STOPPED = "its worker was stopped"


@dataclass(frozen=True, slots=True)
class Terms:
    """What every run is held to; `patience` is the seconds that it waits for the database."""

    kinds: Kinds = field(default_factory=lambda: KINDS)
    pauses: Pauses = field(default_factory=Pauses)
    patience: float = 30.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The process that a run has for itself.

    `claimed` is called once the note has done its duty: the claim was made, or refused.
    """

    window: Window
    claimed: Callable[[], None]
    is_orphan: Callable[[], bool]


def run_job(shop: Shop, note: Note, around: Surroundings, terms: Terms) -> int:
    """The exit code for the process: 0, or ENDED where the run was ended from outside."""
    about = log.bind(job_id=note.job_id, attempt=note.attempt)
    try:
        claim = insist(lambda: shop.claims.claim(note.job_id, note.attempt), terms.patience)
    except DatabaseAwayError:
        about.warning("job left in the queue: the database is away")
        return 0
    if claim is None:
        around.claimed()
        about.debug("nothing to start")
        return 0
    with _span_of(claim.job):
        return _Run(shop, claim, around, terms, about.bind(kind=claim.job.kind)).go()


def _span_of(job: Job) -> AbstractContextManager[object]:
    """In the trace that the job was asked for in; what the bank asks itself for has its own."""
    about: Attributes = {
        "databank.job_id": job.job_id,
        "databank.job_kind": job.kind,
        "databank.attempt": job.attempts,
    }
    return span(f"job {job.kind}", about, kind="consumer", parent=job.traceparent)


@dataclass(frozen=True, slots=True)
class _Run:
    shop: Shop
    claim: Claim
    around: Surroundings
    terms: Terms
    about: structlog.typing.FilteringBoundLogger

    def go(self) -> int:
        self.about.info("job started")
        # The heart gives the pace: it beats once a second.
        gate = ProgressGate(self.claim.job.progress, interval=0)
        with Heart(self.claim, gate, self.around.window, self.around.is_orphan):
            self.around.claimed()
            try:
                result = self.around.window.guard(lambda: self._work(gate))
            except RunEnded as ended:
                return self._leave(ended.cause)
            except Exception as error:
                return self._fail(error)
            return self._tell("job succeeded", lambda: self.claim.succeed(result))

    def _work(self, gate: ProgressGate) -> JobResult:
        job = self.claim.job
        kind = read_kind(job.kind, job.arguments, self.terms.kinds)
        result = kind.run(self.shop, RunningWork(self.claim, gate))
        # What the table cannot take is this kind's failure, not that of what comes after it.
        return msgspec.json.decode(msgspec.json.encode(result), type=JobResult)

    def _fail(self, error: Exception) -> int:
        cause = self.around.window.cause
        if cause is not None:  # it failed while it was ended
            return self._leave(cause)
        fail(type(error).__name__)
        failure = judge(error, self.claim.job.retries, self.terms.pauses)
        told, pause = failure.error, failure.pause
        if failure.is_defect:
            self.about.error("job raised", exc_info=error)
        if pause is None:
            return self._tell("job failed", lambda: self.claim.fail(told), **told)
        return self._tell("job is tried again", lambda: self.claim.retry(told, pause), **told)

    def _leave(self, cause: Cause) -> int:
        if cause is Cause.STOP:
            self._tell("job put back", lambda: self.claim.put_back(STOPPED))
        else:
            self.about.info("job ended from outside")
        return ENDED

    def _tell(self, event: str, tell: Callable[[], bool], **more: object) -> int:
        try:
            is_told = insist(tell, self.terms.patience)
        except DatabaseAwayError:
            self.about.warning("job left to be lost: the database is away", end=event)
            return ENDED
        self.about.info(event if is_told else "job ended from outside", **more)
        return 0
