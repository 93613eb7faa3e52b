"""The status of a dataset is that of its latest job, at each moment."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from data_bank_api.datasets.dataset import Dataset
from data_bank_api.datasets.registry import Datasets
from data_bank_api.db.database import Database
from data_bank_api.queue.claims import Claim, Claims
from data_bank_api.queue.dataset_status import STATUS_OF
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.upkeep import Upkeep
from data_bank_client.wire.datasets import DATASET_STATUSES
from data_bank_client.wire.jobs import JOB_STATES, JobError, JobResult
from tests.fakes.databases import empty
from tests.fakes.datasets import new_dataset

ERROR = JobError(kind="user", code="INVALID_INPUT", message="line 2: an open quote")
DONE = JobResult(result_id=None, result_bytes=0, details={})
Change = Callable[[Database, Claim], object]


@pytest.fixture
def database(standing_url: str) -> Iterator[Database]:
    """One for all of these tests, which is empty for each."""
    empty(standing_url)
    with closing(Database(standing_url)) as database:
        yield database


def submit(database: Database) -> str:
    """The id of its job, whose kind does not matter here."""
    datasets, new = Datasets(database), new_dataset()
    with database.transaction() as session:
        datasets.add(session, new)
    asked = NewJob("ping", {}, dataset_id=new.dataset_id)
    job = Jobs(database).enqueue(
        asked, lambda session, job_id: datasets.follow(session, new.dataset_id, job_id)
    )
    return job.job_id


def seen(database: Database) -> Dataset:
    dataset = Datasets(database).find(new_dataset().digest)
    assert dataset is not None
    return dataset


def start(database: Database) -> Claim:
    claim = Claims(database).claim(submit(database), 1)
    assert claim is not None
    return claim


def test_every_state_of_a_job_has_its_status() -> None:
    assert set(STATUS_OF) == set(JOB_STATES)
    assert set(STATUS_OF.values()) == set(DATASET_STATUSES)


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        pytest.param(lambda _, claim: claim.beat(), "processing", None, id="beats"),
        pytest.param(lambda _, claim: claim.succeed(DONE), "done", None, id="success"),
        pytest.param(lambda _, claim: claim.fail(ERROR), "failed", ERROR["message"], id="failure"),
        pytest.param(lambda _, claim: claim.retry(ERROR, 0), "processing", None, id="retry"),
        pytest.param(lambda _, claim: claim.put_back("a stop"), "uploaded", None, id="put back"),
        pytest.param(
            lambda database, claim: Jobs(database).cancel(claim.job.job_id),
            "failed",
            "cancelled",
            id="cancelled",
        ),
        pytest.param(
            lambda database, claim: Upkeep(database).lost(claim.job.job_id, 1, "killed"),
            "processing",
            None,
            id="lost",
        ),
    ],
)
def test_what_becomes_of_the_job_reaches_the_dataset(
    database: Database, change: Change, status: str, error: str | None
) -> None:
    change(database, start(database))
    assert (seen(database).status, seen(database).error) == (status, error)


def test_a_dataset_waits_until_its_job_starts(database: Database) -> None:
    job_id = submit(database)
    assert seen(database).status == "uploaded"
    Claims(database).claim(job_id, 1)
    assert seen(database).status == "processing"


def test_one_that_is_cancelled_between_two_tries_says_so(database: Database) -> None:
    claim = start(database)
    claim.retry(ERROR, 0)
    Jobs(database).cancel(claim.job.job_id)
    assert seen(database).error == "cancelled"


def test_a_run_that_is_lost_for_good_fails_the_dataset(database: Database) -> None:
    job_id = start(database).job.job_id
    for attempt in range(1, 5):
        Upkeep(database).lost(job_id, attempt, "killed")
        Claims(database).claim(job_id, attempt + 1)
    assert (seen(database).status, seen(database).error) == ("failed", "lost: killed")


def test_a_job_that_is_retried_by_hand_takes_the_dataset_along(database: Database) -> None:
    claim = start(database)
    claim.fail(ERROR)
    Jobs(database).retry(claim.job.job_id)
    assert (seen(database).status, seen(database).error) == ("uploaded", None)


def test_a_job_that_is_not_the_latest_changes_nothing(database: Database) -> None:
    first, datasets = start(database), Datasets(database)
    dataset_id = seen(database).dataset_id
    Jobs(database).enqueue(
        NewJob("ping", {"seconds": 1}, dataset_id=dataset_id),
        lambda session, job_id: datasets.follow(session, dataset_id, job_id),
    )
    first.fail(ERROR)
    assert seen(database).status == "uploaded"
