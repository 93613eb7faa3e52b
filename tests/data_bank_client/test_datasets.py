"""Both clients add datasets, look at them and read their reports."""

import asyncio
import io
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Unpack

import msgspec
import pytest

from data_bank_client import (
    AsyncDataBankClient,
    DataBankClient,
    InvalidInputError,
    NotFoundError,
    Progress,
    ServiceUnavailableError,
    UnexpectedAnswerError,
    UnsupportedMediaTypeError,
)
from data_bank_client.calls.call import ANSWER_BYTES
from data_bank_client.calls.datasets import DatasetsFilter
from data_bank_client.calls.outgoing import Stream
from data_bank_client.datasets import Datasets
from data_bank_client.wire.datasets import DatasetFromFile, StoredDataset, StoredDatasetPage
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.jobs import JobAnswer
from data_bank_client.wire.reports import Report
from tests.data_bank_client.fake_bank import ADDRESS, KEY, failing, lose, respond
from tests.data_bank_client.fake_datasets import (
    DATASET,
    ONE,
    DatasetBank,
    column,
    dataset,
    report,
)
from tests.data_bank_client.fake_hub import answering, in_turn, listing, page
from tests.data_bank_client.fake_jobs import job, telling, without_log

CSV = b"a,b\n1,2\n"
FILE = Digest.of(CSV).hex


class Awaited:
    """The datasets of an AsyncDataBankClient, each call of which is awaited."""

    def __init__(self, bank: AsyncDataBankClient) -> None:
        self._bank = bank
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.run(self._bank.aclose())
        self._runner.close()

    def add(
        self,
        path: Path,
        *,
        name: str | None = None,
        content_type: str | None = None,
        on_progress: Progress | None = None,
    ) -> StoredDataset:
        call = self._bank.datasets.add(
            path, name=name, content_type=content_type, on_progress=on_progress
        )
        return self._runner.run(call)

    def add_stream(
        self,
        filename: str,
        stream: Stream | AsyncIterable[bytes],
        *,
        name: str | None = None,
        content_type: str | None = None,
    ) -> StoredDataset:
        call = self._bank.datasets.add_stream(
            filename, stream, name=name, content_type=content_type
        )
        return self._runner.run(call)

    def add_stored(self, **wanted: Unpack[DatasetFromFile]) -> StoredDataset:
        return self._runner.run(self._bank.datasets.add_stored(**wanted))

    def list(
        self, limit: int = 50, cursor: str | None = None, **wanted: Unpack[DatasetsFilter]
    ) -> StoredDatasetPage:
        return self._runner.run(self._bank.datasets.list(limit, cursor, **wanted))

    def iter(self, **wanted: Unpack[DatasetsFilter]) -> Iterator[StoredDataset]:
        async def gather() -> tuple[StoredDataset, ...]:
            return tuple([each async for each in self._bank.datasets.iter(**wanted)])

        yield from self._runner.run(gather())

    def get(self, dataset_id: str) -> StoredDataset:
        return self._runner.run(self._bank.datasets.get(dataset_id))

    def process(self, dataset_id: str, *, force: bool = False) -> JobAnswer:
        return self._runner.run(self._bank.datasets.process(dataset_id, force=force))

    def report(self, dataset_id: str) -> Report:
        return self._runner.run(self._bank.datasets.report(dataset_id))

    def report_json(self, dataset_id: str) -> bytes:
        return self._runner.run(self._bank.datasets.report_json(dataset_id))

    def delete(self, dataset_id: str) -> None:
        self._runner.run(self._bank.datasets.delete(dataset_id))


Room = Datasets | Awaited


@pytest.fixture
def bank() -> DatasetBank:
    bank = DatasetBank()
    bank.kept["POST /datasets"] = answering(201, dataset("uploaded"))
    bank.kept[f"GET {ONE}"] = answering(200, dataset())
    bank.kept[f"POST {ONE}/process"] = telling(202, without_log(job("queued")))
    bank.kept[f"GET {ONE}/report"] = answering(200, report(column(1, "a")))
    bank.kept[f"DELETE {ONE}"] = lambda _: respond(204)
    return bank


@pytest.fixture(params=["blocking", "asynchronous"])
def room(request: pytest.FixtureRequest, bank: DatasetBank) -> Iterator[Room]:
    if request.param == "blocking":
        with DataBankClient(ADDRESS, KEY, transport=bank.transport) as client:
            yield client.datasets
    else:
        awaited = Awaited(AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport))
        yield awaited
        awaited.close()


def asked_for(bank: DatasetBank) -> list[dict[str, object]]:
    return [
        msgspec.json.decode(each.content, type=dict[str, object])
        for each in bank.requests
        if each.url.path == "/prefix/datasets"
    ]


def test_a_file_is_stored_as_every_file_is_and_made_a_dataset(
    bank: DatasetBank, room: Room, tmp_path: Path
) -> None:
    (path := tmp_path / "sales.csv").write_bytes(CSV)
    told: list[int] = []
    assert room.add(path, on_progress=lambda *said: told.append(said[1])) == dataset("uploaded")
    assert bank.asked == ["POST /files/batch", f"PUT /files/{FILE}", "POST /datasets"]
    assert bank.files == {FILE: CSV}
    assert asked_for(bank) == [
        {"file_id": FILE, "filename": "sales.csv", "content_type": "text/csv"}
    ]
    assert told[-1] == len(CSV)


def test_what_is_stored_already_is_not_sent_and_a_dataset_that_there_is_comes_back(
    bank: DatasetBank, room: Room, tmp_path: Path
) -> None:
    (path := tmp_path / "x.txt").write_bytes(CSV)
    bank.files[FILE] = CSV
    bank.kept["POST /datasets"] = answering(200, dataset())
    assert room.add(path, name="Sales", content_type="Text/CSV ; charset=latin-1") == dataset()
    assert bank.asked == ["POST /files/batch", "POST /datasets"]
    [said] = asked_for(bank)
    assert (said["name"], said["content_type"]) == ("Sales", "Text/CSV ; charset=latin-1")


def test_a_question_whose_answer_is_lost_is_asked_again(
    bank: DatasetBank, room: Room, tmp_path: Path
) -> None:
    (path := tmp_path / "sales.csv").write_bytes(CSV)
    bank.faults = [None, None, lose, failing(ServiceUnavailableError("not now"))]
    assert room.add(path)["id"] == DATASET
    assert bank.asked[-3:] == ["POST /datasets"] * 3


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("notes.txt", None),
        ("noname", None),
        ("a.csv.gz", None),
        ("a.csv", "text/html"),
        ("a.csv", "text/csvx"),
    ],
)
def test_what_is_no_dataset_is_not_sent(
    bank: DatasetBank, room: Room, tmp_path: Path, filename: str, content_type: str | None
) -> None:
    (path := tmp_path / filename).write_bytes(CSV)
    with pytest.raises(UnsupportedMediaTypeError, match=r"CSV, JSON, NDJSON or Parquet"):
        room.add(path, content_type=content_type)
    with pytest.raises(UnsupportedMediaTypeError, match=filename):
        room.add_stream(filename, CSV, content_type=content_type)
    assert bank.requests == []


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("a.csv", "text/csv"),
        ("A.CSV", "text/csv"),
        ("a.json", "application/json"),
        ("a.ndjson", "application/x-ndjson"),
        ("a.jsonl", "application/jsonl"),
        ("a.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_the_end_of_a_name_says_what_a_dataset_is(
    bank: DatasetBank, room: Room, filename: str, content_type: str
) -> None:
    room.add_stream(filename, io.BytesIO(CSV), name="Sales")
    assert bank.asked == ["POST /files", "POST /datasets"]
    expected = {"file_id": FILE, "filename": filename, "content_type": content_type}
    assert asked_for(bank) == [expected | {"name": "Sales"}]


def test_an_asynchronous_stream_is_added_by_the_asynchronous_client(bank: DatasetBank) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield CSV[:3]
        yield CSV[3:]

    awaited = Awaited(AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport))
    awaited.add_stream("a.csv", chunks())
    awaited.close()
    assert bank.files == {FILE: CSV}


def test_a_name_of_the_disk_that_is_no_text_is_told_as_far_as_it_is(
    bank: DatasetBank, room: Room
) -> None:
    room.add_stream("m\udcfcller.csv", CSV)
    assert asked_for(bank)[0]["filename"] == "m?ller.csv"
    with pytest.raises(InvalidInputError, match="written as JSON"):
        room.add_stream("a.csv", CSV, name="m\udcfcller")


def test_a_file_of_the_bank_and_an_artifact_of_the_mirror_become_datasets(
    bank: DatasetBank, room: Room
) -> None:
    assert room.add_stored(file_id=FILE, name="Sales", content_type="text/csv")["id"] == DATASET
    assert room.add_stored(artifact_id="a" * 32)["id"] == DATASET
    assert asked_for(bank) == [
        {"file_id": FILE, "name": "Sales", "content_type": "text/csv"},
        {"artifact_id": "a" * 32},
    ]


def test_datasets_are_listed_by_what_is_wanted_of_them(bank: DatasetBank, room: Room) -> None:
    bank.kept["GET /datasets"] = listing(dataset())
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    found = room.list(7, "abc", status=["done", "failed"], uploaded_before=at, name_contains="Säle")
    assert found["items"] == [dataset()]
    assert dict(bank.requests[0].url.params) == {
        "limit": "7",
        "cursor": "abc",
        "status": "done,failed",
        "uploaded_before": "2026-11-21T10:00:00.000000Z",
        "name_contains": "Säle",
    }


def test_all_datasets_come_page_by_page(bank: DatasetBank, room: Room) -> None:
    first, second = dataset(name="b"), dataset(name="a")
    bank.kept["GET /datasets"] = in_turn(page([first], "next"), page([second]))
    assert list(room.iter(status="done", name_contains=None)) == [first, second]
    asked = [dict(each.url.params) for each in bank.requests]
    wish = {"limit": "1000", "status": "done"}
    assert asked == [wish, wish | {"cursor": "next"}]


def test_a_moment_needs_its_zone_and_a_name_is_printable(bank: DatasetBank, room: Room) -> None:
    with pytest.raises(InvalidInputError, match="uploaded_after: the time lacks its zone"):
        room.list(uploaded_after=datetime.now(UTC).replace(tzinfo=None))
    with pytest.raises(InvalidInputError, match="name_contains"):
        room.list(name_contains="a\nb")
    assert bank.requests == []


def test_a_dataset_is_looked_at_and_profiled_anew(bank: DatasetBank, room: Room) -> None:
    assert room.get(DATASET) == dataset()
    assert room.process(DATASET)["state"] == "queued"
    room.process(DATASET, force=True)
    assert [dict(each.url.params) for each in bank.requests[1:]] == [{}, {"force": "true"}]


def test_a_report_comes_typed_and_as_it_is_stored(bank: DatasetBank, room: Room) -> None:
    told = report(column(1, "a"))
    stored = msgspec.json.encode(told | {"of_a_newer_bank": [1]}) + b"\n"
    bank.kept[f"GET {ONE}/report"] = lambda _: respond(200, stored)
    assert room.report(DATASET) == told
    assert room.report_json(DATASET) == stored


def test_a_report_may_be_larger_than_other_answers(bank: DatasetBank, room: Room) -> None:
    stored = msgspec.json.encode(report(column(1, "a"))) + b" " * ANSWER_BYTES
    bank.kept[f"GET {ONE}/report"] = lambda _: respond(200, stored)
    assert room.report(DATASET)["row_count"] == 4


def test_a_report_of_another_version_is_not_misread(bank: DatasetBank, room: Room) -> None:
    told = report() | {"version": 2}
    bank.kept[f"GET {ONE}/report"] = answering(200, told)
    with pytest.raises(UnexpectedAnswerError, match="the report is of version 2, and this"):
        room.report(DATASET)
    assert msgspec.json.decode(room.report_json(DATASET)) == told
    bank.kept[f"GET {ONE}/report"] = lambda _: respond(200, b"<html>")
    with pytest.raises(UnexpectedAnswerError):
        room.report_json(DATASET)


def test_a_removal_whose_answer_was_lost_is_done(bank: DatasetBank, room: Room) -> None:
    room.delete(DATASET)
    gone = failing(NotFoundError("there is no such dataset"))
    bank.faults = [lose, gone]
    room.delete(DATASET)
    bank.faults = [gone]
    with pytest.raises(NotFoundError):
        room.delete(DATASET)


@pytest.mark.parametrize("dataset_id", ["", "..", DATASET.upper(), f"{DATASET}\n", "0" * 32])
def test_what_can_be_no_id_is_not_asked_about(
    bank: DatasetBank, room: Room, dataset_id: str
) -> None:
    calls: list[Callable[[str], object]] = [
        room.get,
        room.process,
        room.report,
        room.report_json,
        room.delete,
    ]
    for call in calls:
        with pytest.raises(InvalidInputError, match="is a UUID"):
            call(dataset_id)
    assert bank.requests == []
