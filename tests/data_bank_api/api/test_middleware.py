"""What goes around a request, where a real server would not let a test near."""

import asyncio
import socket
from collections.abc import Callable

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_api.api.download import ReaderGoneError
from data_bank_api.api.errors import problem_answer
from data_bank_api.api.middleware.errors import ErrorBoundary
from data_bank_api.api.middleware.framing import find_doubt
from data_bank_api.api.pool import StoragePool
from data_bank_client.errors import DataBankClientError, FileQuarantinedError
from tests.running_bank import READ_KEY, RunningBank, until

HOST = (b"host", b"x")


@pytest.mark.parametrize(
    ("version", "headers", "path"),
    [
        ("1.1", [HOST], "/"),
        ("1.1", [HOST, (b"transfer-encoding", b" Chunked ")], "/"),
        ("1.1", [HOST, (b"content-length", b"1")], "/é"),
        ("1.0", [], "/"),
        ("2", [], "/"),
    ],
)
def test_ordinary_framing_is_not_doubted(
    version: str, headers: list[tuple[bytes, bytes]], path: str
) -> None:
    assert find_doubt(version, headers, path) is None


@pytest.mark.parametrize(
    ("version", "headers", "path", "says"),
    [
        ("1.1", [HOST, (b"transfer-encoding", b"gzip, chunked")], "/", "Transfer-Encoding"),
        ("1.1", [HOST, *[(b"transfer-encoding", b"chunked")] * 2], "/", "Transfer-Encoding"),
        ("1.0", [HOST, (b"transfer-encoding", b"chunked")], "/", "Transfer-Encoding"),
        ("1.1", [HOST, *[(b"content-length", b"1")] * 2], "/", "Content-Length"),
        ("1.1", [HOST, HOST], "/", "Host"),
        ("1.1", [], "/", "Host"),
        ("1.1", [HOST], "/a\0b", "path"),
        ("1.1", [HOST, (b"upgrade", b"h2c"), (b"content-length", b"1")], "/", "upgrade"),
        ("1.1", [HOST, *[(b"a", b"b")] * 256], "/", "256"),
        ("1.1", [HOST], "/a\ufffdb", "path"),
    ],
)
def test_framing_that_can_be_read_in_two_ways_is_doubted(
    version: str, headers: list[tuple[bytes, bytes]], path: str, says: str
) -> None:
    assert says in str(find_doubt(version, headers, path))


def tell_as_json(_scope: Scope, error: DataBankClientError) -> ASGIApp:
    return problem_answer(error)


def sent_by(app: ASGIApp) -> list[Message]:
    """What an application sends to a plain GET."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    asyncio.run(ErrorBoundary(app, tell_as_json)(scope, receive, send))
    return sent


def failing(error: Exception, *, has_begun: bool) -> ASGIApp:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        if has_begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    return app


@pytest.mark.parametrize("error", [ValueError("sesame"), FileQuarantinedError("damaged")])
def test_an_answer_that_has_begun_is_left_unfinished(error: Exception) -> None:
    assert [message["type"] for message in sent_by(failing(error, has_begun=True))] == [
        "http.response.start"
    ]


def test_what_nobody_expected_is_an_internal_error_without_details() -> None:
    start, body = sent_by(failing(ValueError("sesame"), has_begun=False))
    assert start["status"] == 500
    assert body["body"].startswith(b'{"code":"INTERNAL_ERROR","message":"internal error"')


def test_nobody_is_answered_when_the_reader_has_gone() -> None:
    assert sent_by(failing(ReaderGoneError(), has_begun=False)) == []


@pytest.fixture
def counted() -> tuple[list[int], Callable[[], None]]:
    calls: list[int] = []
    return calls, lambda: calls.append(1)


def test_a_clean_up_is_done_also_after_the_threads_have_ended(
    counted: tuple[list[int], Callable[[], None]],
) -> None:
    async def clean(pool: StoragePool) -> None:
        await pool.clean_up(counted[1])
        pool.close()
        await pool.clean_up(counted[1])

    asyncio.run(clean(StoragePool()))
    assert counted[0] == [1, 1]


def descriptors(bank: RunningBank) -> list[str]:
    """The blobs that the server holds open."""
    with_blobs = [str(path.readlink()) for path in bank.open_files() if path.is_symlink()]
    return [target for target in with_blobs if target.endswith(".bin")]


@pytest.mark.parametrize("is_reading", [True, False])
def test_a_reader_who_goes_or_stops_reading_frees_the_file(
    patient: RunningBank, is_reading: bool
) -> None:
    name = patient.put(bytes(80_000_000))
    with patient.connect() as connection:
        connection.sendall(
            f"GET /files/{name} HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n\r\n".encode()
        )
        connection.recv(1000)
        until(lambda: descriptors(patient) != [])
        if is_reading:
            connection.close()
        until(lambda: descriptors(patient) == [])
    line = patient.logged(path=f"/files/{name}", status=200)
    assert int(str(line["bytes"])) < 80_000_000
    patient.logged(event="the client has gone", request_id=line["request_id"])


def test_clients_that_leave_with_requests_on_the_way_are_no_errors(bank: RunningBank) -> None:
    name = bank.put(bytes(5_000_000))
    request = f"GET /files/{name} HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n\r\n".encode()
    for _ in range(5):
        with bank.connect() as connection:
            connection.sendall(request * 2)
            connection.recv(1000)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    bank.get("/healthz")
    assert "internal error" not in [line["event"] for line in bank.log()]


@pytest.mark.parametrize("size", [100, 20_000_000])
def test_a_download_may_be_asked_for_with_a_body(bank: RunningBank, size: int) -> None:
    content = bytes(3_000_000)
    name = bank.put(content)
    answer = bank.request("GET", f"/files/{name}", READ_KEY, bytes(size))
    assert (answer.status_code, answer.content) == (200, content)


def test_a_web_socket_is_refused(bank: RunningBank) -> None:
    with bank.connect() as connection:
        connection.sendall(
            b"GET /files HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        answer = connection.recv(65536)
    assert answer.split()[1] in (b"401", b"403")
