"""Of a registration and its sync, neither is there without the other."""

import pytest

from data_bank_api.db.database import Database
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.jobs.registering import register
from data_bank_api.queue.job import Wanted
from data_bank_api.queue.jobs import Jobs
from data_bank_client.errors import ConflictError

ASKED = Registration.parse(RepoName("dataset", "org/data"))


@pytest.fixture
def jobs(database: Database) -> Jobs:
    return Jobs(database)


@pytest.fixture
def registry(database: Database) -> Registry:
    return Registry(database)


def test_a_registration_comes_with_its_sync(registry: Registry, jobs: Jobs) -> None:
    job = register(registry, jobs, ASKED)
    assert (job.kind, job.state) == ("hub.sync", "queued")
    assert job.arguments == {"repo_id": "org/data", "repo_type": "dataset", "download": False}
    assert registry.find(ASKED.name).asked == ASKED


@pytest.mark.parametrize(("auto_sync", "download"), [(True, False), (False, True)])
def test_what_is_to_be_whole_comes_with_a_sync_that_downloads(
    registry: Registry, jobs: Jobs, auto_sync: bool, download: bool
) -> None:
    asked = Registration.parse(ASKED.name, auto_sync=auto_sync)
    assert register(registry, jobs, asked, download=download).arguments["download"] is True
    assert registry.find(ASKED.name).asked == asked


def test_who_is_refused_gets_no_job(registry: Registry, jobs: Jobs) -> None:
    registry.register(ASKED)
    with pytest.raises(ConflictError, match="is registered already"):
        register(registry, jobs, ASKED)
    assert jobs.list(Wanted(), None, 10) == []


def test_a_job_that_cannot_be_made_leaves_no_registration(
    registry: Registry, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **_more: object) -> None:
        raise OSError("no letter")

    monkeypatch.setattr("data_bank_api.queue.jobs.post_run", fail)
    with pytest.raises(OSError, match="no letter"):
        register(registry, jobs, ASKED)
    assert registry.newest(None, 10) == []


def test_a_sync_that_is_under_way_is_that_of_a_new_registration(
    registry: Registry, jobs: Jobs
) -> None:
    first = register(registry, jobs, ASKED)
    registry.remove(registry.find(ASKED.name).repository_id)
    assert register(registry, jobs, ASKED).job_id == first.job_id
    assert registry.find(ASKED.name).asked == ASKED
    with pytest.raises(ConflictError, match="is registered already"):
        register(registry, jobs, ASKED)
