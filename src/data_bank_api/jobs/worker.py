"""The worker: RQ's, which takes notes from its one queue and runs each in a child of its own.

    a note came               a child is forked, and does what this worker was made for
    the child was killed      what became of its job is told at once, by another child
    SIGTERM, SIGINT           no new note; the running job has its grace, then is asked to end
                              (SIGTERM), and killed LAST_SECONDS later
    Redis is away             it is waited for
    the worker is killed      the child is gone with it

Of RQ there is what brings notes and shows workers (`rq info`). What RQ would do with a job's
function, result, time limit, retries, call-backs and failures is not used, nor are its commands
by Redis: the table of jobs is the truth, and no name that stands in Redis is ever imported.
"""

import os
import socket
import time
from contextlib import suppress
from multiprocessing.context import ForkProcess
from types import FrameType

import redis
import structlog
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.worker import WorkerStatus
from rq.worker_registration import clean_worker_registry, unregister

from data_bank_api.broker.connect import connect
from data_bank_api.jobs.child import Death, Duties, fork_child, reason_of
from data_bank_api.jobs.inbox import NoteQueue, TakenNote, put_back, settle, taken
from data_bank_api.jobs.note import Note
from data_bank_api.jobs.rq_log import name_no_address
from data_bank_client.wire.jobs import QUEUE

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

LAST_SECONDS = 5.0
# A note that was taken is put back if it is still there at the look after the next.
LOOK_SECONDS = 5
_RETRIES = 60  # almost a minute
_WAIT_SECONDS = 0.1
_SHOW_SECONDS = 30.0
_TELL_SECONDS = 30.0
_RQ_MARGIN = 15  # RQ waits for a note by so many seconds less than its `worker_ttl`


class JobWorker(Worker):
    """One process that does one job at a time, until it is asked to stop: `serve`."""

    queue_class = NoteQueue
    max_connection_wait_time = 1.0  # between tries, while Redis is away

    def __init__(self, url: str, duties: Duties, grace: float) -> None:
        super().__init__(
            QUEUE,
            connection=connect(url, retries=_RETRIES),
            serializer="json",
            worker_ttl=_RQ_MARGIN + LOOK_SECONDS,
            log_job_description=False,
            prepare_for_work=False,  # it would list all clients of Redis
        )
        self.log.addFilter(name_no_address)
        self.pid, self.hostname = os.getpid(), socket.gethostname()
        self._hasty = connect(url, retries=1)  # for what does not wait for Redis
        self._duties = duties
        self._grace = grace
        self._grace_ends: float | None = None  # once a stop was asked for
        self._is_busy = False
        self._lying: frozenset[bytes] = frozenset()
        self._next_look = self._next_show = 0.0

    def serve(self) -> None:
        """Until SIGTERM or SIGINT. Raises redis.RedisError where Redis is away for long."""
        self.work(logging_level=None)

    def subscribe(self) -> None:
        """To no commands: whoever reaches Redis could end jobs by them."""

    def teardown(self) -> None:
        """Nothing of it is left in Redis."""
        with suppress(redis.RedisError), self._hasty.pipeline() as pipeline:
            unregister(self, pipeline)
            pipeline.delete(self.key)
            pipeline.execute()

    def request_stop(self, _signum: int, _frame: FrameType | None) -> None:
        """No new note. An idle worker stops here and now."""
        if self._grace_ends is not None:
            return
        self._grace_ends = time.monotonic() + self._grace
        if not self._is_busy:
            raise StopRequested

    @property
    def should_run_maintenance_tasks(self) -> bool:
        return time.monotonic() >= self._next_look

    def run_maintenance_tasks(self) -> None:
        """Of RQ's only this: workers that are gone are forgotten. And notes of theirs go back."""
        clean_worker_registry(self.queues[0])
        lying = taken(self.connection)
        for rq_id in self._lying & lying:
            if put_back(self.connection, rq_id):
                log.warning("a note that nobody settled is put back", rq_id=repr(rq_id))
        self._lying = lying - self._lying
        self._next_look = time.monotonic() + LOOK_SECONDS

    def execute_job(self, job: Job, _queue: Queue) -> None:
        self._is_busy = True
        if isinstance(job, TakenNote):
            self._attend(job)
        self._is_busy = False
        if self._grace_ends is not None:
            raise StopRequested

    def _attend(self, job: TakenNote) -> None:
        child = fork_child(
            lambda: self._duties.run(job.note, lambda: self._settle(job.rq_id)), self._duties.tie
        )
        while child.exitcode is None:
            child.join(_WAIT_SECONDS)
            self._press(child)
            self._show()
        if child.exitcode != 0:
            self._mourn(job.note, child.exitcode)

    def _press(self, child: ForkProcess) -> None:
        """Ask it to end when the grace is over, and end it where it does not."""
        late = -1.0 if self._grace_ends is None else time.monotonic() - self._grace_ends
        if late > LAST_SECONDS:
            child.kill()
        elif late >= 0:
            child.terminate()  # the run is ended by the first; the others change nothing

    def _show(self) -> None:
        """That it lives, for `rq info`."""
        if time.monotonic() < self._next_show:
            return
        self._next_show = time.monotonic() + _SHOW_SECONDS
        with suppress(redis.RedisError), self._hasty.pipeline() as pipeline:
            self.set_state(WorkerStatus.BUSY, pipeline)
            self.heartbeat(pipeline=pipeline)
            pipeline.execute()

    def _settle(self, rq_id: bytes) -> None:
        with suppress(redis.RedisError):  # then it comes once more, and is refused
            settle(self._hasty, rq_id)

    def _mourn(self, note: Note, exit_code: int) -> None:
        death = Death(note, reason_of(exit_code), was_stopped=self._grace_ends is not None)
        child = fork_child(lambda: self._duties.mourn(death), self._duties.tie)
        child.join(_TELL_SECONDS)
        child.kill()
        child.join()
