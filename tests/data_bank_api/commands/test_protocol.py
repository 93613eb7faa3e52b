"""Heads of requests under uvicorn: bounded in size and time, and nothing smuggled behind them."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from data_bank_api.commands.listening import UNSENT_BYTES
from data_bank_api.commands.protocol import HEAD_BYTES, HEAD_SECONDS, WAITED_SECONDS
from tests.running_bank import PATIENCE, UPLOAD_KEY, RunningBank, running, until

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"POST /files HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    with running(tmp_path_factory.mktemp("bank")) as bank:
        yield bank


def everything(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    received = b""
    with suppress(ConnectionResetError):
        while chunk := connection.recv(65536):
            received += chunk
    return received


def talk(bank: RunningBank, *pieces: bytes) -> bytes:
    with bank.connect() as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.2)  # so that each is a segment of its own
        return everything(connection)


STARTS = {
    "nothing": [b""],
    "a part of the first line": [b"GET /healthz HT"],
    "a part of a field": [b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: "],
    "a part of the second head": [HEALTH, b"GET /healthz HT"],
}


@pytest.fixture(scope="module")
def ends(bank: RunningBank) -> dict[str, bytes]:
    """What came until the end to each start of heads; they all wait at once."""
    with ThreadPoolExecutor(len(STARTS)) as pool:
        answers = {name: pool.submit(talk, bank, *start) for name, start in STARTS.items()}
        return {name: answer.result() for name, answer in answers.items()}


@pytest.mark.parametrize("start", [each for each in STARTS if "second" not in each])
def test_a_head_that_does_not_come_ends_the_connection(ends: dict[str, bytes], start: str) -> None:
    assert HEAD_SECONDS < PATIENCE / 2
    assert ends[start] == b""


def test_a_second_head_that_does_not_come_ends_the_connection_too(ends: dict[str, bytes]) -> None:
    assert ends["a part of the second head"].count(b"HTTP/1.1") == 1


def test_a_head_that_comes_a_byte_at_a_time_ends_the_connection(bank: RunningBank) -> None:
    deadline = time.monotonic() + PATIENCE
    with bank.connect() as connection, suppress(OSError):
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        while time.monotonic() < deadline:
            connection.sendall(b"x")
            time.sleep(0.2)
    assert time.monotonic() < deadline


@pytest.mark.parametrize("piece", [b"a: b\r\n", b"a: " + b"b" * 1000 + b"\r\n"])
def test_a_head_that_is_too_large_is_refused(bank: RunningBank, piece: bytes) -> None:
    with bank.connect() as connection, suppress(OSError):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        while sent < 100 * HEAD_BYTES:
            connection.sendall(piece * 100)
            sent += len(piece) * 100
    assert sent < 100 * HEAD_BYTES


def test_a_head_with_too_many_fields_is_refused(bank: RunningBank) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 300 + b"\r\n"
    assert b"256 header fields at most" in talk(bank, head)


def test_what_is_no_http_is_told_in_the_one_format(bank: RunningBank) -> None:
    head, _, body = talk(bank, b"hello\r\n\r\n").partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert head.startswith(b"HTTP/1.1 400 Bad Request")
    assert (problem["code"], len(problem["request_id"])) == ("BAD_REQUEST", 32)


def test_a_key_behind_the_body_opens_nothing(bank: RunningBank) -> None:
    trailer = f"X-API-Key: {UPLOAD_KEY}\r\n".encode()
    answer = talk(bank, CHUNKED + b"Connection: close\r\n\r\n3\r\nabc\r\n0\r\n" + trailer + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize("framing", ["Content-Length: 49", "Transfer-Encoding: chunked"])
def test_a_body_behind_an_upgrade_is_refused_and_never_run(bank: RunningBank, framing: str) -> None:
    head = (
        f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
        f"Connection: Upgrade\r\nUpgrade: h2c\r\n{framing}\r\n\r\n"
    )
    answer = talk(bank, head.encode(), b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: 1234\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"cannot ask for an upgrade" in answer


def test_an_upgrade_that_is_not_offered_is_answered_plainly_and_fills_no_log(
    bank: RunningBank,
) -> None:
    upgrade = b"Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
    assert talk(bank, b"GET /?upgrade HTTP/1.1\r\nHost: x\r\n" + upgrade).startswith(
        b"HTTP/1.1 200"
    )
    bank.logged(event="request", path="/")
    assert not [line for line in bank.log() if "pgrade" in str(line["event"])]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[RunningBank]:
    """A bank that takes ten connections."""
    with running(tmp_path, MAX_CONNECTIONS="10") as bank:
        yield bank


SILENT_UPLOAD = (
    f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\nContent-Length: 9000000\r\n\r\n"
).encode()


def test_beyond_the_most_connections_one_is_refused_until_another_ends(small: RunningBank) -> None:
    with ExitStack() as busy:
        for _ in range(10):
            busy.enter_context(small.connect()).sendall(SILENT_UPLOAD)
        until(lambda: len(small.drafts()) == 10)
        head, _, body = talk(small, HEALTH, HEALTH).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 Service Unavailable")
        assert b"\r\nretry-after: 1" in head
        assert json.loads(body)["code"] == "SERVICE_UNAVAILABLE"
    until(lambda: small.drafts() == [])
    assert small.get("/healthz").status_code == 200


def test_connections_that_wait_lock_nobody_out(small: RunningBank) -> None:
    """Be they used before, or silent from the first."""
    with ExitStack() as idle:
        for number in range(10):
            connection = idle.enter_context(small.connect())
            if number % 2:
                connection.sendall(HEALTH)
                assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        time.sleep(2 * WAITED_SECONDS)
        assert small.get("/healthz").status_code == 200


def test_a_request_behind_another_is_under_way_and_makes_no_room(small: RunningBank) -> None:
    with ExitStack() as crowd:
        sender = crowd.enter_context(small.connect())
        sender.sendall(HEALTH + SILENT_UPLOAD)
        until(lambda: len(small.drafts()) == 1)
        time.sleep(2 * WAITED_SECONDS)
        for _ in range(10):
            crowd.enter_context(small.connect())
        talk(small, HEALTH)
        assert len(small.drafts()) == 1


def test_one_that_does_not_read_makes_room_once_and_soon(small: RunningBank) -> None:
    page = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    with ExitStack() as crowd:
        deaf = crowd.enter_context(socket.socket())
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        url = urlsplit(small.address)
        deaf.connect((url.hostname, url.port))
        # As many as are sent, for the service, though nobody reads them.
        deaf.sendall(page * (UNSENT_BYTES // len(small.get("/openapi.json").content)))
        assert deaf.recv(1, socket.MSG_PEEK)  # the first of them is on its way
        time.sleep(2 * WAITED_SECONDS)
        for _ in range(10):
            crowd.enter_context(small.connect()).sendall(SILENT_UPLOAD)
        until(lambda: len(small.drafts()) == 10)
        assert talk(small, HEALTH).startswith(b"HTTP/1.1 503")


def test_a_connection_is_used_again_and_again(bank: RunningBank) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = talk(bank, request, request, request + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 4
