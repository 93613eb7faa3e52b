"""A try goes to an address that was judged, signed, and is over in time."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler

import pytest

from data_bank_api.jobs.webhook_outcome import Reply
from data_bank_api.jobs.webhook_post import HttpsPost, UnansweredError
from data_bank_api.network.resolving import Resolve, look_up
from data_bank_api.queue.deliveries import WebhookCall
from data_bank_client import webhooks
from data_bank_client.wire.events import JobStarted, encode_event
from data_bank_client.wire.webhook_signature import make_secret
from tests.fakes.receiver import NAME, Receiver, Respond, answer, receiving

EVENT = JobStarted(event_id="e" * 32, at="2026-11-21T10:00:00.000000Z", job_id="j" * 32)
SECRET = make_secret()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def to_this_machine(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def post_to(
    receiver: Receiver,
    url: str | None = None,
    *,
    resolve: Resolve = to_this_machine,
    may_be_private: bool = True,
    patience: float = 15.0,
) -> Reply:
    post = HttpsPost(receiver.trust, may_be_private, resolve, patience=patience)
    return post(
        WebhookCall(
            letter_id=1,
            delivery_id="d",
            webhook_id="w",
            event_id=EVENT.event_id,
            url=url or receiver.url(),
            secret=SECRET,
            body=encode_event(EVENT).decode(),
            tries=0,
        )
    )


def test_a_call_is_the_event_signed_as_the_standard_has_it(receiver: Receiver) -> None:
    assert post_to(receiver) == Reply(204)
    [call] = receiver.calls
    assert webhooks.verify(SECRET, call.headers, call.body) == EVENT
    assert json.loads(call.body)["type"] == "databank.job.started.v1"
    assert call.headers["webhook-id"] == EVENT.event_id
    assert call.headers["content-type"] == "application/json"
    assert call.headers["user-agent"] == "data-bank"


def test_the_name_is_what_host_and_certificate_are_about(receiver: Receiver) -> None:
    assert post_to(receiver, receiver.url(path="/a%20b?c=d")) == Reply(204)
    [call] = receiver.calls
    assert call.path == "/a%20b?c=d"
    assert call.headers["host"] == f"{NAME}:{receiver.port}"
    assert call.server_name == NAME


def test_an_address_may_be_a_number() -> None:
    with receiving("127.0.0.1") as receiver:
        url = receiver.url("127.0.0.1")
        assert post_to(receiver, url, resolve=look_up) == Reply(204)
        assert receiver.calls[0].headers["host"] == f"127.0.0.1:{receiver.port}"


def test_each_try_is_signed_anew_with_the_same_id(receiver: Receiver) -> None:
    clock = iter([1_000_000.7, 1_000_005.2])
    post = HttpsPost(receiver.trust, True, to_this_machine, lambda: next(clock))
    for _ in range(2):
        post(WebhookCall(1, "d", "w", "e", receiver.url(), SECRET, "{}", 0))
    told = [(c.headers["webhook-id"], c.headers["webhook-timestamp"]) for c in receiver.calls]
    assert told == [("e", "1000000"), ("e", "1000005")]
    first, second = (call.headers["webhook-signature"] for call in receiver.calls)
    assert first != second


@pytest.mark.parametrize(
    ("respond", "reply"),
    [
        (answer(200, b"thanks"), Reply(200)),
        (answer(404), Reply(404)),
        (answer(503, Retry_After="7"), Reply(503, 7.0)),
    ],
)
def test_what_is_answered_is_the_status(receiver: Receiver, respond: Respond, reply: Reply) -> None:
    receiver.script = [respond]
    assert post_to(receiver) == reply


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.script = [answer(307, Location=receiver.url(path="/elsewhere"))]
    assert post_to(receiver) == Reply(307)
    assert [call.path for call in receiver.calls] == ["/hook"]


def test_cookies_are_not_kept(receiver: Receiver) -> None:
    receiver.script = [answer(200, Set_Cookie="a=b")]
    post_to(receiver)
    post_to(receiver)
    assert "cookie" not in receiver.calls[1].headers


def test_the_environments_proxy_is_not_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert post_to(receiver) == Reply(204)


def test_of_an_answer_without_end_only_a_little_is_read(receiver: Receiver) -> None:
    sent = 0

    def respond(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        while not receiver.release.is_set():
            sent += handler.wfile.write(b"x" * 65536)

    receiver.script = [respond]
    assert post_to(receiver) == Reply(200)
    assert sent < 64 * 1024 * 1024  # what the kernel took ahead


def test_an_answer_whose_rest_never_comes_is_an_answer(receiver: Receiver) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()
        receiver.hang(handler)

    receiver.script = [respond]
    assert post_to(receiver, patience=0.5) == Reply(200)


def unanswered(says: str) -> pytest.RaisesExc[UnansweredError]:
    return pytest.raises(UnansweredError, match=f"^{says}$")


def test_who_is_silent_is_left_when_the_time_is_over(receiver: Receiver) -> None:
    receiver.script = [receiver.hang]
    begun = time.monotonic()
    with unanswered("no answer in time"):
        post_to(receiver, patience=0.5)
    assert time.monotonic() - begun < 10


def test_who_sends_a_byte_now_and_then_is_left_as_well(receiver: Receiver) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not receiver.release.wait(0.05):
            handler.wfile.write(b"H")

    receiver.script = [drip]
    with unanswered("no answer in time"):
        post_to(receiver, patience=0.5)


def test_a_certificate_of_another_authority_is_refused(receiver: Receiver) -> None:
    with receiving() as stranger:
        url = receiver.url()
        with unanswered("the certificate cannot be verified"):
            post_to(stranger, url)
    assert receiver.calls == []


def test_a_certificate_of_another_name_is_refused(receiver: Receiver) -> None:
    url = receiver.url("other.example.com")
    with unanswered("the certificate cannot be verified"):
        post_to(receiver, url)
    assert receiver.calls == []


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_where_nobody_listens_the_connection_is_refused(receiver: Receiver) -> None:
    url = f"https://{NAME}:{free_port()}/"
    with unanswered("the connection was refused"):
        post_to(receiver, url)


@pytest.mark.parametrize("sent", [b"", b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_who_does_not_speak_tls_is_told(receiver: Receiver, sent: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(sent)

        thread = threading.Thread(target=greet)
        thread.start()
        with unanswered("TLS is not spoken there"):
            post_to(receiver, f"https://{NAME}:{server.getsockname()[1]}/")
        thread.join()


@pytest.mark.parametrize("sent", [b"", b"220 mail.example ESMTP\r\n"])
def test_who_does_not_speak_http_is_told(receiver: Receiver, sent: bytes) -> None:
    receiver.script = [lambda handler: handler.wfile.flush() if handler.wfile.write(sent) else None]
    with unanswered("the connection ended without an answer in HTTP"):
        post_to(receiver)


def test_a_name_that_is_nobodys_is_told(receiver: Receiver) -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with unanswered("the name cannot be resolved"):
        post_to(receiver, resolve=resolve)


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("8.8.8.8", "127.0.0.1"), ("::ffff:127.0.0.1",), ("::1",)]
)
def test_a_name_that_leads_to_a_private_address_is_not_called(
    receiver: Receiver, addresses: tuple[str, ...]
) -> None:
    with unanswered("the address is private"):
        post_to(receiver, resolve=lambda _host, _port: addresses, may_be_private=False)
    assert receiver.asked_names == []


def test_a_private_address_that_was_allowed_once_is_not_called(receiver: Receiver) -> None:
    url = receiver.url("127.0.0.1")
    with unanswered("the address is private"):
        post_to(receiver, url, may_be_private=False)


def test_a_name_is_asked_once_a_try_and_connected_to_as_it_was_judged(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads to a public address when it is judged, and then to this machine."""
    answers = [["198.51.99.1"], ["127.0.0.1"]]
    connected: list[str] = []

    def resolve(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0)

    def connect(_self: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with unanswered("the connection was refused"):
        post_to(receiver, resolve=resolve, may_be_private=False)
    with unanswered("the address is private"):
        post_to(receiver, resolve=resolve, may_be_private=False)
    assert connected == ["198.51.99.1"]


def test_where_the_first_address_is_dead_the_next_is_tried(receiver: Receiver) -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    assert post_to(receiver, resolve=resolve) == Reply(204)


def test_only_a_few_of_many_addresses_are_tried(receiver: Receiver) -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"]

    with unanswered("the connection was refused"):
        post_to(receiver, resolve=resolve)
