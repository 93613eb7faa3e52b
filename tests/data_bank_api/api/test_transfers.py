"""One key cannot take all that there is: its transfers under way are counted."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from starlette.requests import Request

from data_bank_api.api.transfers import HOLDER, Transfers
from data_bank_client import DataBankClient
from data_bank_client.errors import RateLimitError
from tests.running_bank import READ_KEY, UPLOAD_KEY, RunningBank, running, until

SIZE = 20_000_000


@pytest.fixture(params=["uvicorn", "hypercorn"])
def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBank]:
    """A bank in which a key has two transfers of each kind under way."""
    keys = {"API_READ_KEYS": f"{READ_KEY},{UPLOAD_KEY}", "MAX_TRANSFERS_PER_KEY": "2"}
    with running(tmp_path, str(request.param), **keys) as bank:
        yield bank


def open_blobs(bank: RunningBank) -> int:
    found = 0
    for path in bank.open_files():
        with suppress(FileNotFoundError):  # closed meanwhile
            found += str(path.readlink()).endswith(".bin")
    return found


def hold_downloads(bank: RunningBank, held: ExitStack, name: str) -> None:
    head = f"GET /files/{name} HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n\r\n".encode()
    for _ in range(2):
        connection = held.enter_context(bank.connect())
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_one_upload_too_many_is_429_for_that_key_alone(narrow: RunningBank) -> None:
    head = (
        f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
        "Content-Length: 9000000\r\n\r\n"
    )
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(narrow.connect()).sendall(head.encode())
        until(lambda: len(narrow.drafts()) == 2)
        answer = narrow.request("POST", "/files", UPLOAD_KEY, b"more")
        assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
        assert answer.headers["retry-after"] == "1"
        assert narrow.request("POST", "/files", "another-upload-key", b"more").status_code == 201
    until(lambda: narrow.drafts() == [])
    assert narrow.put(b"again")


def test_one_download_too_many_is_429_and_what_is_small_is_not_counted(
    narrow: RunningBank,
) -> None:
    large, small = narrow.put(bytes(SIZE)), narrow.put(b"small")
    with ExitStack() as held:
        hold_downloads(narrow, held, large)
        assert narrow.get(f"/files/{large}").status_code == 429
        assert narrow.get(f"/files/{small}").content == b"small"
        assert narrow.get(f"/files/{large}", UPLOAD_KEY).status_code == 200
        until(lambda: open_blobs(narrow) == 2)
    until(lambda: open_blobs(narrow) == 0)
    assert len(narrow.get(f"/files/{large}").content) == SIZE


def test_the_client_waits_and_comes_again(narrow: RunningBank, tmp_path: Path) -> None:
    large = narrow.put(bytes(SIZE))
    with ExitStack() as held, DataBankClient(narrow.address, READ_KEY) as client:
        hold_downloads(narrow, held, large)
        threading.Timer(1.5, held.pop_all().close).start()
        started = time.monotonic()
        client.download_to_path(large, tmp_path / "copy")
    assert time.monotonic() - started >= 1
    assert (tmp_path / "copy").stat().st_size == SIZE


def test_a_session_and_its_key_share_their_places() -> None:
    transfers = Transfers(1)
    by_key = Request({"type": "http", "headers": [(b"x-api-key", READ_KEY.encode())]})
    digest = hashlib.sha256(READ_KEY.encode()).digest()
    by_session = Request({"type": "http", "headers": [], HOLDER: digest})
    with transfers.place("upload", by_key), pytest.raises(RateLimitError):
        transfers.place("upload", by_session).__enter__()
    with transfers.place("upload", by_session):
        pass
