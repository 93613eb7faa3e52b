"""Small files fetched lately: answered beside the router, and as the router would."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from data_bank_api.api.fast_lane import FastLane
from data_bank_api.config import Settings
from data_bank_api.wiring import Bank, build_bank
from data_bank_client.wire.digest import Digest
from tests.fakes.files import put
from tests.running_bank import KEYS, READ_KEY, UPLOAD_KEY, RunningBank

CONTENT = b"small and wanted often"
DIGEST = Digest.of(CONTENT)
PLAIN = [(b"host", b"x"), (b"x-api-key", READ_KEY.encode())]


@dataclass
class Lane:
    """A lane over an application that only notes that it was asked."""

    bank: Bank
    passed_on: int = 0
    sent: list[Message] = field(default_factory=list)
    end: type[Exception] | None = None

    async def _ordinary(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        self.passed_on += 1

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
        if self.end is not None:
            await asyncio.sleep(3600 if self.end is TimeoutError else 0)
            raise self.end

    async def _receive(self) -> Message:
        raise AssertionError("a plain GET has no body")

    def ask(self, **different: object) -> bytes | None:
        """The body sent here; None where the request was passed on."""
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": f"/files/{DIGEST}",
            "query_string": b"",
            "root_path": "",
            "headers": PLAIN,
            **different,
        }
        self.sent.clear()
        asyncio.run(FastLane(self._ordinary, self.bank)(scope, self._receive, self._send))
        return self.sent[-1].get("body") if self.sent else None


@pytest.fixture
def lane(tmp_path: Path) -> Lane:
    """One that was given the file before."""
    environment = {"DATA_ROOT": str(tmp_path), "MIN_FREE_GB": "0", "STALL_SECONDS": "0.1", **KEYS}
    bank = build_bank(Settings.read(environment))
    put(bank.store, CONTENT)
    bank.store.open(DIGEST).close()
    return Lane(bank)


@pytest.mark.parametrize(
    "headers",
    [
        PLAIN,
        [(b"host", b"x"), (b"authorization", f"Bearer {READ_KEY}".encode())],
        [*PLAIN, (b"user-agent", b"x"), (b"accept", b"*/*"), (b"accept-encoding", b"gzip")],
    ],
)
def test_a_plain_request_is_answered(lane: Lane, headers: list[tuple[bytes, bytes]]) -> None:
    assert lane.ask(headers=headers) == CONTENT


@pytest.mark.parametrize(
    "different",
    [
        {"method": "HEAD"},
        {"method": "DELETE"},
        {"path": f"/files/{DIGEST}/info"},
        {"path": f"/files/{DIGEST}\n"},
        {"path": f"/files/{DIGEST.hex.upper()}"},
        {"path": f"/files/{Digest.of(b'other')}"},
        {"query_string": b"filename=x"},
        {"root_path": "/below"},
        {"headers": PLAIN[:1]},
        {"headers": PLAIN[1:]},
        {"headers": [*PLAIN, PLAIN[0]]},
        {"headers": [*PLAIN, PLAIN[1]]},
        {"headers": [PLAIN[0], (b"x-api-key", UPLOAD_KEY.encode())]},
        {"headers": [PLAIN[0], (b"x-api-key", b"\xff")]},
        {"headers": [*PLAIN, (b"range", b"bytes=0-1")]},
        {"headers": [*PLAIN, (b"if-none-match", b"*")]},
        {"headers": [*PLAIN, (b"content-length", b"0")]},
        {"headers": [*PLAIN, (b"transfer-encoding", b"chunked")]},
        {"headers": [*PLAIN, (b"x-request-id", b"mine")]},
        {"headers": [*PLAIN, (b"never-heard-of", b"it")]},
    ],
    ids=str,
)
def test_any_other_is_passed_on(lane: Lane, different: dict[str, object]) -> None:
    assert (lane.ask(**different), lane.passed_on) == (None, 1)


def test_a_damaged_copy_is_passed_on(lane: Lane) -> None:
    (path,) = lane.bank.settings.data_root.rglob("*.bin")
    path.write_bytes(b"!" + CONTENT[1:])
    assert (lane.ask(), lane.passed_on) == (None, 1)


def test_a_removed_file_is_passed_on(lane: Lane) -> None:
    assert lane.ask() == CONTENT
    lane.bank.store.remove(DIGEST)
    assert (lane.ask(), lane.passed_on) == (None, 1)


@pytest.mark.parametrize("end", [TimeoutError, RuntimeError], ids=["stalled", "gone"])
def test_a_reader_that_does_not_read_is_sent_no_more(lane: Lane, end: type[Exception]) -> None:
    lane.end = end
    lane.ask()
    assert [message["type"] for message in lane.sent] == ["http.response.start"]


def test_it_is_the_answer_of_the_router_header_by_header(bank: RunningBank) -> None:
    path = f"/files/{bank.put(CONTENT)}"
    bank.get(path)  # now it is known
    ordinary = bank.get(path, Never_Heard_Of="it")
    plain = bank.get(path)
    assert plain.content == ordinary.content == CONTENT
    assert plain.headers.keys() == ordinary.headers.keys()
    differing = {name for name in plain.headers if plain.headers[name] != ordinary.headers[name]}
    assert differing <= {"x-request-id", "date"}
    assert plain.headers["x-request-id"] != ordinary.headers["x-request-id"]


def test_it_is_logged_and_counted_as_any_other(bank: RunningBank) -> None:
    path = f"/files/{bank.put(b'logged and counted')}"
    answers = [bank.get(path) for _ in range(3)]
    for answer in answers:
        line = bank.logged(request_id=answer.headers["x-request-id"])
        wanted = {"event": "request", "method": "GET", "path": path, "status": 200, "bytes": 18}
        assert wanted.items() <= line.items(), json.dumps(line)
