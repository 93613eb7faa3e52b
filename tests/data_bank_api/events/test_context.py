"""The events that a sibling's job tells around its work."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from msgspec import UNSET
from rq import Queue, Retry

from data_bank_api.events import teller
from data_bank_api.events.context import job_context
from data_bank_api.events.stream import LOG
from data_bank_client.errors import InvalidInputError, NotFoundError, ServiceUnavailableError
from data_bank_client.wire.events import (
    JobCompleted,
    JobEvent,
    JobFailed,
    JobProgress,
    JobStarted,
    decode_event,
)
from tests.fakes.job_events import entries_in, listening
from tests.fakes.redis_server import RedisServer
from tests.fakes.sibling import convert


def told(client: redis.Redis) -> list[JobEvent]:
    return [decode_event(entry.content) for entry in entries_in(client)]


def kinds(client: redis.Redis) -> list[type[JobEvent]]:
    return [type(event) for event in told(client)]


def percents(client: redis.Redis) -> list[float]:
    return [event.progress for event in told(client) if isinstance(event, JobProgress)]


def test_a_job_is_told_from_its_start_to_its_end(client: redis.Redis) -> None:
    with (
        listening(client) as listener,
        job_context(client, job_id="j", user_id=3, queue="mine") as job,
    ):
        job.progress(50, "half", {"rows": 7})
        job.completed("f" * 64, 4)
        started, progress = listener.hear(2)
    completed = told(client)[-1]
    assert isinstance(started, JobStarted)
    assert isinstance(progress, JobProgress)
    assert isinstance(completed, JobCompleted)
    assert (progress.progress, progress.message, progress.payload) == (50.0, "half", {"rows": 7})
    assert (completed.result_id, completed.result_bytes) == ("f" * 64, 4)
    for event in told(client):
        assert (event.job_id, event.user_id, event.queue) == ("j", 3, "mine")
    assert len({event.event_id for event in told(client)}) == 3


def test_a_job_that_says_nothing_has_made_nothing(redis_server: RedisServer) -> None:
    with job_context(redis_server.url, job_id="j"):
        pass
    with redis_server.connect() as client:
        started, completed = told(client)
    assert isinstance(started, JobStarted)
    assert isinstance(completed, JobCompleted)
    assert (completed.result_id, completed.result_bytes) == (None, 0)
    assert (completed.user_id, completed.queue) == (0, "data_bank")


def test_the_newest_progress_is_told_before_the_end(client: redis.Redis) -> None:
    with job_context(client, job_id="j") as job:
        for percent in range(100):
            job.progress(percent)
    assert kinds(client) == [JobStarted, JobProgress, JobProgress, JobCompleted]
    assert percents(client) == [0.0, 99.0]
    assert {each.message for each in told(client) if isinstance(each, JobProgress)} == {UNSET}


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (NotFoundError("there is no file 12"), "user", "there is no file 12"),
        (RuntimeError("secret"), "system", "internal error: RuntimeError"),
        (KeyboardInterrupt(), "system", "stopped"),
        (SystemExit(3), "system", "stopped"),
        (StopIteration(), "system", "internal error: StopIteration"),
    ],
)
def test_an_exception_fails_the_job_and_goes_on_unchanged(
    client: redis.Redis, error: BaseException, kind: str, message: str
) -> None:
    def work() -> None:
        with job_context(client, job_id="j") as job:
            job.progress(10)
            job.progress(20)
            job.completed("f" * 64, 4)
            raise error

    with pytest.raises(type(error)) as caught:
        work()
    assert caught.value is error
    failed = told(client)[-1]
    assert isinstance(failed, JobFailed)
    assert (failed.error_kind, failed.message) == (kind, message)
    assert kinds(client) == [JobStarted, JobProgress, JobProgress, JobFailed]


@pytest.mark.parametrize(
    ("payload", "says"),
    [({"x": object()}, "cannot be told as JSON"), ({"x": "y" * 20_000}, "larger than 16384")],
)
def test_a_payload_that_cannot_be_told_is_refused(
    client: redis.Redis, payload: dict[str, object], says: str
) -> None:
    with (
        job_context(client, job_id="j") as job,
        pytest.raises(ValueError, match=says),
    ):
        job.progress(10, None, payload)
    assert kinds(client) == [JobStarted, JobCompleted]


def test_outside_of_rq_the_job_and_the_connection_have_to_be_named() -> None:
    with pytest.raises(InvalidInputError, match="no RQ job runs here"):
        job_context(job_id="j")
    with pytest.raises(InvalidInputError, match="no RQ job runs here"):
        job_context("redis://127.0.0.1:1")


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience is soon over."""
    monkeypatch.setattr(teller, "PATIENCE", 0.0)


@pytest.mark.usefixtures("soon")
def test_no_work_begins_unseen(own_redis: RedisServer) -> None:
    own_redis.kill()
    begun = False
    with (
        pytest.raises(ServiceUnavailableError),
        job_context(own_redis.url, job_id="j"),
    ):
        begun = True
    assert not begun


@pytest.mark.usefixtures("soon")
def test_work_that_nobody_could_be_told_of_is_not_done(own_redis: RedisServer) -> None:
    with pytest.raises(ServiceUnavailableError), job_context(own_redis.url, job_id="j"):
        own_redis.kill()


@pytest.mark.usefixtures("soon")
def test_an_exception_goes_on_with_a_note_where_nobody_can_be_told(
    own_redis: RedisServer,
) -> None:
    def work() -> None:
        with job_context(own_redis.url, job_id="j"):
            own_redis.kill()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        work()
    assert caught.value.__notes__ == [
        "nobody could be told that the job failed: Redis does not answer: try again soon"
    ]


def test_the_start_and_the_end_wait_until_redis_is_back(own_redis: RedisServer) -> None:
    own_redis.kill()
    ready = restarting(own_redis)
    with job_context(own_redis.url, job_id="j") as job:
        ready()
        own_redis.kill()
        job.progress(10)  # costs the work little, and is not lost
        job.progress(20)
        ready = restarting(own_redis)
    ready()
    with own_redis.connect() as client:
        assert kinds(client) == [JobStarted, JobProgress, JobCompleted]
        assert percents(client) == [20.0]


def test_the_start_waits_until_redis_takes_it(client: redis.Redis) -> None:
    client.set(LOG, "not a stream")
    threading.Timer(0.2, client.delete, (LOG,)).start()
    with job_context(client, job_id="j"):
        pass
    assert kinds(client) == [JobStarted, JobCompleted]


def restarting(server: RedisServer) -> Callable[[], None]:
    """Start it while something else waits for it; then wait for that to be over."""
    thread = threading.Thread(target=server.start)
    thread.start()
    return thread.join


WORKER = """
import sys
import threading
sys.path.insert(0, sys.argv[2])
from redis import Redis
from rq import Queue, Worker
connection = Redis.from_url(sys.argv[1])
Worker([Queue("sibling", connection=connection)], connection=connection).work(burst=True)
"""


def work(server: RedisServer) -> None:
    """A worker of RQ's own, in a process of its own, until there is nothing more to do."""
    subprocess.run(
        [sys.executable, "-c", WORKER, server.url, str(Path(__file__).parents[3])],
        check=True,
        timeout=60,
        capture_output=True,
    )


def test_a_job_that_rq_runs_is_told_under_its_id_and_queue(
    redis_server: RedisServer, client: redis.Redis
) -> None:
    queued = Queue("sibling", connection=client).enqueue(convert, 3)
    work(redis_server)
    assert queued.latest_result() is not None
    assert kinds(client) == [JobStarted, JobProgress, JobProgress, JobCompleted]
    for event in told(client):
        assert (event.job_id, event.queue, event.user_id) == (queued.id, "sibling", 7)


def test_a_job_that_rq_runs_and_that_raises_is_failed(
    redis_server: RedisServer, client: redis.Redis
) -> None:
    queued = Queue("sibling", connection=client).enqueue(convert, -1)
    work(redis_server)
    assert queued.is_failed
    failed = told(client)[-1]
    assert isinstance(failed, JobFailed)
    assert (failed.error_kind, failed.message) == ("user", "rows: must not be negative")


def test_a_failure_is_told_once_nobody_tries_it_again(
    redis_server: RedisServer, client: redis.Redis
) -> None:
    Queue("sibling", connection=client).enqueue(convert, -1, retry=Retry(max=2))
    work(redis_server)
    assert kinds(client) == [JobStarted, JobStarted, JobStarted, JobFailed]


def test_a_sibling_need_not_have_the_service_installed() -> None:
    forbidden = (
        "sqlalchemy",
        "starlette",
        "structlog",
        "httpx2",
        "alembic",
        "hypercorn",
        "cyclopts",
    )
    script = f"""
import sys
import threading
import data_bank_api.events.context
print([name for name in {forbidden} if name in sys.modules])
"""
    said = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert said.stdout.strip() == "[]"
