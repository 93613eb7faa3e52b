"""Of one repository there is one sync at a time for all who ask, unless it would do too little."""

import pytest

from data_bank_api.db.database import Database
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.syncs import ask_sync
from data_bank_api.queue.job import Wanted
from data_bank_api.queue.jobs import Jobs
from data_bank_client.errors import ConflictError

LIST = HubSync("org/model")
WHOLE = HubSync("org/model", download=True)


@pytest.fixture
def jobs(database: Database) -> Jobs:
    return Jobs(database)


@pytest.mark.parametrize("asked", [LIST, WHOLE])
def test_who_asks_for_a_sync_that_is_under_way_gets_that(jobs: Jobs, asked: HubSync) -> None:
    first = ask_sync(jobs, asked)
    assert first.arguments["download"] is asked.download
    assert ask_sync(jobs, asked) == first


def test_one_that_downloads_lists_too(jobs: Jobs) -> None:
    assert ask_sync(jobs, WHOLE) == ask_sync(jobs, LIST)


def test_one_that_only_lists_is_not_enough_for_who_wants_all(jobs: Jobs) -> None:
    assert ask_sync(jobs, LIST) != ask_sync(jobs, WHOLE)


def test_that_of_another_repository_is_another(jobs: Jobs) -> None:
    ask_sync(jobs, WHOLE)
    assert ask_sync(jobs, HubSync("org/model", "dataset")).arguments["download"] is False


@pytest.mark.parametrize("is_under_way", [False, True])
def test_what_is_to_be_there_with_it_may_refuse(jobs: Jobs, is_under_way: bool) -> None:
    def refuse(_session: object, _job_id: object) -> None:
        raise ConflictError("no")

    before = [ask_sync(jobs, LIST)] if is_under_way else []
    with pytest.raises(ConflictError):
        ask_sync(jobs, LIST, refuse)
    assert jobs.list(Wanted(), None, 9) == before
