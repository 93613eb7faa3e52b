"""A fake bank that has jobs: looks at one, and streams of its events, as a test says."""

from collections.abc import Callable

import httpx2
import msgspec

from data_bank_client.calls.watching import Watched
from data_bank_client.errors import JobNotFoundError, ServiceUnavailableError
from data_bank_client.wire.events import (
    JobCompleted,
    JobEvent,
    JobFailed,
    JobProgress,
    JobStarted,
    encode_event,
    type_of,
)
from data_bank_client.wire.jobs import JobAnswer, JobDetail, JobError, JobPage, JobState
from tests.data_bank_client.fake_bank import FakeBank, respond

JOB = "5" * 32
AT = "2026-11-21T10:00:00.000000Z"


def job(state: JobState, progress: float = 0.0, job_id: str = JOB) -> JobDetail:
    return JobDetail(
        job_id=job_id,
        kind="ping",
        arguments={"message": "pong"},
        key="ping:1",
        state=state,
        progress=progress,
        message=None,
        attempts=1,
        queued_at=AT,
        started_at=None,
        finished_at=AT if state in {"success", "failure", "cancelled"} else None,
        result=None,
        error=None,
        user_id=0,
        dataset_id=None,
        log=[],
    )


def failed(error: JobError) -> JobDetail:
    told = job("failure", 40.0)
    told["error"] = error
    return told


def without_log(told: JobDetail) -> JobAnswer:
    return msgspec.convert(told, JobAnswer)


def started(number: int) -> JobStarted:
    return JobStarted(event_id=f"{number}", at=AT, job_id=JOB)


def progressed(number: int, progress: float, message: str | None = None) -> JobProgress:
    said = msgspec.UNSET if message is None else message
    return JobProgress(event_id=f"{number}", at=AT, job_id=JOB, progress=progress, message=said)


def completed(number: int) -> JobCompleted:
    return JobCompleted(event_id=f"{number}", at=AT, job_id=JOB, result_id=None, result_bytes=0)


def gave_up(number: int) -> JobFailed:
    return JobFailed(event_id=f"{number}", at=AT, job_id=JOB, error_kind="system", message="no")


class JobBank(FakeBank):
    """`looks` are the answers to `GET /jobs/{id}`, the last of them for good; `streams` those to
    `GET /events`, and 503 when there is none left; `kept` those to the rest, by what was asked."""

    def __init__(self, *looks: JobDetail) -> None:
        super().__init__()
        self.looks = list(looks)
        self.streams: list[list[JobEvent]] = []
        self.kept: dict[str, Callable[[httpx2.Request], httpx2.Response]] = {}

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        asked = f"{request.method} {request.url.path[7:]}"
        if asked in self.kept:
            return self.kept[asked](request)
        if asked == "GET /events":
            return self._stream()
        if asked == f"GET /jobs/{JOB}" and self.looks:
            return told(200, self.looks.pop(0) if len(self.looks) > 1 else self.looks[0])
        raise JobNotFoundError("there is no such job")

    def _stream(self) -> httpx2.Response:
        if not self.streams:
            raise ServiceUnavailableError("Redis does not answer")
        content = b"".join(map(_block, self.streams.pop(0)))
        return respond(200, content, Content_Type="text/event-stream")


def _block(event: JobEvent) -> bytes:
    place = f"id: {event.event_id}-0\nevent: {type_of(event)}\n".encode()
    return place + b"data: %s\n\n" % encode_event(event)


def told(status: int, answer: JobDetail | JobAnswer | JobPage) -> httpx2.Response:
    return respond(status, msgspec.json.encode(answer), Content_Type="application/json")


def telling(
    status: int, answer: JobAnswer | JobPage
) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda _: told(status, answer)


def names(seen: list[Watched]) -> list[str]:
    """What was seen, in short: the state of a look, the type of an event."""
    events = (JobStarted, JobProgress, JobCompleted, JobFailed)
    return [type(each).__name__ if isinstance(each, events) else each["state"] for each in seen]
