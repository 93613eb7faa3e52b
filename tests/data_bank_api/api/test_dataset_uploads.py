"""Datasets on their way in: refused early, cut off, too many at once, and where parts are away."""

import asyncio
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from data_bank_api.api.main import build_app
from data_bank_api.config import Settings
from data_bank_api.wiring import Bank, build_bank
from data_bank_client.wire.digest import Digest
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.fakes.dataset_forms import CSV, FORM, file_part, form, name_part
from tests.running_bank import KEYS, READ_KEY, UPLOAD_KEY, RunningBank, running, until

MIB = 1024 * 1024
A_DATASET = "/datasets/00000000-0000-4000-8000-000000000000"


def head_of(length: int) -> bytes:
    return (
        f"POST /datasets HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
        f"Content-Type: {FORM['Content-Type']}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def named(bank: RunningBank, name: str) -> list[object]:
    """The datasets of this name."""
    return list(bank.get(f"/datasets?name_contains={name}").json()["items"])


def test_a_large_dataset_is_streamed_to_the_bank(bank: RunningBank) -> None:
    content, name = b"a,b\n" + b"1,2\n" * MIB, uuid4().hex
    body = form(file_part(content), name_part(name.encode()))
    answer = bank.request("POST", "/datasets", UPLOAD_KEY, iter([body[:9], body[9:]]), FORM)
    assert answer.json()["checksum_sha256"] == Digest.of(content).hex
    assert bank.get(f"/files/{Digest.of(content)}").content == content
    assert len(named(bank, name)) == 1
    assert bank.drafts() == []


def test_an_upload_that_is_cut_off_leaves_no_row_no_file_and_no_draft(bank: RunningBank) -> None:
    content, name = b"a,b\n" + uuid4().bytes * MIB, uuid4().hex
    body = form(name_part(name.encode()), file_part(content))
    with bank.connect() as connection:
        connection.sendall(head_of(len(body)) + body[: len(body) // 2])
        until(lambda: len(bank.drafts()) == 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    until(lambda: bank.drafts() == [])
    assert named(bank, name) == []
    assert bank.get(f"/files/{Digest.of(content)}").status_code == 404


def test_a_wrong_type_is_told_while_the_first_bytes_come(bank: RunningBank) -> None:
    body = form(file_part(b"x" * 10_000, "a.csv", "text/plain"))
    with bank.connect() as connection:
        connection.sendall(head_of(900 * MIB) + body)
        connection.settimeout(0.1)
        answer = b""
        while not answer:
            connection.sendall(b"x")
            with suppress(TimeoutError):
                answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 415")
    assert b"connection: close" in answer.lower()
    until(lambda: bank.drafts() == [])


def test_a_dataset_that_is_too_large_is_refused_before_it_comes(tmp_path: Path) -> None:
    settings = {"REDIS_URL": REDIS_AWAY, "MAX_FILE_BYTES": "1000", "MAX_TRANSFERS_PER_KEY": "1"}
    with running(tmp_path, **settings) as bank:
        with bank.connect() as connection:
            connection.sendall(head_of(5 * MIB))
            assert connection.recv(65536).startswith(b"HTTP/1.1 413")
        answer = bank.request("POST", "/datasets", UPLOAD_KEY, form(file_part(b"x" * 1001)), FORM)
        assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
        assert bank.get("/datasets").json()["items"] == []


def test_a_dataset_is_one_of_the_uploads_that_a_key_may_have(tmp_path: Path) -> None:
    body = form(file_part(CSV))
    with ExitStack() as held:
        settings = {"REDIS_URL": REDIS_AWAY, "MAX_TRANSFERS_PER_KEY": "2"}
        bank = held.enter_context(running(tmp_path, **settings))
        files = head_of(9_000_000).replace(b"/datasets", b"/files")
        for head in (files, head_of(9_000_000)):
            held.enter_context(bank.connect()).sendall(head)
        until(lambda: len(bank.drafts()) == 2)
        answer = bank.request("POST", "/datasets", UPLOAD_KEY, body, FORM)
        assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
        other = bank.request("POST", "/datasets", "another-upload-key", body, FORM)
        assert other.status_code == 201


def bank_in(folder: Path, **more: str) -> Bank:
    settings = {"DATA_ROOT": str(folder), "MIN_FREE_GB": "0", **KEYS, **more}
    return build_bank(Settings.read(settings))


def ask(bank: Bank, method: str, path: str, content: bytes = b"") -> httpx2.Response:
    """In this process, with every key."""

    async def send() -> httpx2.Response:
        transport = httpx2.ASGITransport(build_app(bank))
        key = {"GET": READ_KEY, "DELETE": KEYS["API_DELETE_KEYS"]}.get(method, UPLOAD_KEY)
        async with httpx2.AsyncClient(transport=transport, base_url="http://bank") as client:
            return await client.request(
                method, path, headers={**FORM, "X-API-Key": key}, content=content
            )

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/datasets"),
        ("POST", "/datasets"),
        ("GET", A_DATASET),
        ("DELETE", A_DATASET),
        ("POST", f"{A_DATASET}/process"),
        ("GET", f"{A_DATASET}/report"),
    ],
)
def test_without_redis_there_are_no_datasets(tmp_path: Path, method: str, path: str) -> None:
    answer = ask(bank_in(tmp_path), method, path, form(file_part(CSV)))
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "REDIS_URL" in answer.json()["message"]


def test_while_the_database_is_away_no_bytes_are_taken(tmp_path: Path) -> None:
    bank = bank_in(tmp_path, REDIS_URL=REDIS_AWAY, DATABASE_URL="postgresql://127.0.0.1:1/none")
    answer = ask(bank, "POST", "/datasets", form(file_part(CSV)))
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert bank.store.list("", None, 1) == []
