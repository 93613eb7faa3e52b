"""Datasets and their jobs: both or neither, one at a time, and why there is none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from data_bank_api.datasets.dataset import Dataset
from data_bank_api.datasets.registry import Datasets
from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.db.schema import JobRow
from data_bank_api.jobs.datasets import DatasetWork
from data_bank_api.queue.job import Job, NewJob, Wanted
from data_bank_api.queue.jobs import Beside, Jobs
from data_bank_client.errors import ConflictError, NotFoundError
from data_bank_client.wire.datasets import DatasetStatus
from data_bank_client.wire.jobs import JobError
from tests.fakes.datasets import CSV, Room, new_dataset, write_row
from tests.fakes.files import put

NOWHERE = "00000000-0000-4000-8000-000000000000"


def all_jobs(room: Room) -> list[Job]:
    return room.shop.jobs.list(Wanted(), None, 100)


def told(dataset: Dataset) -> tuple[DatasetStatus, str | None]:
    return dataset.status, dataset.error


def fail(room: Room) -> Dataset:
    dataset = room.upload()
    claim = room.shop.claims.claim(room.job(dataset).job_id, 1)
    assert claim is not None
    claim.fail(JobError(kind="user", code="INVALID_INPUT", message="line 2"))
    return room.get(dataset)


def occupy(room: Room, dataset_id: str) -> Job:
    """Another job has the key: there can be none for the dataset."""
    return room.shop.jobs.enqueue(NewJob("ping", {}, f"dataset.process@{dataset_id}"))


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """No job can be written down."""

    def insert(_jobs: Jobs, _job_id: str, _asked: NewJob, _key: str, _beside: Beside) -> Job:
        raise error

    monkeypatch.setattr(Jobs, "_insert", insert)


def test_a_dataset_comes_with_the_job_that_makes_its_report(room: Room) -> None:
    put(room.shop.store, CSV)
    dataset, is_new = room.work.submit(new_dataset())
    job = room.job(dataset)
    assert (is_new, told(dataset)) == (True, ("uploaded", None))
    assert (job.kind, job.state, job.dataset_id) == (
        "dataset.process",
        "queued",
        dataset.dataset_id,
    )
    assert job.arguments == {"dataset_id": dataset.dataset_id, "force": False}


def test_what_is_there_is_as_it_was_and_nothing_is_asked_for(room: Room) -> None:
    first = room.pretend(room.upload())
    assert room.work.submit(new_dataset(name="another")) == (first, False)
    assert len(all_jobs(room)) == 1


def test_of_ten_equal_ones_at_once_there_is_one_row_and_one_job(room: Room) -> None:
    with ThreadPoolExecutor(10) as crowd:
        submitted = list(crowd.map(lambda _: room.work.submit(new_dataset()), range(10)))
    assert [is_new for _, is_new in submitted].count(True) == 1
    (job,) = all_jobs(room)
    assert {each.latest_job_id for each, _ in submitted} == {job.job_id}
    assert len(room.shop.datasets.newest(None, 10)) == 1


def test_a_dataset_whose_job_cannot_be_queued_says_why(room: Room) -> None:
    new = new_dataset()
    occupy(room, new.dataset_id)
    dataset, is_new = room.work.submit(new)
    assert (is_new, dataset.status, dataset.latest_job_id) == (True, "failed", None)
    assert dataset.error is not None
    assert dataset.error.startswith("its job could not be queued: this key is that of a job")


def test_a_job_that_the_table_refuses_fails_the_dataset_without_its_details(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, DataError("INSERT", {}, ValueError("/secret")))
    dataset, _ = room.work.submit(new_dataset())
    assert told(dataset) == ("failed", "its job could not be queued: INTERNAL_ERROR")


def test_where_the_database_is_away_nothing_is_added(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, DatabaseAwayError())
    with pytest.raises(DatabaseAwayError):
        room.work.submit(new_dataset())
    assert room.shop.datasets.newest(None, 10) == []


def test_one_that_failed_to_be_queued_is_as_it_is_to_who_adds_it_meanwhile(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else adds it between the look and the job that cannot be queued."""
    first = room.upload()
    find = Datasets.find
    monkeypatch.setattr(Datasets, "find", lambda _datasets, _digest: None)
    refuse(monkeypatch, ConflictError("no"))
    assert room.work.submit(new_dataset()) == (first, False)
    assert find(room.shop.datasets, first.digest) == first


def test_the_job_under_way_is_the_one_who_asks_gets_forced_or_not(room: Room) -> None:
    dataset = room.upload()
    job = room.job(dataset)
    for force in (False, True):
        assert room.work.process(dataset.dataset_id, force=force) == job


def test_one_that_was_asked_for_as_any_other_job_is_under_way_too(room: Room) -> None:
    dataset, shop = fail(room), room.shop
    job = shop.jobs.enqueue(NewJob("dataset.process", {"dataset_id": dataset.dataset_id}))
    claim = shop.claims.claim(job.job_id, 1)
    assert claim is not None
    shop.datasets.take(dataset.dataset_id, claim.job)
    assert room.work.process(dataset.dataset_id, force=True).job_id == job.job_id
    assert len(all_jobs(room)) == 2


def test_where_there_is_a_report_the_last_job_is_given(room: Room) -> None:
    dataset = room.pretend(room.upload())
    job = room.work.process(dataset.dataset_id, force=False)
    assert (job, job.state) == (room.job(dataset), "success")


def test_by_force_the_report_is_made_again(room: Room) -> None:
    first = room.pretend(room.upload())
    job = room.work.process(first.dataset_id, force=True)
    assert (job.job_id != first.latest_job_id, job.arguments["force"]) == (True, True)
    assert room.get(first).report == first.report
    again = room.pretend(first)
    assert (again.status, again.report, room.job(again)) == ("done", first.report, room.job(first))


def test_a_job_whose_row_is_gone_is_made_up_as_a_success(room: Room) -> None:
    dataset = room.pretend(room.upload())
    before = room.job(dataset)
    with room.shop.database.transaction() as session:
        session.execute(delete(JobRow))
    job = room.work.process(dataset.dataset_id, force=False)
    assert (job.job_id, job.state, job.progress) == (before.job_id, "success", 100.0)
    assert (job.kind, job.arguments, job.key) == (before.kind, before.arguments, before.key)
    assert (job.result, job.dataset_id) == (before.result, dataset.dataset_id)
    assert all_jobs(room) == []


def test_one_that_failed_is_tried_again_when_asked(room: Room) -> None:
    dataset = fail(room)
    job = room.work.process(dataset.dataset_id, force=False)
    assert (job.state, job.job_id != dataset.latest_job_id) == ("queued", True)
    assert told(room.get(dataset)) == ("uploaded", None)


@pytest.mark.parametrize("spoil", ["remove", "condemn"])
def test_a_report_that_cannot_be_read_is_made_again_without_force(room: Room, spoil: str) -> None:
    dataset = room.pretend(room.upload())
    assert dataset.report is not None
    digest, store = dataset.report.digest, room.shop.store
    if spoil == "remove":
        store.remove(digest)
    else:
        store.open(digest).condemn()
    assert room.work.process(dataset.dataset_id, force=False).state == "queued"
    assert room.pretend(dataset).status == "done"
    assert store.stat(digest).size == dataset.report.size


def test_of_ten_who_ask_at_once_all_get_one_job(room: Room) -> None:
    dataset = fail(room)

    def ask(_: int) -> str:
        return room.work.process(dataset.dataset_id, force=False).job_id

    with ThreadPoolExecutor(10) as crowd:
        (job_id,) = set(crowd.map(ask, range(10)))
    assert room.get(dataset).latest_job_id == job_id
    assert len(all_jobs(room)) == 2


def test_a_job_that_cannot_be_queued_later_fails_the_dataset_too(room: Room) -> None:
    dataset = room.pretend(room.upload())
    occupy(room, dataset.dataset_id)
    with pytest.raises(ConflictError, match="this key"):
        room.work.process(dataset.dataset_id, force=True)
    failed = room.get(dataset)
    assert (failed.status, failed.report) == ("failed", dataset.report)
    assert "could not be queued" in (failed.error or "")


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda work: work.process(NOWHERE, force=True), id="process"),
        pytest.param(lambda work: work.remove(NOWHERE), id="remove"),
    ],
)
def test_a_dataset_that_is_not_there_is_not_found(
    room: Room, ask: Callable[[DatasetWork], object]
) -> None:
    with pytest.raises(NotFoundError):
        ask(room.work)


def test_a_dataset_that_goes_while_its_job_is_asked_for_gets_none(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = room.pretend(room.upload())
    follow = Datasets.follow

    def late(datasets: Datasets, session: Session, dataset_id: str, job_id: str) -> None:
        del dataset_id
        follow(datasets, session, NOWHERE, job_id)

    monkeypatch.setattr(Datasets, "follow", late)
    with pytest.raises(NotFoundError):
        room.work.process(dataset.dataset_id, force=True)
    assert len(all_jobs(room)) == 1


def test_a_removal_leaves_the_files_and_cancels_the_job(room: Room) -> None:
    dataset = room.upload()
    job = room.job(dataset)
    room.work.remove(dataset.dataset_id)
    assert room.shop.jobs.get(job.job_id).state == "cancelled"
    assert room.shop.store.stat(dataset.digest).size == dataset.size
    assert room.shop.datasets.newest(None, 10) == []


@pytest.mark.parametrize("latest_job_id", [None, "gone"])
def test_a_dataset_whose_job_is_over_or_gone_is_removed_as_well(
    room: Room, latest_job_id: str | None
) -> None:
    done, other = room.pretend(room.upload()), room.upload(b"a\n1\n")
    write_row(room.shop.database, other.dataset_id, latest_job_id=latest_job_id)
    for each in (done, other):
        room.work.remove(each.dataset_id)
    assert room.shop.datasets.newest(None, 10) == []


def test_what_was_removed_can_be_added_anew(room: Room) -> None:
    first = room.pretend(room.upload())
    room.work.remove(first.dataset_id)
    again = room.upload()
    assert again.dataset_id != first.dataset_id
    assert (room.pretend(again).status, room.get(again).report) == ("done", first.report)
