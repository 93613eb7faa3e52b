"""`GET /events` on both servers, with a real Redis."""

import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path

import httpx2
import msgspec
import pytest

from data_bank_api.api.event_source import MOST_OF_A_KEY
from data_bank_api.events.stream import EventStream
from data_bank_client import DataBankClient, SeenEvent
from data_bank_client.wire.events import JobEvent
from tests.fakes.job_events import listening, progress
from tests.fakes.redis_server import RedisServer
from tests.running_bank import PATIENCE, READ_KEY, RunningBank, running, until

SERVERS = pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])


@pytest.fixture(scope="module", params=["uvicorn", "hypercorn"])
def eventful(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _shared_redis: RedisServer,
) -> Iterator[RunningBank]:
    folder = tmp_path_factory.mktemp("bank")
    with running(folder, str(request.param), REDIS_URL=_shared_redis.url) as bank:
        yield bank


def publish(server: RedisServer, *events: JobEvent, kept: int = 1000) -> None:
    with server.connect() as connection:
        EventStream(connection, kept).publish(events)


@contextmanager
def following(
    bank: RunningBank,
    types: list[str] | None = None,
    job_id: str | None = None,
    last_event_id: str | None = None,
) -> Iterator[Iterator[SeenEvent]]:
    with (
        DataBankClient(bank.address, READ_KEY) as client,
        closing(client.events(types, job_id, last_event_id)) as seen,
    ):
        yield seen


def take(seen: Iterator[SeenEvent], count: int) -> list[JobEvent]:
    return [each.event for each in islice(seen, count)]


@contextmanager
def raw_stream(
    bank: RunningBank, *headers: str, query: str = "", key: str = READ_KEY
) -> Iterator[socket.socket]:
    """A connection on which a stream was asked for."""
    fields = [f"GET /events{query} HTTP/1.1", "Host: x", f"X-API-Key: {key}", *headers]
    with bank.connect() as connection:
        connection.sendall("\r\n".join([*fields, "", ""]).encode())
        yield connection


def read_until(connection: socket.socket, wanted: bytes) -> bytes:
    content = b""
    while wanted not in content:
        piece = connection.recv(65536)
        assert piece, content
        content += piece
    return content


def test_a_stream_begins_with_where_it_is(redis_server: RedisServer, eventful: RunningBank) -> None:
    with raw_stream(eventful) as connection:
        head = read_until(connection, b"id: 0-0\n\n").lower()
    assert head.startswith(b"http/1.1 200")
    assert b"\r\ncontent-type: text/event-stream; charset=utf-8\r\n" in head
    assert b"\r\ncache-control: no-store\r\n" in head
    assert b"\r\nx-accel-buffering: no\r\n" in head
    assert b"\nretry: 1000\nid: 0-0\n\n" in head


def test_head_has_the_headers_and_no_stream(
    redis_server: RedisServer, eventful: RunningBank
) -> None:
    answer = eventful.request("HEAD", "/events", READ_KEY)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"


def test_a_stream_that_has_ended_holds_no_connection(
    redis_server: RedisServer, eventful: RunningBank
) -> None:
    assert eventful.request("HEAD", "/events", READ_KEY).status_code == 200
    with redis_server.connect() as client:
        until(lambda: "xinfo|stream" not in {each["cmd"] for each in client.client_list()})


def test_readers_and_the_channel_see_the_same(
    redis_server: RedisServer, eventful: RunningBank
) -> None:
    events = [progress(number) for number in range(50)]
    with (
        redis_server.connect() as connection,
        listening(connection) as listener,
        following(eventful, last_event_id="0") as one,
        following(eventful, last_event_id="0") as other,
    ):
        publish(redis_server, *events)
        assert take(one, 50) == take(other, 50) == listener.hear(50) == events


def test_without_a_place_it_begins_with_what_comes(
    redis_server: RedisServer, eventful: RunningBank
) -> None:
    publish(redis_server, progress(1))
    with raw_stream(eventful) as connection:
        read_until(connection, b"retry: 1000")
        publish(redis_server, progress(2))
        content = read_until(connection, b"}")
    assert b'"event_id":"2"' in content
    assert b'"event_id":"1"' not in content


def test_it_resumes_after_an_event(redis_server: RedisServer, eventful: RunningBank) -> None:
    publish(redis_server, *(progress(number) for number in range(10)))
    with following(eventful, last_event_id="0") as seen:
        third = list(islice(seen, 3))[-1]
    with following(eventful, last_event_id=third.id) as seen:
        assert take(seen, 7) == [progress(number) for number in range(3, 10)]


def test_types_and_a_job_are_chosen(redis_server: RedisServer, eventful: RunningBank) -> None:
    publish(redis_server, progress(1, "a"), progress(2, "b"), progress(3, "a"))
    wanted = ["databank.job.progress.v1", "databank.job.failed.v1"]
    with following(eventful, wanted, "a", "0") as seen:
        assert take(seen, 2) == [progress(1, "a"), progress(3, "a")]


def test_what_is_not_kept_any_more_is_told_of(
    redis_server: RedisServer, eventful: RunningBank
) -> None:
    publish(redis_server, *(progress(number) for number in range(200)), kept=100)
    with raw_stream(eventful, "Last-Event-ID: 1-0") as connection:
        content = read_until(connection, b'"event_id":"100"')
    assert b"\n: events after 1-0 may be missing: they are not kept\n\n" in content
    assert b'"event_id":"99"' not in content


@pytest.mark.parametrize(
    ("query", "place", "status", "says"),
    [
        ("?types=databank.job.slept.v1", "0", 422, "types must be some of databank.job.started.v1"),
        ("?types=", "0", 422, "types must be"),
        ("", "latest", 400, "Last-Event-ID: not the id of an event"),
        ("", str(2**64), 400, "Last-Event-ID: larger than the id of any event"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    eventful: RunningBank, query: str, place: str, status: int, says: str
) -> None:
    answer = eventful.get(f"/events{query}", Last_Event_ID=place)
    assert (answer.status_code, says in answer.json()["message"]) == (status, True)


def test_a_key_for_uploads_may_not_follow(eventful: RunningBank) -> None:
    assert eventful.get("/events", key="upload-key-0001").status_code == 403


def test_without_a_redis_there_are_no_events(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        answer = bank.get("/events")
        assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert answer.json()["message"] == "events need Redis: set REDIS_URL"


@SERVERS
def test_a_stream_outlives_redis_and_a_new_one_does_not_begin_without(
    tmp_path: Path, own_redis: RedisServer, server: str
) -> None:
    with (
        running(tmp_path, server, REDIS_URL=own_redis.url) as bank,
        raw_stream(bank) as connection,
    ):
        read_until(connection, b"retry: 1000")
        own_redis.kill()
        read_until(connection, b": Redis does not answer")
        answer = bank.get("/events")
        assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        own_redis.start()
        publish(own_redis, progress(7))
        read_until(connection, b'"event_id":"7"')


@SERVERS
def test_a_process_has_so_many_streams_and_who_leaves_makes_room(
    tmp_path: Path, own_redis: RedisServer, server: str
) -> None:
    keys = [READ_KEY, "another-read-key", "a-third-read-key"]
    with running(tmp_path, server, REDIS_URL=own_redis.url, API_READ_KEYS=",".join(keys)) as bank:
        with ExitStack() as open_streams:
            for key in keys[:2]:
                for _ in range(MOST_OF_A_KEY):
                    connection = open_streams.enter_context(raw_stream(bank, key=key))
                    read_until(connection, b"retry: 1000")
                answer = bank.get("/events", key=key)
                assert (answer.status_code, "event streams" in answer.text) == (
                    429,
                    key == READ_KEY,
                )
            answer = bank.get("/events", key=keys[2])
            assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
            assert bank.get("/healthz").status_code == 200
        until(lambda: bank.request("HEAD", "/events", READ_KEY).status_code == 200)
        with own_redis.connect() as client:
            until(lambda: len(client.client_list()) < 10)


@SERVERS
def test_a_reader_who_does_not_read_is_ended(
    tmp_path: Path, redis_server: RedisServer, server: str
) -> None:
    with (
        running(tmp_path, server, REDIS_URL=redis_server.url, STALL_SECONDS="1") as bank,
        raw_stream(bank, "Last-Event-ID: 0") as connection,
        redis_server.connect() as client,
    ):
        read_until(connection, b"retry: 1000")
        stream = EventStream(client, 1000)
        large = "x" * 100_000
        for number in range(200):  # more than the buffers of both sides hold
            stream.publish([msgspec.structs.replace(progress(number), message=large)])
        line = bank.logged(event="request", path="/events")
        assert line["status"] == 200


@SERVERS
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_streams_at_once(
    tmp_path: Path, redis_server: RedisServer, server: str, workers: str, how: signal.Signals
) -> None:
    settings = {"GRACE_SECONDS": "60", "WORKERS": workers, "REDIS_URL": redis_server.url}
    with (
        running(tmp_path, server, **settings) as bank,
        raw_stream(bank) as one,
        raw_stream(bank) as other,
    ):
        for connection in (one, other):
            read_until(connection, b"retry: 1000")
        asked = time.monotonic()
        assert bank.stop(how) == 0
        assert time.monotonic() - asked < 20
        for connection in (one, other):
            assert read_until(connection, b"0\r\n\r\n").endswith(b"0\r\n\r\n")
        assert "ended by the stop" not in bank.log_path.read_text()


def test_a_stop_of_the_plain_hypercorn_command_ends_streams(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    hypercorn = str(Path(sys.executable).with_name("hypercorn"))
    command = [hypercorn, "data_bank_api.api.main:create_app()", "--bind", address]
    bank = RunningBank(tmp_path, command, {"REDIS_URL": redis_server.url})
    try:
        bank.wait_for(f"http://{address}")
        with raw_stream(bank) as connection:
            read_until(connection, b"retry: 1000")
            asked = time.monotonic()
            bank.stop()
            assert time.monotonic() - asked < PATIENCE
    finally:
        bank.stop()


@SERVERS
def test_the_client_goes_on_when_the_bank_is_started_again(
    tmp_path: Path, redis_server: RedisServer, server: str
) -> None:
    with running(tmp_path, server, REDIS_URL=redis_server.url) as bank:
        port = str(httpx2.URL(bank.address).port)
        with following(bank, last_event_id="0") as seen:
            publish(redis_server, progress(0))
            assert take(seen, 1) == [progress(0)]
            bank.stop()
            publish(redis_server, progress(1))
            with running(tmp_path, server, REDIS_URL=redis_server.url, PORT=port):
                publish(redis_server, progress(2))
                assert take(seen, 2) == [progress(1), progress(2)]
