"""What becomes of jobs is counted, once, in the transaction that makes it so."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.queue.claims import Claim, Claims
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.tally import BOUNDS, Counted, Tally
from data_bank_api.queue.upkeep import Upkeep
from data_bank_client.errors import ConflictError
from data_bank_client.wire.jobs import JobError, JobResult
from tests.fakes.clock import Clock, seconds

ERROR = JobError(kind="system", code="SERVICE_UNAVAILABLE", message="the disk is away")
RESULT = JobResult(result_id=None, result_bytes=0, details={})


@pytest.fixture
def jobs(database: Database, clock: Clock) -> Jobs:
    return Jobs(database, clock)


def start(jobs: Jobs, job_id: str, attempt: int = 1) -> Claim:
    claim = Claims(jobs.database, jobs.clock).claim(job_id, attempt)
    assert claim is not None
    return claim


def counted(database: Database) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in Tally(database).read():
        found[each.what] = found.get(each.what, 0) + each.count
    return found


def test_each_state_that_a_job_comes_into_is_counted(database: Database, jobs: Jobs) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    jobs.enqueue(NewJob("ping", {}))  # the same job
    start(jobs, job_id).retry(ERROR, 0)
    start(jobs, job_id, 2).put_back("its worker was stopped")
    start(jobs, job_id, 3).fail(ERROR)
    jobs.retry(job_id)
    jobs.cancel(job_id)
    assert counted(database) == {
        "queued": 3,
        "started": 3,
        "retrying": 1,
        "failure": 1,
        "cancelled": 1,
    }


def test_a_start_counts_what_it_waited_and_an_end_what_the_run_took(
    database: Database, jobs: Jobs, clock: Clock
) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    clock.pass_by(seconds(3))
    claim = start(jobs, job_id)
    clock.pass_by(seconds(100))
    claim.succeed(RESULT)
    assert sorted(Tally(database).read(), key=lambda each: each.what) == [
        Counted("ping", "queued", 0, 1, 0.0),
        Counted("ping", "started", BOUNDS.index(5.0), 1, 3.0),
        Counted("ping", "success", BOUNDS.index(300.0), 1, 100.0),
    ]


def test_a_clock_that_is_behind_takes_nothing_away(
    database: Database, jobs: Jobs, clock: Clock
) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    clock.pass_by(seconds(-60))
    start(jobs, job_id)
    assert Counted("ping", "started", 0, 1, 0.0) in Tally(database).read()


def test_a_failure_after_the_last_retry_is_counted_as_that_and_lost_runs_are_too(
    database: Database, jobs: Jobs, clock: Clock
) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    for attempt in (1, 2, 3, 4):
        start(jobs, job_id, attempt)
        assert Upkeep(database, clock).lost(job_id, attempt, "killed")
    found = counted(database)
    assert (found["lost"], found["retrying"], found["failure"], found["exhausted"]) == (4, 3, 1, 1)


def test_what_changes_nothing_counts_nothing(database: Database, jobs: Jobs) -> None:
    claim = start(jobs, jobs.enqueue(NewJob("ping", {})).job_id)
    claim.succeed(RESULT)
    before = counted(database)
    assert not claim.succeed(RESULT)
    assert not Upkeep(database, jobs.clock).lost(claim.job.job_id, 1, "killed")
    with pytest.raises(ConflictError):
        jobs.cancel(claim.job.job_id)
    assert counted(database) == before


def test_of_many_at_once_none_is_missed(database: Database, jobs: Jobs) -> None:
    def go(number: int) -> None:
        start(jobs, jobs.enqueue(NewJob("ping", {"n": number})).job_id).succeed(RESULT)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(go, range(40)))
    assert counted(database) == {"queued": 40, "started": 40, "success": 40}


def test_what_upkeep_says_of_a_heap_is_added_up(database: Database) -> None:
    for cleaned in (2, 3):
        with Tally(database).going_through("sweep", "letters") as heap:
            heap.scanned, heap.cleaned = 10, cleaned
    assert counted(database) == {"scanned:letters": 20, "cleaned:letters": 5, "skipped:letters": 15}


def test_a_heap_that_cannot_be_cleaned_is_counted_and_its_error_goes_on(
    database: Database,
) -> None:
    with pytest.raises(OSError, match="full"), Tally(database).going_through("sweep", "letters"):
        raise OSError("full")
    assert counted(database) == {"failed:letters": 1}


def test_where_the_database_is_away_that_is_the_error() -> None:
    tally = Tally(Database("postgresql://nobody@127.0.0.1:1/nothing"))
    with pytest.raises(DatabaseAwayError), tally.going_through("sweep", "letters"):
        raise DatabaseAwayError
