"""The events of a job of a sibling service, told around its work:

    def convert(file_id: str) -> None:                # run by RQ
        with job_context() as job:                    # databank.job.started.v1
            job.progress(50, "half of the rows", {"rows": 1000})
            ...
            job.completed(made["file_id"], made["size"])

They come where those of the bank's own jobs do, on the channel and in `GET /events`. At the end
comes `completed`, also where nothing was said (no result, 0 bytes), or `failed` where an exception
leaves the block; events/blame.py has what it tells. The exception goes on unchanged. Where RQ will
run the job again, nothing is told of a failure: `started` comes again then.

While Redis cannot be reached, the start and the end are tried for a while (`teller.py`), and then
raise ServiceUnavailableError: no work begins unseen, and none that nobody was told of counts as
done. An exception that is on its way already gets a note instead. Progress waits, and is
told as soon as that works.

This needs redis, rq and msgspec, and nothing else of the service.
"""

import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import redis
from rq import get_current_job

from data_bank_api.events.blame import blame
from data_bank_api.events.gate import ProgressGate
from data_bank_api.events.teller import Teller
from data_bank_api.queue.new_events import (
    EventHead,
    Payload,
    Progress,
    head,
    progress_event,
    read_progress,
)
from data_bank_client.errors import InvalidInputError, ServiceUnavailableError
from data_bank_client.wire.events import (
    JobCompleted,
    JobEvent,
    JobFailed,
    JobStarted,
)
from data_bank_client.wire.jobs import QUEUE


class JobContext:
    """A job, told of by a `with`. Made by `job_context`; for the thread that runs the job."""

    def __init__(
        self,
        teller: Teller,
        job_id: str,
        user_id: int,
        queue: str,
        *,
        is_tried_again: bool,
    ) -> None:
        self._teller = teller
        self._job_id, self._user_id, self._queue = job_id, user_id, queue
        self._is_tried_again = is_tried_again
        self._gate = ProgressGate()
        self._result: tuple[str | None, int] = (None, 0)

    def __enter__(self) -> Self:
        try:
            self._teller.insist([JobStarted(**self._head())])
        except BaseException:
            self._teller.close()
            raise
        return self

    def progress(
        self, percent: float, message: str | None = None, payload: Payload | None = None
    ) -> None:
        """How far the job is, 0 to 100, in words, and what programs may want to know besides.

        At most one a second is told, the newest; what came sooner waits for the next, or the end.
        It never falls. Raises ValueError for a payload that is not JSON, or larger than
        PAYLOAD_BYTES of it (queue/new_events.py).
        """
        self._gate.offer(read_progress(percent, message, payload))
        now = time.monotonic()
        if now >= self._teller.resting_until:
            progress = self._gate.take(now)
            if progress is not None and not self._teller.tried([self._progress(progress)]):
                self._gate.offer(progress)

    def completed(self, result_id: str | None = None, result_bytes: int = 0) -> None:
        """What was made: the id of a file in the bank, and its size. It is told at the end."""
        self._result = (result_id, result_bytes)

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        waiting = self._gate.rest()
        last: list[JobEvent] = [] if waiting is None else [self._progress(waiting)]
        try:
            if error is None:
                self._teller.insist([*last, self._completed()])
            elif not self._is_tried_again:
                self._teller.insist([*last, self._failed(error)])
        except ServiceUnavailableError as untold:
            if error is None:
                raise
            error.add_note(f"nobody could be told that the job failed: {untold.message}")
        finally:
            self._teller.close()

    def _head(self) -> EventHead:
        return head(self._job_id, self._user_id, datetime.now(UTC), self._queue)

    def _progress(self, told: Progress) -> JobEvent:
        return progress_event(self._head(), told)

    def _completed(self) -> JobEvent:
        result_id, result_bytes = self._result
        return JobCompleted(**self._head(), result_id=result_id, result_bytes=result_bytes)

    def _failed(self, error: BaseException) -> JobEvent:
        kind, message = blame(error)
        return JobFailed(**self._head(), error_kind=kind, message=message)


def job_context(
    connection: redis.Redis | str | None = None,
    *,
    job_id: str | None = None,
    user_id: int = 0,
    queue: str | None = None,
) -> JobContext:
    """A `with` around the work of a job, which tells its events.

    `connection` is the bank's Redis, or its address. It, the id and the queue are those of the RQ
    job that runs here, unless given. Raises InvalidInputError where none runs and they are needed,
    and on the way in ServiceUnavailableError where Redis cannot be reached.
    """
    running = get_current_job()
    if running is None:
        if job_id is None or connection is None:
            raise InvalidInputError("no RQ job runs here: give the connection and the job_id")
        return JobContext(Teller(connection), job_id, user_id, queue or QUEUE, is_tried_again=False)
    return JobContext(
        Teller(running.connection if connection is None else connection),
        job_id or running.id,
        user_id,
        queue or running.origin,
        is_tried_again=running.should_retry,
    )
