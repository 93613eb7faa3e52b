"""Where a redirect may lead, and where the key never goes: two real servers, either client."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import msgspec
import pytest

from data_bank_client import AsyncDataBankClient, DataBankClient, UnexpectedAnswerError
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.faces import Awaited, Face
from tests.data_bank_client.fake_bank import KEY, FakeBank
from tests.data_bank_client.local_server import LocalServer, local_server, send

HELLO = Digest.of(b"hello")
INFO = msgspec.json.encode(FakeBank(b"hello").answer(HELLO))
Open = Callable[[str], Face]


@pytest.fixture
def other() -> Iterator[LocalServer]:
    with local_server(lambda handler: send(handler, 200, INFO)) as server:
        yield server


@pytest.fixture(params=["blocking", "asynchronous"])
def open_client(request: pytest.FixtureRequest) -> Iterator[Open]:
    faces: list[Face] = []

    def open_one(url: str) -> Face:
        if request.param == "blocking":
            faces.append(DataBankClient(url, KEY))
        else:
            faces.append(Awaited(AsyncDataBankClient(url, KEY)))
        return faces[-1]

    yield open_one
    for face in faces:
        face.close()


def moved(handler: BaseHTTPRequestHandler) -> None:
    """From /old to /new on the same server."""
    if handler.path.startswith("/old"):
        send(handler, 308, Location=handler.path.replace("/old", "/new"))
    else:
        send(handler, 200, INFO)


def test_a_redirect_on_the_same_server_is_followed(open_client: Open) -> None:
    with local_server(moved) as server:
        assert open_client(f"{server.url}/old").info(HELLO.hex)["size"] == 5
        assert [line for line, _ in server.seen] == [
            f"GET /old/files/{HELLO}/info",
            f"GET /new/files/{HELLO}/info",
        ]


def test_the_key_goes_to_no_other_server(open_client: Open, other: LocalServer) -> None:
    with local_server(lambda handler: send(handler, 302, Location=other.url)) as server:
        with pytest.raises(UnexpectedAnswerError, match=other.url) as caught:
            open_client(server.url).info(HELLO.hex)
        assert server.seen[0][1]["x-api-key"] == KEY
    assert other.seen == []
    assert KEY not in repr(caught.value)


def test_bytes_that_are_stored_are_not_redirected(open_client: Open) -> None:
    with (
        local_server(lambda handler: send(handler, 307, Location="/elsewhere")) as server,
        pytest.raises(UnexpectedAnswerError, match="redirect of DELETE"),
    ):
        open_client(server.url).delete(HELLO.hex)


@pytest.mark.parametrize("location", ["/again", "http://127.0.0.1:port/"])
def test_a_redirect_that_leads_nowhere_is_unexpected(open_client: Open, location: str) -> None:
    with local_server(lambda handler: send(handler, 302, Location=location)) as server:
        with pytest.raises(UnexpectedAnswerError, match="not followed"):
            open_client(server.url).info(HELLO.hex)
        assert len(server.seen) <= 6
