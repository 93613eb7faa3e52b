"""Listing, asking for many, removing; and the public addresses."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_bank_api.api.cursor import format_cursor
from data_bank_api.api.pool import StoragePool
from data_bank_api.api.routes.health import Readiness
from data_bank_api.blobs.memory import MemoryStore
from data_bank_client.errors import ServiceUnavailableError
from tests.running_bank import DELETE_KEY, PATIENCE, READ_KEY, UPLOAD_KEY, RunningBank, running


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningBank, list[str]]]:
    """A strict bank of fifty files, and their ids in order."""
    with running(tmp_path_factory.mktemp("shelf"), DELETE_STRICT_404="yes") as bank:
        yield bank, sorted(bank.put(b"%d" % number) for number in range(50))


def test_pages_give_every_file_once_and_in_order(shelf: tuple[RunningBank, list[str]]) -> None:
    bank, ids = shelf
    found: list[str] = []
    cursor = ""
    while True:
        page = bank.get(f"/files?limit=7&cursor={cursor}").json()
        found += [item["file_id"] for item in page["items"]]
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert found == ids


def test_a_prefix_narrows_the_list(shelf: tuple[RunningBank, list[str]]) -> None:
    bank, ids = shelf
    for prefix in ("", ids[0][:1], ids[3][:2].upper(), ids[9][:3], ids[20][:5], ids[7], "0" * 64):
        page = bank.get(f"/files?prefix={prefix}").json()
        wanted = [each for each in ids if each.startswith(prefix.lower())]
        assert [item["file_id"] for item in page["items"]] == wanted


def test_a_page_that_is_just_full_is_the_last(shelf: tuple[RunningBank, list[str]]) -> None:
    page = shelf[0].get("/files?limit=50").json()
    assert (len(page["items"]), page["has_more"], page["next_cursor"]) == (50, False, None)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("limit=0", 422, "INVALID_INPUT"),
        ("limit=1001", 422, "INVALID_INPUT"),
        ("limit=x", 422, "INVALID_INPUT"),
        ("limit=", 422, "INVALID_INPUT"),
        ("limit=99999999999", 422, "INVALID_INPUT"),
        ("prefix=xyz", 422, "INVALID_INPUT"),
        ("prefix=" + "0" * 65, 422, "INVALID_INPUT"),
        ("cursor=abc", 400, "BAD_REQUEST"),
        (f"cursor={format_cursor('files', b'short')}", 400, "BAD_REQUEST"),
    ],
)
def test_a_wrong_question_is_told_so(bank: RunningBank, query: str, status: int, code: str) -> None:
    answer = bank.get(f"/files?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_batch_tells_what_is_here_and_what_is_not(shelf: tuple[RunningBank, list[str]]) -> None:
    bank, ids = shelf
    missing = hashlib.sha256(b"missing").hexdigest()
    question = {"file_ids": [ids[5], missing, ids[2].upper(), ids[5]]}
    body = str(question).replace("'", '"').encode()
    answer = bank.request("POST", "/files/batch", READ_KEY, body).json()
    assert answer["missing"] == [missing]
    assert [item["file_id"] for item in answer["items"]] == [ids[5], ids[2]]
    assert answer["items"][0] == bank.get(f"/files/{ids[5]}/info").json()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "INVALID_JSON"),
        (b"{", 400, "INVALID_JSON"),
        (b"\xff", 400, "INVALID_JSON"),
        (b'{"x":' + b"[" * 50_000, 400, "INVALID_JSON"),
        (b"[]", 422, "INVALID_INPUT"),
        (b"{}", 422, "INVALID_INPUT"),
        (b'{"file_ids": [1]}', 422, "INVALID_INPUT"),
        (b'{"file_ids": ["x"]}', 422, "INVALID_INPUT"),
        (b'{"file_ids": [' + b",".join([b'"%064d"' % 1] * 1001) + b"]}", 422, "INVALID_INPUT"),
        (b" " * 90_000, 413, "PAYLOAD_TOO_LARGE"),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(
    bank: RunningBank, body: bytes, status: int, code: str
) -> None:
    answer = bank.request("POST", "/files/batch", UPLOAD_KEY, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_file_is_removed_for_good(bank: RunningBank) -> None:
    name = bank.put(f"short life {bank.address}".encode())
    for _ in range(2):
        answer = bank.request("DELETE", f"/files/{name}", DELETE_KEY)
        assert (answer.status_code, answer.content) == (204, b"")
    assert bank.get(f"/files/{name}").status_code == 404
    assert list(bank.root.rglob(f"{name}*")) == []


def test_a_strict_bank_tells_that_there_was_nothing_to_remove(
    shelf: tuple[RunningBank, list[str]],
) -> None:
    answer = shelf[0].request("DELETE", f"/files/{'0' * 64}", DELETE_KEY)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_a_removal_may_be_conditional(bank: RunningBank) -> None:
    name = bank.put(b"conditional")
    for tag, status in (('"x"', 412), (f'"{name}"', 204), (f'"{name}"', 412)):
        answer = bank.request("DELETE", f"/files/{name}", DELETE_KEY, headers={"If-Match": tag})
        assert answer.status_code == status


def test_anyone_is_greeted_and_shown_the_way(bank: RunningBank) -> None:
    answer = bank.request("GET", "/", None).json()
    assert answer["Hello"] == "World"
    for name, link in answer["links"].items():
        assert bank.get(link).status_code == (303 if name == "ui" else 200)


def test_a_browser_is_led_to_the_pages(bank: RunningBank) -> None:
    answer = bank.request("GET", "/", None, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/ui")
    assert answer.headers["vary"] == "Accept"


def test_a_working_bank_is_healthy_and_ready(bank: RunningBank) -> None:
    assert bank.request("GET", "/healthz", None).json() == {"status": "ok"}
    assert bank.request("GET", "/readyz", None).json()["status"] == "ready"
    assert bank.request("HEAD", "/readyz", None).status_code == 200


def test_a_bank_without_room_is_not_ready(tmp_path: Path) -> None:
    with running(tmp_path, MIN_FREE_GB="1000000000") as bank:
        answer = bank.request("GET", "/readyz", None)
        expected = {"status": "degraded", "reason": "the disk has too little free space"}
        assert (answer.status_code, answer.json()) == (503, expected)
        assert bank.request("GET", "/healthz", None).status_code == 200


def test_a_bank_that_cannot_write_is_not_ready(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        (bank.root / "tmp").rename(bank.root / "gone")
        answer = bank.request("GET", "/readyz", None)
        reason = "the disk cannot be written: No such file or directory"
        assert (answer.status_code, answer.json()["reason"]) == (503, reason)
        answer = bank.request("POST", "/files", UPLOAD_KEY, b"x")
        expected = {"code": "INTERNAL_ERROR", "message": "internal error"}
        assert answer.status_code == 500
        assert {key: answer.json()[key] for key in expected} == expected
        assert "FileNotFoundError" in str(bank.logged(event="internal error")["exception"])


class Watched(MemoryStore):
    """Notes when it was looked at; what it says changes after the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.go_on = threading.Event()

    def check(self) -> None:
        self.looks += 1
        assert self.go_on.wait(PATIENCE)
        if self.looks > 1:
            raise ServiceUnavailableError("no")


def test_readiness_looks_once_a_second_at_most() -> None:
    store, now = Watched(), [0.0]
    store.go_on.set()

    async def ask() -> list[str | None]:
        readiness = Readiness(store, StoragePool(), lambda: now[0])
        reasons = []
        for moment in (0.0, 0.5, 1.0, 1.9):
            now[0] = moment
            reasons.append(await readiness.reason_against())
        return reasons

    assert (asyncio.run(ask()), store.looks) == ([None, None, "no", "no"], 2)


def test_a_disk_that_hangs_is_not_ready_and_takes_one_thread() -> None:
    store, now = Watched(), [0.0]

    async def ask() -> list[str | None]:
        readiness = Readiness(store, StoragePool(), lambda: now[0], patience=0.05)
        reasons = []
        for moment in (0.0, 5.0):
            now[0] = moment
            reasons.append(await readiness.reason_against())
        store.go_on.set()
        return reasons

    assert (asyncio.run(ask()), store.looks) == (["the disk does not answer"] * 2, 1)
