"""Datasets on their way in: refused early, cut off, too many at once, and where parts are away."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import msgspec
import pytest

from data_bank_api.api.main import build_app
from data_bank_api.blobs.reading import FetchedBlob, Unverified
from data_bank_api.config import Settings
from data_bank_api.wiring import Bank, build_bank, build_shop
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.reports import Report
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.fakes.dataset_forms import CSV, FORM, file_part, form, name_part
from tests.fakes.datasets import Room, write_row
from tests.fakes.files import put
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


@contextmanager
def bank_in(folder: Path, **more: str) -> Iterator[Bank]:
    settings = {"DATA_ROOT": str(folder), "MIN_FREE_GB": "0", **KEYS, **more}
    with ExitStack() as opened:
        bank = build_bank(Settings.read(settings))
        if bank.desk is not None:
            opened.callback(bank.desk.database.close)
        yield bank


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
    with bank_in(tmp_path) as bank:
        answer = ask(bank, method, path, form(file_part(CSV)))
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "REDIS_URL" in answer.json()["message"]


def test_while_the_database_is_away_no_bytes_are_taken(tmp_path: Path) -> None:
    away = "postgresql://127.0.0.1:1/none"
    with bank_in(tmp_path, REDIS_URL=REDIS_AWAY, DATABASE_URL=away) as bank:
        answer = ask(bank, "POST", "/datasets", form(file_part(CSV)))
        assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert bank.store.list("", None, 1) == []


def test_a_table_that_is_uploaded_is_told_of_by_its_report(tmp_path: Path) -> None:
    with bank_in(tmp_path, REDIS_URL=REDIS_AWAY) as bank:
        body = form(file_part(CSV + b"Bergen,291000\n"))
        dataset_id = ask(bank, "POST", "/datasets", body).json()["id"]
        shop = build_shop(bank.settings)
        with closing(shop):
            ended = Room(shop).run(shop.datasets.get(dataset_id))
        told = ask(bank, "GET", f"/datasets/{dataset_id}").json()
        answer = ask(bank, "GET", f"/datasets/{dataset_id}/report")
    assert (ended.status, told["status"], told["row_count"]) == ("done", "done", 3)
    report = msgspec.json.decode(answer.content, type=Report)
    assert [column["name"] for column in report["columns"]] == ["city", "people"]
    assert report["table"]["duplicates"]["count"] == 1


class BadSector(Unverified):
    """What a disk may say of a file that is there."""

    def fetch(self, _digest: Digest) -> FetchedBlob:
        raise OSError(errno.EIO, "Input/output error")


def test_a_report_that_the_disk_does_not_give_is_told_without_its_place(tmp_path: Path) -> None:
    with bank_in(tmp_path, REDIS_URL=REDIS_AWAY) as bank:
        dataset_id = ask(bank, "POST", "/datasets", form(file_part(CSV))).json()["id"]
        report = {"report": put(bank.store, b"{}").info.digest.hex, "report_size": 2}
        database = bank.require_desk().database
        write_row(database, dataset_id, **report, processed_at=datetime.now(UTC))
        broken = replace(bank, fetcher=BadSector(bank.store))
        answer = ask(broken, "GET", f"/datasets/{dataset_id}/report")
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "force=true" in answer.json()["message"]
    assert str(tmp_path) not in answer.text
