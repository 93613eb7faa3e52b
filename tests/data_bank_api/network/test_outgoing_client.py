"""Calling out goes to judged addresses, keeps nothing, and never waits for ever."""

import socket
import ssl
import time
from collections.abc import Sequence

import httpcore2
import httpx2
import pytest

from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_api.network.patient_stream import StreamPatience
from data_bank_api.network.resolving import Resolve
from data_bank_client.errors import ForbiddenError
from tests.data_bank_api.network.raw_server import Talk, read_head, saying, talking
from tests.fakes.receiver import NAME, receiving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SOON = StreamPatience(head_seconds=0.5, body_seconds=0.5, body_rate=1000)


def leading_to(*addresses: str) -> Resolve:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


def client(
    *addresses: str, private: Sequence[str] = (), patience: StreamPatience | None = None
) -> httpx2.Client:
    connections = JudgedConnections(
        lambda host: host in private,
        leading_to(*(addresses or ("127.0.0.1",))),
        patience or StreamPatience(),
    )
    return outgoing_client(connections)


def test_a_host_that_may_be_private_is_reached_by_its_name() -> None:
    with talking(saying(OK)) as port, client(private=["hub.test"]) as http:
        answer = http.get(f"http://hub.test:{port}/a")
        assert (answer.status_code, answer.text) == (200, "ok")
        assert answer.request.headers["host"] == f"hub.test:{port}"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
def test_a_name_that_leads_into_the_own_network_is_not_called(address: str) -> None:
    arrived: list[bytes] = []
    with (
        talking(lambda connection: arrived.append(read_head(connection))) as port,
        client("8.8.8.8", address, private=["other.test"]) as http,
        pytest.raises(ForbiddenError, match="private address"),
    ):
        http.get(f"http://hub.test:{port}/")
    assert arrived == []


def test_a_number_of_the_own_network_is_not_called() -> None:
    with (
        talking(saying(OK)) as port,
        outgoing_client(JudgedConnections(lambda _: False)) as http,
        pytest.raises(ForbiddenError),
    ):
        http.get(f"http://127.0.0.1:{port}/")


def test_where_nobody_listens_at_one_address_the_next_is_tried() -> None:
    with talking(saying(OK)) as port, client("127.0.0.2", "127.0.0.1", private=["a.b"]) as http:
        assert http.get(f"http://a.b:{port}/").text == "ok"


def test_where_nobody_listens_there_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with client(private=["a.b"]) as http, pytest.raises(httpx2.ConnectError):
        http.get(f"http://a.b:{port}/")


def test_a_name_without_an_address_is_no_connection() -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no")

    http = outgoing_client(JudgedConnections(lambda _: False, resolve))
    with http, pytest.raises(httpx2.ConnectError, match="resolved"):
        http.get("http://hub.test/")


def test_the_certificate_is_the_names_not_the_addresss() -> None:
    with receiving() as receiver:
        connections = JudgedConnections(lambda _: True, leading_to("127.0.0.1"))
        with outgoing_client(connections, receiver.trust) as http:
            assert http.post(receiver.url(), content=b"{}").status_code == 204
            assert receiver.calls[0].server_name == NAME
            with pytest.raises(httpx2.ConnectError):
                http.post(receiver.url("other.test"), content=b"{}")


def test_what_nobody_vouches_for_is_not_talked_to() -> None:
    with receiving() as receiver:
        connections = JudgedConnections(lambda _: True, leading_to("127.0.0.1"))
        with outgoing_client(connections) as http, pytest.raises(httpx2.ConnectError) as caught:
            http.post(receiver.url(), content=b"{}")
    assert isinstance(caught.value.__context__, httpcore2.ConnectError | ssl.SSLError)


def test_a_connection_is_used_again_and_no_cookie_is_kept() -> None:
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        while head := read_head(connection).strip():
            heads.append(head)
            connection.sendall(OK.replace(b"OK\r\n", b"OK\r\nSet-Cookie: a=b; Path=/\r\n"))
        heads.append(b"over")

    with talking(talk) as port, client(private=["hub.test"]) as http:
        for _ in range(2):
            http.get(f"http://hub.test:{port}/")
        assert len(list(http.cookies.jar)) == 0
    assert len(heads) == 3
    assert heads[2] == b"over"
    assert b"cookie" not in b"".join(heads).lower()
    assert b"Accept-Encoding: identity" in heads[0]
    assert b"User-Agent: data-bank" in heads[0]


def test_redirects_are_not_followed_and_proxies_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with talking(saying(moved)) as port, client(private=["hub.test"]) as http:
        assert http.get(f"http://hub.test:{port}/").status_code == 302


def dripping(start: bytes, drop: bytes, pause: float) -> Talk:
    def talk(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(start)
        while True:  # until the other end has enough
            connection.sendall(drop)
            time.sleep(pause)

    return talk


@pytest.mark.parametrize(
    ("start", "drop", "pause"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.02),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x", 0.02),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.02),
    ],
    ids=["head", "heads-without-end", "body", "chunks"],
)
def test_an_answer_that_drips_is_given_up(start: bytes, drop: bytes, pause: float) -> None:
    with (
        talking(dripping(start, drop, pause)) as port,
        client(private=["a.b"], patience=SOON) as http,
        pytest.raises(httpx2.ReadTimeout),
    ):
        http.get(f"http://a.b:{port}/")


def test_a_body_that_flows_may_last_longer_than_the_patience() -> None:
    def talk(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        for _ in range(10):
            time.sleep(0.25)
            connection.sendall(b"x" * 1000)

    patience = StreamPatience(head_seconds=1.5, body_seconds=2, body_rate=1000)
    with talking(talk) as port, client(private=["a.b"], patience=patience) as http:
        assert len(http.get(f"http://a.b:{port}/").content) == 10_000


def test_a_reader_who_waits_for_ever_is_still_bounded() -> None:
    def talk(connection: socket.socket) -> None:
        read_head(connection)
        connection.recv(1)  # until the other end has enough

    with (
        talking(talk) as port,
        client(private=["a.b"], patience=SOON) as http,
        pytest.raises(httpx2.ReadTimeout),
    ):
        http.get(f"http://a.b:{port}/", timeout=None)


def test_an_upgrade_that_nobody_asked_for_is_no_answer() -> None:
    upgrade = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
    with (
        talking(saying(upgrade)) as port,
        client(private=["a.b"]) as http,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        http.get(f"http://a.b:{port}/")
