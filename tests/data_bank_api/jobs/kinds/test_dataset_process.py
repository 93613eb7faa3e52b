"""`dataset.process` as a worker runs it: the report is stored, or the dataset says why there is
none."""

import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from data_bank_api.datasets.dataset import Dataset
from data_bank_api.datasets.profiler import Profiler
from data_bank_api.jobs.kinds.dataset_process import DatasetProcess
from data_bank_api.jobs.kinds.table import read_kind
from data_bank_api.queue.job import NewJob
from data_bank_api.reports.limits import Limits
from data_bank_client.errors import ConflictError, InvalidInputError
from data_bank_client.wire.reports import Report
from tests.data_bank_api.jobs.kinds.conftest import Told
from tests.fakes.datasets import Room
from tests.fakes.files import fetch
from tests.running_bank import until
from tests.running_worker import children_of, is_reader, is_there


def with_profiler(room: Room, profiler: Profiler) -> Room:
    return Room(replace(room.shop, profiler=profiler))


def full(room: Room) -> Room:
    """Its disk has no room for a report."""
    return with_profiler(room, replace(room.shop.profiler, min_free=2**62))


def begin(room: Room, dataset: Dataset) -> Told:
    """The work of an attempt that is never told to be over."""
    claim = room.shop.claims.claim(room.job(dataset).job_id, 1)
    assert claim is not None
    return Told(claim.job)


def report_of(room: Room, dataset: Dataset) -> Report:
    assert dataset.report is not None
    content = fetch(room.shop.store, dataset.report.digest)
    assert len(content) == dataset.report.size
    return msgspec.json.decode(content, type=Report)


def test_the_report_is_a_file_that_the_dataset_and_the_job_tell_of(room: Room) -> None:
    dataset = room.run(room.upload())
    job, report = room.job(dataset), report_of(room, dataset)
    assert (dataset.status, dataset.error, dataset.row_count) == ("done", None, 2)
    assert dataset.processed_at is not None
    assert (job.state, job.progress, job.attempts) == ("success", 100.0, 1)
    assert dataset.report is not None
    assert job.result is not None
    assert (job.result["result_id"], job.result["result_bytes"]) == (
        dataset.report.digest.hex,
        dataset.report.size,
    )
    assert job.result["details"] == {"dataset_id": dataset.dataset_id, "row_count": 2}
    assert (report["row_count"], [each["name"] for each in report["columns"]]) == (
        2,
        ["name", "amount"],
    )


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'[{"a": 1}, {"a": 2}]', "application/json"),
        (b'{"a": 1}\n{"a": 2}\n', "application/jsonl"),
        (b"a\n1\n2\n", "text/csv; charset=utf-8"),
    ],
)
def test_it_is_read_as_what_its_type_says(
    sqlite_room: Room, content: bytes, content_type: str
) -> None:
    dataset = sqlite_room.run(sqlite_room.upload(content, content_type=content_type))
    assert (dataset.status, dataset.row_count) == ("done", 2)


def test_it_says_how_far_it_is(sqlite_room: Room) -> None:
    dataset = sqlite_room.upload()
    told = begin(sqlite_room, dataset)
    DatasetProcess(dataset.dataset_id).run(sqlite_room.shop, told)
    assert (told.percents[0], told.percents[-1]) == (5, 85)
    assert {25, 60} < set(told.percents)
    assert told.percents == sorted(told.percents)


def test_what_is_wrong_with_a_file_is_told_with_its_line_and_not_tried_again(
    sqlite_room: Room,
) -> None:
    dataset = sqlite_room.run(sqlite_room.upload(b'a,b\n1,2\n3,"4\n'))
    job = sqlite_room.job(dataset)
    assert (dataset.status, dataset.error) == (
        "failed",
        "line 3: a quote is opened and not closed",
    )
    assert (job.state, job.attempts, job.retries) == ("failure", 1, 0)
    assert job.error is not None
    assert (job.error["kind"], job.error["message"]) == ("user", dataset.error)


def test_a_file_that_asks_for_too_much_fails_alone(sqlite_room: Room) -> None:
    profiler = replace(sqlite_room.shop.profiler, limits=Limits(rows=1))
    room = with_profiler(sqlite_room, profiler)
    dataset = room.run(room.upload())
    assert (dataset.status, room.job(dataset).state) == ("failed", "failure")
    assert "rows" in (dataset.error or "")


def test_a_process_that_breaks_is_the_banks_own_fault(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # no interpreter starts with that
    dataset = sqlite_room.run(sqlite_room.upload())
    job = sqlite_room.job(dataset)
    assert (dataset.status, dataset.error) == ("failed", "internal error")
    assert (job.state, job.error and job.error["kind"]) == ("failure", "system")


def test_what_passes_by_is_tried_again(sqlite_room: Room) -> None:
    room = full(sqlite_room)
    dataset = room.run(room.upload())
    assert (dataset.status, room.job(dataset).state) == ("processing", "retrying")
    assert sqlite_room.run(dataset).status == "done"


def test_a_dataset_whose_file_is_gone_says_so(sqlite_room: Room) -> None:
    dataset = sqlite_room.upload()
    sqlite_room.shop.store.remove(dataset.digest)
    failed = sqlite_room.run(dataset)
    assert (failed.status, failed.error) == (
        "failed",
        "its file is not in the bank any more: upload it again",
    )
    sqlite_room.upload()
    sqlite_room.work.process(dataset.dataset_id, force=False)
    assert sqlite_room.run(dataset).status == "done"


def test_a_run_that_was_lost_after_its_report_was_kept_is_not_done_twice(
    sqlite_room: Room,
) -> None:
    dataset = sqlite_room.upload()
    told = begin(sqlite_room, dataset)
    DatasetProcess(dataset.dataset_id).run(sqlite_room.shop, told)
    sqlite_room.shop.upkeep.lost(told.job.job_id, 1, "killed")
    again = full(sqlite_room).run(dataset)  # which could not make another
    assert (again.status, again.row_count) == ("done", 2)


def test_a_run_whose_dataset_goes_meanwhile_keeps_nothing(sqlite_room: Room) -> None:
    dataset = sqlite_room.upload()
    told = begin(sqlite_room, dataset)

    class Removing(Told):
        def progress(
            self,
            percent: float,
            message: str | None = None,
            payload: dict[str, object] | None = None,
        ) -> None:
            if percent == 85:
                sqlite_room.shop.datasets.remove(dataset.dataset_id)

    with pytest.raises(ConflictError, match="removed"):
        DatasetProcess(dataset.dataset_id).run(sqlite_room.shop, Removing(told.job))
    assert sqlite_room.shop.datasets.find(dataset.digest) is None


def test_a_job_that_was_asked_for_as_any_other_is_the_latest_from_its_start(
    sqlite_room: Room,
) -> None:
    dataset = sqlite_room.upload()
    shop = sqlite_room.shop
    shop.jobs.cancel(sqlite_room.job(dataset).job_id)
    asked = shop.jobs.enqueue(NewJob("dataset.process", {"dataset_id": dataset.dataset_id}))
    claim = shop.claims.claim(asked.job_id, 1)
    assert claim is not None
    result = DatasetProcess(dataset.dataset_id).run(shop, Told(claim.job))
    assert sqlite_room.get(dataset).status == "processing"
    claim.succeed(result)
    assert (sqlite_room.get(dataset).status, sqlite_room.job(dataset).job_id) == (
        "done",
        asked.job_id,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes by /proc")
def test_a_cancelled_job_ends_the_process_that_reads_the_file(
    sqlite_room: Room, tmp_path: Path
) -> None:
    dataset = sqlite_room.upload(b"a,b\n" + b"1,2\n" * 500_000)
    readers = list[int]()

    def look() -> bool:
        readers.extend(filter(is_reader, children_of(os.getpid())))
        return readers != []

    def cancel() -> None:
        until(look)
        os.kill(readers[0], signal.SIGSTOP)  # it does not end by itself
        sqlite_room.shop.jobs.cancel(sqlite_room.job(dataset).job_id)

    canceller = threading.Thread(target=cancel)
    canceller.start()
    ended = sqlite_room.run(dataset)
    canceller.join()
    assert (ended.status, ended.error) == ("failed", "cancelled")
    assert not is_there(readers[0])
    assert list((tmp_path / "reports").iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [{}, {"dataset_id": 7}, {"dataset_id": "../etc"}, {"dataset_id": "a\0"}, {"id": "x"}],
    ids=["none", "number", "path", "NUL", "another"],
)
def test_what_names_no_dataset_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError, match=r"dataset\.process|dataset_id"):
        read_kind("dataset.process", arguments)
