"""Repositories are synced by themselves when their time has come, each once."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from data_bank_api.db.database import Database
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration, Repository
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.kinds.table import arguments_of
from data_bank_api.jobs.sync_schedule import SyncSchedule
from data_bank_api.jobs.syncs import ask_sync
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.job import Job, NewJob, Wanted
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.key import key_of
from data_bank_client.wire.jobs import JobError, JobResult
from tests.fakes.clock import Clock

HOUR = timedelta(hours=1)
DONE = JobResult(result_id=None, result_bytes=0, details={})
FAILED = JobError(kind="system", code="EXTERNAL_SERVICE_ERROR", message="the Hub is away")


@dataclass
class Office:
    database: Database
    clock: Clock

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.database, self.clock)

    @property
    def registry(self) -> Registry:
        return Registry(self.database, self.clock)

    @property
    def schedule(self) -> SyncSchedule:
        return SyncSchedule(self.registry, self.jobs)

    def register(
        self, repo_id: str = "org/model", hours: int | None = 6, *, auto_sync: bool = False
    ) -> Repository:
        asked = Registration.parse(
            RepoName("model", repo_id), sync_hours=hours, auto_sync=auto_sync
        )
        return self.registry.register(asked)

    def asked(self) -> list[Job]:
        """Oldest first."""
        return self.jobs.list(Wanted(), None, 1000)[::-1]

    def end(self, job: Job, error: JobError | None = None) -> None:
        claim = Claims(self.database, self.clock).claim(job.job_id, job.attempts + 1)
        assert claim is not None
        assert claim.succeed(DONE) if error is None else claim.fail(error)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database, Clock())


def test_a_sync_is_asked_for_once_in_each_period(office: Office) -> None:
    office.register(auto_sync=True)
    office.schedule.look()
    assert office.asked() == []
    for number in range(1, 4):
        office.clock.pass_by(6 * HOUR)
        office.schedule.look()
        office.schedule.look()
        assert len(office.asked()) == number
        office.end(office.asked()[-1])
        office.schedule.look()
    [job, *_] = office.asked()
    wanted = {"repo_id": "org/model", "repo_type": "model", "download": True}
    assert (len(office.asked()), job.kind, job.arguments) == (3, "hub.sync", wanted)


def test_what_has_hours_alone_is_listed_no_more(office: Office) -> None:
    office.register()
    office.clock.pass_by(6 * HOUR)
    office.schedule.look()
    assert [job.arguments["download"] for job in office.asked()] == [False]


def test_one_whose_sync_is_under_way_is_not_asked_for_again(office: Office) -> None:
    office.register(hours=1)
    for _ in range(3):
        office.clock.pass_by(HOUR)
        office.schedule.look()
    assert len(office.asked()) == 1


def test_one_that_is_brought_in_by_hand_counts_too(office: Office) -> None:
    office.register()
    by_hand = ask_sync(office.jobs, HubSync("org/model", download=True))
    office.clock.pass_by(6 * HOUR)
    office.schedule.look()
    assert office.asked() == [by_hand]
    assert office.registry.due(9) == []


def test_one_that_failed_is_tried_again_at_its_next_time(office: Office) -> None:
    office.register()
    office.clock.pass_by(6 * HOUR)
    office.schedule.look()
    office.end(office.asked()[0], FAILED)
    office.clock.pass_by(5 * HOUR)
    office.schedule.look()
    assert len(office.asked()) == 1
    office.clock.pass_by(HOUR)
    office.schedule.look()
    assert len(office.asked()) == 2


def test_what_was_missed_while_nobody_looked_is_made_up_for_once(office: Office) -> None:
    made = office.register()
    office.clock.pass_by(100 * HOUR)
    office.schedule.look()
    office.end(office.asked()[0])
    office.schedule.look()
    assert len(office.asked()) == 1
    planned = office.registry.get(made.repository_id).next_sync_at
    assert planned == made.registered_at + 102 * HOUR


def test_a_clock_that_goes_back_asks_for_nothing_twice(office: Office) -> None:
    office.register(hours=1)
    for hours in (1, 1, -2, 1):
        office.clock.pass_by(hours * HOUR)
        office.schedule.look()
        for job in office.asked():
            if job.state == "queued":
                office.end(job)
    assert len(office.asked()) == 2


def test_of_two_dispatchers_one_asks(
    office: Office, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other has looked before the first one asks, and asks when that sync has ended."""
    office.register()
    office.clock.pass_by(6 * HOUR)
    with closing(Database(database_url)) as database:
        other = Office(database, office.clock)
        seen = other.registry.due(9)
        office.schedule.look()
        office.end(office.asked()[0])
        monkeypatch.setattr(Registry, "due", lambda *_: seen)
        with capture_logs() as logs:
            other.schedule.look()
    assert len(office.asked()) == 1
    assert [line["log_level"] for line in logs] == ["info"]


def test_one_that_was_changed_or_removed_meanwhile_is_left_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.register()
    office.clock.pass_by(6 * HOUR)
    seen = office.registry.due(9)
    office.registry.remove(made.repository_id)
    monkeypatch.setattr(Registry, "due", lambda *_: seen)
    office.schedule.look()
    assert office.asked() == []


def test_a_look_asks_for_some_and_the_next_for_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_bank_api.jobs.sync_schedule.SOME", 3)
    for number in range(7):
        office.register(f"org/m{number}")
    office.clock.pass_by(6 * HOUR)
    counts: list[int] = []
    for _ in range(4):
        office.schedule.look()
        counts.append(len(office.asked()))
    assert counts == [3, 6, 7, 7]


def test_a_key_that_a_job_of_another_kind_has_is_left_to_it(office: Office) -> None:
    office.register()
    office.register("org/other")
    office.clock.pass_by(6 * HOUR)
    key = key_of("hub.sync", arguments_of(HubSync("org/model")))
    office.jobs.enqueue(NewJob("ping", {}, key))
    office.schedule.look()
    assert {job.kind for job in office.asked()} == {"ping", "hub.sync"}


@pytest.fixture
def full_office(sqlite_url: str) -> Iterator[Office]:
    with closing(Database(sqlite_url)) as database:
        yield Office(database, Clock())


def test_who_is_due_is_found_by_an_index(full_office: Office) -> None:
    asked = "SELECT * FROM repositories WHERE next_sync_at <= '2026' ORDER BY next_sync_at"
    with full_office.database.reading() as session:
        connection = session.connection()
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}, repository_id").all()
    assert [str(row[-1]) for row in plan] == [
        "SEARCH repositories USING INDEX repositories_by_next_sync (next_sync_at<?)"
    ]
