"""The table of datasets: each content once, a list that is bounded, and runs that are fenced."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from data_bank_api.datasets.dataset import Dataset, NewDataset, ReportFile
from data_bank_api.datasets.registry import ANY, Datasets, OvertakenError, Wanted
from data_bank_api.db.database import Database
from data_bank_api.queue.claims import Claim, Claims
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.jobs import JobError
from tests.fakes.clock import Clock
from tests.fakes.databases import empty
from tests.fakes.datasets import CSV, new_dataset, write_row

REPORT = ReportFile(Digest.of(b"{}"), 2)
NOWHERE = "00000000-0000-4000-8000-000000000000"
HOUR = timedelta(hours=1)


@pytest.fixture
def database(standing_url: str) -> Iterator[Database]:
    """One for all of these tests, which is empty for each."""
    empty(standing_url)
    with closing(Database(standing_url)) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def datasets(database: Database, clock: Clock) -> Datasets:
    return Datasets(database, clock)


def add(datasets: Datasets, new: NewDataset | None = None) -> Dataset:
    with datasets.database.transaction() as session:
        return datasets.add(session, new or new_dataset())[0]


def add_hourly(datasets: Datasets, clock: Clock, *names: str) -> None:
    for name in names:
        add(datasets, new_dataset(name.encode(), name))
        clock.pass_by(HOUR)


def names(datasets: Datasets, wanted: Wanted = ANY) -> list[str]:
    return [each.name for each in datasets.newest(None, 10, wanted)]


def start(datasets: Datasets, kind: str = "ping") -> Claim:
    """A run of a job that nobody has told of a dataset."""
    job = Jobs(datasets.database).enqueue(NewJob(kind, {}, key=kind))
    claim = Claims(datasets.database).claim(job.job_id, 1)
    assert claim is not None
    return claim


def test_a_dataset_is_what_was_added(datasets: Datasets, clock: Clock) -> None:
    new = new_dataset()
    added = add(datasets, new)
    assert added == datasets.get(new.dataset_id) == datasets.find(Digest.of(CSV))
    assert (added.name, added.original_filename, added.size) == ("Sales", "sales.csv", len(CSV))
    assert (added.status, added.uploaded_at, added.report) == ("uploaded", clock.now, None)


def test_a_content_is_added_once_and_stays_as_it_was(datasets: Datasets) -> None:
    first = add(datasets)
    with datasets.database.transaction() as session:
        again = datasets.add(session, new_dataset(name="another name"))
    assert again == (first, False)
    assert len(datasets.newest(None, 10)) == 1


def test_of_ten_who_add_a_content_at_once_one_makes_the_row(database: Database) -> None:
    def add_one(_: int) -> tuple[Dataset, bool]:
        datasets = Datasets(database)
        with database.transaction() as session:
            return datasets.add(session, new_dataset())

    with ThreadPoolExecutor(10) as crowd:
        added = list(crowd.map(add_one, range(10)))
    assert len({dataset.dataset_id for dataset, _ in added}) == 1
    assert [is_new for _, is_new in added].count(True) == 1


def test_a_dataset_that_is_not_there_is_not_found(datasets: Datasets) -> None:
    for ask in (datasets.get, datasets.remove):
        with pytest.raises(NotFoundError, match="there is no such dataset"):
            ask(NOWHERE)
    assert datasets.find(Digest.of(b"")) is None


def test_the_list_is_newest_first_and_goes_on_behind_a_place(
    datasets: Datasets, clock: Clock
) -> None:
    add_hourly(datasets, clock, "a", "b", "c")
    first = datasets.newest(None, 2)
    assert [each.name for each in first] == ["c", "b"]
    assert [each.name for each in datasets.newest(first[-1].place, 2)] == ["a"]


def test_those_of_one_moment_are_told_apart(datasets: Datasets) -> None:
    for name in "abc":
        add(datasets, new_dataset(name.encode(), name))
    found = datasets.newest(None, 1)
    while more := datasets.newest(found[-1].place, 1):
        found += more
    assert sorted(each.name for each in found) == ["a", "b", "c"]


def test_a_list_is_of_those_uploaded_between_two_moments(datasets: Datasets, clock: Clock) -> None:
    begun = clock.now
    add_hourly(datasets, clock, "a", "b", "c")
    between = Wanted(uploaded_after=begun, uploaded_before=begun + 2 * HOUR)
    assert names(datasets, between) == ["b"]


def test_a_list_is_of_some_statuses_and_newest_first_all_the_same(
    datasets: Datasets, clock: Clock
) -> None:
    add_hourly(datasets, clock, "a", "b", "c", "d")
    for name, status in (("a", "done"), ("b", "failed"), ("d", "done")):
        found = datasets.find(Digest.of(name.encode()))
        assert found is not None
        write_row(datasets.database, found.dataset_id, status=status)
    assert names(datasets, Wanted(("done", "failed"))) == ["d", "b", "a"]
    assert names(datasets, Wanted(("uploaded",))) == ["c"]
    assert [each.name for each in datasets.newest(None, 1, Wanted(("done", "failed")))] == ["d"]


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("SALE", ["Sales 2026"]),
        ("straße", ["STRASSE 50%"]),
        ("%", ["STRASSE 50%"]),
        ("_", ["a_b"]),
        ("\\", ["back\\slash"]),
        ("é", ["CAFÉ"]),
        ("nothing", []),
    ],
)
def test_a_name_is_found_by_a_part_of_it_in_any_case(
    datasets: Datasets, part: str, found: list[str]
) -> None:
    for name in ("Sales 2026", "STRASSE 50%", "a_b", "back\\slash", "CAFÉ"):
        add(datasets, new_dataset(name.encode(), name))
    assert names(datasets, Wanted(name_contains=part)) == found


def test_a_file_is_needed_by_the_dataset_that_it_is_and_by_the_one_it_is_the_report_of(
    datasets: Datasets,
) -> None:
    dataset = add(datasets)
    write_row(datasets.database, dataset.dataset_id, report=REPORT.digest.hex, report_size=2)
    dataset = datasets.get(dataset.dataset_id)
    assert datasets.needs(dataset.digest, 3) == datasets.needs(REPORT.digest, 3) == [dataset]
    assert datasets.needs(Digest.of(b"another"), 3) == []


def test_one_that_is_removed_is_told_as_it_was(datasets: Datasets) -> None:
    dataset = add(datasets)
    assert datasets.remove(dataset.dataset_id) == dataset
    assert datasets.newest(None, 10) == []


def test_a_run_takes_a_dataset_and_keeps_its_report(datasets: Datasets, clock: Clock) -> None:
    dataset, claim = add(datasets), start(datasets)
    taken = datasets.take(dataset.dataset_id, claim.job)
    assert (taken.status, taken.latest_job_id) == ("processing", claim.job.job_id)
    kept = datasets.keep_report(dataset.dataset_id, claim.job, REPORT, rows=2)
    assert (kept.report, kept.row_count, kept.processed_at) == (REPORT, 2, clock.now)
    assert Jobs(datasets.database).get(claim.job.job_id).dataset_id == dataset.dataset_id


def test_a_run_of_a_dataset_that_was_removed_finds_it_gone(datasets: Datasets) -> None:
    claim = start(datasets)
    with pytest.raises(NotFoundError):
        datasets.take(NOWHERE, claim.job)
    with pytest.raises(OvertakenError, match="removed"):
        datasets.keep_report(NOWHERE, claim.job, REPORT, rows=2)


def test_a_dataset_that_another_job_is_at_is_not_taken(datasets: Datasets) -> None:
    dataset, first = add(datasets), start(datasets)
    datasets.take(dataset.dataset_id, first.job)
    second = start(datasets, "sweep")
    with pytest.raises(OvertakenError, match=first.job.job_id):
        datasets.take(dataset.dataset_id, second.job)
    first.fail(JobError(kind="user", code="INVALID_INPUT", message="no"))
    assert datasets.take(dataset.dataset_id, second.job).latest_job_id == second.job.job_id


def test_a_run_that_is_over_changes_nothing(datasets: Datasets) -> None:
    dataset, claim = add(datasets), start(datasets)
    datasets.take(dataset.dataset_id, claim.job)
    claim.put_back("a stop")
    before = datasets.get(dataset.dataset_id)
    with pytest.raises(OvertakenError, match="this run is over"):
        datasets.take(dataset.dataset_id, claim.job)
    with pytest.raises(OvertakenError, match="this run is over"):
        datasets.keep_report(dataset.dataset_id, claim.job, REPORT, rows=2)
    assert datasets.get(dataset.dataset_id) == before


def test_a_run_whose_dataset_was_taken_over_keeps_no_report(datasets: Datasets) -> None:
    dataset, claim = add(datasets), start(datasets)
    datasets.take(dataset.dataset_id, claim.job)
    with datasets.database.transaction() as session:
        datasets.follow(session, dataset.dataset_id, "another")
    with pytest.raises(OvertakenError, match="another job"):
        datasets.keep_report(dataset.dataset_id, claim.job, REPORT, rows=2)
    assert datasets.get(dataset.dataset_id).report is None


def test_a_job_that_is_under_way_gives_its_status_to_who_follows_it(datasets: Datasets) -> None:
    dataset, claim = add(datasets), start(datasets)
    with datasets.database.transaction() as session:
        datasets.follow(session, dataset.dataset_id, claim.job.job_id)
    assert datasets.get(dataset.dataset_id).status == "processing"


def test_a_job_that_failed_meanwhile_gives_its_reason_to_who_follows_it(datasets: Datasets) -> None:
    dataset, claim = add(datasets), start(datasets)
    claim.fail(JobError(kind="user", code="INVALID_INPUT", message="line 2"))
    with datasets.database.transaction() as session:
        datasets.follow(session, dataset.dataset_id, claim.job.job_id)
    followed = datasets.get(dataset.dataset_id)
    assert (followed.status, followed.error) == ("failed", "line 2")


def test_nobody_follows_where_the_dataset_is_gone(datasets: Datasets) -> None:
    with pytest.raises(NotFoundError), datasets.database.transaction() as session:
        datasets.follow(session, NOWHERE, "job")


def test_a_dataset_fails_unless_a_job_is_under_way(datasets: Datasets) -> None:
    dataset, claim = add(datasets), start(datasets)
    with datasets.database.transaction() as session:
        datasets.fail(session, dataset.dataset_id, "no room")
    failed = datasets.get(dataset.dataset_id)
    assert (failed.status, failed.error) == ("failed", "no room")
    taken = datasets.take(dataset.dataset_id, claim.job)
    with datasets.database.transaction() as session:
        datasets.fail(session, dataset.dataset_id, "no room")
    assert datasets.get(dataset.dataset_id) == taken
