"""The queue as workers see it: notes are taken from it, and whatever else is there is dropped."""

import pickle
from collections.abc import Iterator
from typing import NoReturn

import pytest
import redis
import structlog
from rq import Callback, Queue
from rq.exceptions import DequeueTimeout, StopRequested

from data_bank_api.jobs.child import Duties
from data_bank_api.jobs.inbox import MOST_DATA, NoteQueue, TakenNote, put_back, settle, taken
from data_bank_api.jobs.note import Note, send_note
from data_bank_api.jobs.worker import JobWorker
from data_bank_client.wire.jobs import QUEUE
from tests.fakes.redis_server import RedisServer

JOB_ID = "0123456789abcdef" * 2
RQ_ID = f"{JOB_ID}-1".encode()


@pytest.fixture
def connection(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with redis_server.connect() as connection:
        yield connection


def take(connection: redis.Redis) -> TakenNote:
    """The next note. Raises DequeueTimeout where there is none."""
    queue = NoteQueue(QUEUE, connection=connection, serializer="json")
    job, found = NoteQueue.dequeue_any([queue], 1, connection)
    assert found is queue
    assert isinstance(job, TakenNote)
    return job


def never(*_: object) -> NoReturn:
    raise AssertionError


def keys(connection: redis.Redis) -> set[bytes | str]:
    """Without RQ's one set of the names of queues."""
    return set(connection.keys()) - {b"rq:queues"}


def test_a_note_is_taken_in_the_order_of_delivery(connection: redis.Redis) -> None:
    for attempt in (1, 2):
        send_note(connection, JOB_ID, attempt)
    assert [take(connection).note for _ in range(2)] == [Note(JOB_ID, 1), Note(JOB_ID, 2)]


def test_nothing_is_left_of_a_note_that_is_settled(connection: redis.Redis) -> None:
    send_note(connection, JOB_ID, 1)
    note = take(connection)
    assert taken(connection) == {RQ_ID}
    settle(connection, note.rq_id)
    assert keys(connection) == set()


def test_a_note_that_was_delivered_twice_is_dropped_when_the_first_is_settled(
    connection: redis.Redis,
) -> None:
    send_note(connection, JOB_ID, 1)
    send_note(connection, JOB_ID, 1)
    settle(connection, take(connection).rq_id)
    with structlog.testing.capture_logs() as logged, pytest.raises(DequeueTimeout):
        take(connection)
    assert (keys(connection), logged) == (set(), [])


def test_what_is_too_large_for_a_note_is_dropped_unread(
    connection: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_note(connection, JOB_ID, 1)
    connection.hset(f"rq:job:{JOB_ID}-1", "data", b"x" * (MOST_DATA + 1))
    monkeypatch.setattr(redis.Redis, "hget", never)
    with pytest.raises(DequeueTimeout):
        take(connection)
    assert keys(connection) == set()


def test_a_note_that_is_put_back_is_taken_again(connection: redis.Redis) -> None:
    send_note(connection, JOB_ID, 1)
    take(connection)
    assert put_back(connection, RQ_ID)
    assert taken(connection) == set()
    assert take(connection).note == Note(JOB_ID, 1)


def test_of_several_who_find_a_note_one_puts_it_back(connection: redis.Redis) -> None:
    send_note(connection, JOB_ID, 1)
    take(connection)
    assert [put_back(connection, RQ_ID) for _ in range(3)] == [True, False, False]
    assert connection.llen("rq:queue:data_bank") == 1


def test_what_was_settled_meanwhile_is_not_put_back(connection: redis.Redis) -> None:
    send_note(connection, JOB_ID, 1)
    note = take(connection)
    settle(connection, note.rq_id)
    connection.rpush("rq:queue:data_bank:intermediate", note.rq_id)
    assert not put_back(connection, note.rq_id)
    assert keys(connection) == set()


def test_jobs_of_others_are_dropped_with_a_line_each_and_notes_come_through(
    connection: redis.Redis,
) -> None:
    queue = Queue(QUEUE, connection=connection)
    queue.enqueue("os.system", "touch /tmp/owned")
    queue.enqueue(print, "pickled", job_id="theirs", on_failure=Callback(print))
    Queue(QUEUE, connection=connection, serializer="json").enqueue("os.getcwd")
    connection.hset("rq:job:odd", mapping={"data": pickle.dumps(print), "created_at": "never"})
    connection.set("rq:job:text", "no hash")
    connection.rpush("rq:queue:data_bank", "odd", "text", b"\xff\xfe", "no job at all", "")
    send_note(connection, JOB_ID, 1)
    with structlog.testing.capture_logs() as logged:
        note = take(connection)
    assert note.note == Note(JOB_ID, 1)
    assert [line["event"] for line in logged] == ["dropped what is no note from the queue"] * 5
    settle(connection, note.rq_id)
    assert keys(connection) == set()


def test_a_worker_runs_nothing_but_notes(redis_server: RedisServer) -> None:
    worker = JobWorker(redis_server.url, Duties(never, never, never), grace=0)
    with redis_server.connect() as connection:
        queue = Queue(QUEUE, connection=connection)
        worker.execute_job(queue.enqueue("os.getcwd"), queue)


def test_a_note_of_which_nothing_is_left_is_not_put_back_by_a_worker(
    redis_server: RedisServer, connection: redis.Redis
) -> None:
    worker = JobWorker(redis_server.url, Duties(never, never, never), grace=0)
    connection.rpush("rq:queue:data_bank:intermediate", RQ_ID)
    with structlog.testing.capture_logs() as logged:
        worker.run_maintenance_tasks()
        assert taken(connection) == {RQ_ID}  # it may be at work yet
        worker.run_maintenance_tasks()
    assert (keys(connection), logged) == (set(), [])


def test_an_idle_worker_that_is_asked_twice_to_stop_leaves_once(redis_server: RedisServer) -> None:
    worker = JobWorker(redis_server.url, Duties(never, never, never), grace=0)
    with pytest.raises(StopRequested):
        worker.request_stop(15, None)
    worker.request_stop(15, None)
