"""Makes jobs of what siblings ask for through RQ, and tells them there how these ended.

    look at the queue ──► the job's row and letter, one transaction ──► out of the queue

The job has the id of the ask. Cut off anywhere, the next look finds the ask where it lay and the
job, if it was made, by its id: so nothing is lost, and nothing is done twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data_bank_api.jobs.asked import Ask, job_id_of, read_ask
from data_bank_api.jobs.asked_queue import AskedQueue, Ending
from data_bank_api.jobs.destinations import Destination
from data_bank_api.queue.job import Job
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.letters import Letter, Topic
from data_bank_client.errors import ConflictError, InternalError, InvalidInputError
from data_bank_client.wire.events import CANCELLED, LAST_TYPES, JobCompleted, JobFailed

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

MOST = 20  # in one tick of the dispatcher: 80 a second
_REASON_LENGTH = 300
_Last = JobCompleted | JobFailed


@dataclass(frozen=True, slots=True)
class Asks:
    """Of one who holds the dispatcher's lock; two at once would do no harm."""

    queue: AskedQueue
    jobs: Jobs

    def take(self) -> None:
        """Some of them. Raises ServiceUnavailableError, where Redis or the database is away."""
        for ask in self.queue.look(MOST):
            self._take(ask)

    def _take(self, ask: Ask) -> None:
        try:
            job = self.jobs.enqueue_once(job_id_of(ask.rq_id), read_ask(ask))
        except (InvalidInputError, ConflictError) as error:
            self._refuse(ask, error.message)
        except SQLAlchemyError:  # the table refuses it: the others shall not wait for it
            log.exception("an ask cannot be written down")
            self._refuse(ask, InternalError.code)
        else:
            self.queue.accept(ask)
            self.queue.tell(_ending_of(job))
            log.info("a job was asked for through RQ", job_id=job.job_id, kind=job.kind)

    def _refuse(self, ask: Ask, reason: str) -> None:
        shown = reason[:_REASON_LENGTH]
        log.warning("an ask through RQ is refused", rq_id=repr(ask.rq_id), reason=shown)
        self.queue.refuse(ask, reason)


def _ending_of(job: Job) -> dict[str, Ending]:
    """That of a job which was asked for before, and has ended since."""
    if job.state == "success" and job.result is not None:
        result = job.result
        return {job.job_id: _success(job.job_id, result["result_id"], result["result_bytes"])}
    if job.state == "failure" and job.error is not None:
        return {job.job_id: Ending(reason=job.error["message"])}
    return {job.job_id: Ending(reason=CANCELLED)} if job.state == "cancelled" else {}


@dataclass(frozen=True, slots=True)
class AskersToo:
    """Around the destination of events: who asked through RQ is told of the end there, too."""

    to: Destination
    queue: AskedQueue

    @property
    def topic(self) -> Topic:
        return self.to.topic

    def check(self, letter: Letter) -> None:
        self.to.check(letter)

    def deliver(self, letters: Sequence[Letter]) -> None:
        self.to.deliver(letters)
        last = [each.content for each in letters if each.content["type"] in LAST_TYPES]
        if last:
            self.queue.tell(dict(map(_end_told_by, last)))

    def follow(self, session: Session, letter: Letter) -> None:
        self.to.follow(session, letter)


def _end_told_by(content: dict[str, object]) -> tuple[str, Ending]:
    event = msgspec.convert(content, _Last)
    if isinstance(event, JobCompleted):
        return event.job_id, _success(event.job_id, event.result_id, event.result_bytes)
    return event.job_id, Ending(reason=event.message)


def _success(job_id: str, result_id: str | None, result_bytes: int) -> Ending:
    return Ending({"job_id": job_id, "result_id": result_id, "result_bytes": result_bytes})
