"""Watching a job until it ends: flows of looks at it, and of its events between them.

A look is the truth. Events come sooner and tell each step; where they rest for long or cannot be
had (no Redis, a lost connection, a service that starts anew), a look takes their place.
"""

import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Never, TypeAlias

from data_bank_client.calls import jobs
from data_bank_client.calls.call import Answer, Flow, Give, Request, Signal, Step, Wait
from data_bank_client.calls.events import SeenEvent, follow
from data_bank_client.errors import DataBankClientError
from data_bank_client.wire.events import LAST_TYPES, JobEvent, type_of
from data_bank_client.wire.jobs import ACTIVE_STATES, JobDetail

Clock: TypeAlias = Callable[[], float]
Watched: TypeAlias = JobDetail | JobEvent

# Seconds, as are all of these: events that rest so long are not waited for any longer.
REST = 20.0
LAST_REST = 2.0  # those of a job that has ended
PATIENCE = 60.0  # with a service that does not answer
LOOK_PAUSE = 1.0
FIRST_PAUSE = 0.05
BEGINNING = "0"


def watch(job_id: str, clock: Clock = time.monotonic) -> Flow[Watched, None]:
    """Give the job as it is; its events, from the oldest that is kept; the job as it ended.

    Now and then, where events rest, the job as it is in between. Raises JobNotFoundError, and the
    last error where the service cannot be reached for PATIENCE.
    """
    job = yield from jobs.get(job_id).ask()
    yield Give(job)
    events = _Events(job_id, clock)
    while job["state"] in ACTIVE_STATES:
        yield from events.until_due(REST)
        job = yield from _look(job_id, clock, PATIENCE)
        if job["state"] not in ACTIVE_STATES and not events.have_ended:
            yield from events.until_due(LAST_REST)
        yield Give(job)


def wait(
    job_id: str, timeout: float | None, clock: Clock = time.monotonic
) -> Flow[Never, JobDetail]:
    """The job when it has ended. Raises TimeoutError after `timeout` seconds, and as `watch`."""
    begun, pause = clock(), FIRST_PAUSE
    job = yield from jobs.get(job_id).ask()
    while job["state"] in ACTIVE_STATES:
        left = PATIENCE if timeout is None else begun + timeout - clock()
        if left <= 0:
            raise TimeoutError(f"the job {job_id} is {job['state']} after {timeout:g} seconds")
        yield Wait(min(pause, left))
        pause = min(pause * 1.5, LOOK_PAUSE)
        job = yield from _look(job_id, clock, min(left, PATIENCE))
    return job


def _look(
    job_id: str, clock: Clock, patience: float
) -> Generator[Request | Wait, Answer, JobDetail]:
    """The job as it is, also where the service is away for a while."""
    begun = clock()
    while True:
        try:
            return (yield from jobs.get(job_id).ask())
        except DataBankClientError as error:
            if not error.is_temporary or clock() - begun >= patience:
                raise
            yield Wait(LOOK_PAUSE, error)


class _Events:
    """The events of a job, piece by piece, each once."""

    def __init__(self, job_id: str, clock: Clock) -> None:
        self._job_id = job_id
        self._clock = clock
        self._since = BEGINNING
        self.have_ended = False  # the last one was the last of its job

    def until_due(self, rest: float) -> Flow[Watched, None]:
        """Give them until it is time to look at the job: where one is the last, or they rest."""
        try:
            with closing(follow(job_id=self._job_id, last_event_id=self._since)) as following:
                yield from self._take(following, rest)
        except DataBankClientError:  # a look takes their place, and raises what is lasting
            yield Wait(LOOK_PAUSE)

    def _take(self, following: Flow[SeenEvent, None], rest: float) -> Flow[Watched, None]:
        step, heard_at = next(following), self._clock()
        while step is not Signal.MORE or self._clock() - heard_at < rest:
            if isinstance(step, Wait):  # the connection was lost
                yield step
                return
            if not isinstance(step, Give):
                step = yield from _pass_on(step, following)
                continue
            self._since, heard_at = step.item.id, self._clock()
            yield Give(step.item.event)
            self.have_ended = type_of(step.item.event) in LAST_TYPES
            if self.have_ended:
                return
            step = next(following)


def _pass_on(
    step: Request | Signal, following: Flow[SeenEvent, None]
) -> Generator[Request | Signal, Answer, Step[SeenEvent]]:
    """Have a step of a flow done; the flow's next."""
    try:
        answer = yield step
    except DataBankClientError as error:
        return following.throw(error)
    return following.send(answer)
