"""Asking for jobs, and what is seen of them, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobLogRow
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.job import Job, NewJob, Wanted, tell
from data_bank_api.queue.jobs import Jobs, with_key
from data_bank_api.queue.key import key_of
from data_bank_api.queue.outbox import Outbox
from data_bank_api.queue.place import Place
from data_bank_client.errors import ConflictError, JobNotFoundError, ServiceUnavailableError
from data_bank_client.wire.jobs import JobError, JobResult
from tests.fakes.clock import Clock, seconds

PING = NewJob("ping", {"seconds": 0})
ERROR = JobError(kind="system", code="INTERNAL_ERROR", message="it broke")
RESULT = JobResult(result_id=None, result_bytes=0, details={})


@pytest.fixture
def jobs(database: Database, clock: Clock) -> Jobs:
    return Jobs(database, clock)


def run(jobs: Jobs, job: Job) -> None:
    """From the queue to its success."""
    claim = Claims(jobs.database, jobs.clock).claim(job.job_id, job.attempts + 1)
    assert claim is not None
    assert claim.succeed(RESULT)


def fail(jobs: Jobs, job: Job) -> None:
    claim = Claims(jobs.database, jobs.clock).claim(job.job_id, job.attempts + 1)
    assert claim is not None
    assert claim.fail(ERROR)


def letters(jobs: Jobs) -> list[tuple[str, object]]:
    return [
        (each.topic, each.content.get("attempt") or each.content["type"])
        for each in Outbox(jobs.database, jobs.clock).due(100)
    ]


def test_a_new_job_is_a_row_a_letter_and_a_line(jobs: Jobs, clock: Clock) -> None:
    job = jobs.enqueue(NewJob("ping", {"seconds": 1}, user_id=7, dataset_id="d"))
    found, log = jobs.get_with_log(job.job_id)
    assert found == job
    assert (job.state, job.progress, job.attempts, job.user_id) == ("queued", 0.0, 0, 7)
    assert (job.queued_at, job.dataset_id) == (clock.now, "d")
    assert [line["text"] for line in log] == ["queued"]
    assert letters(jobs) == [("run", 1)]


def test_a_job_is_told_with_times_in_utc(jobs: Jobs, clock: Clock) -> None:
    told = tell(jobs.enqueue(PING))
    assert told["queued_at"] == "2026-11-21T10:00:00.000000Z"
    assert (told["started_at"], told["key"]) == (None, key_of("ping", {"seconds": 0}))


def test_the_key_is_that_of_the_arguments_in_any_order() -> None:
    assert key_of("a", {"x": 1, "y": {"b": 1, "a": 2}}) == key_of(
        "a", {"y": {"a": 2, "b": 1}, "x": 1}
    )
    assert (
        len({key_of("a", {}), key_of("b", {}), key_of("a", {"x": 1}), key_of("a", {"x": 2})}) == 4
    )


def test_asking_twice_gives_the_active_job(jobs: Jobs) -> None:
    assert jobs.enqueue(PING) == jobs.enqueue(PING)
    assert letters(jobs) == [("run", 1)]


def test_a_job_that_ended_makes_room_for_the_next(jobs: Jobs) -> None:
    first = jobs.enqueue(PING)
    run(jobs, first)
    assert jobs.enqueue(PING).job_id != first.job_id


def test_a_given_key_is_the_key_whatever_the_arguments(jobs: Jobs) -> None:
    first = jobs.enqueue(NewJob("ping", {"seconds": 1}, key="mine"))
    assert jobs.enqueue(NewJob("ping", {"seconds": 2}, key="mine")) == first
    with pytest.raises(ConflictError, match="kind ping"):
        jobs.enqueue(NewJob("sweep", {}, key="mine"))


def test_the_active_job_of_a_key_is_found_by_the_index(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database, database.reading() as session:
        asked = str(with_key("k").compile(session.get_bind()))
        plan = str(
            session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("k",)).all()
        )
    assert "USING INDEX one_active_job_a_key" in plan


def test_ten_who_ask_at_once_get_one_job(database: Database) -> None:
    jobs = Jobs(database)
    with ThreadPoolExecutor(10) as pool:
        found = {job.job_id for job in pool.map(lambda _: jobs.enqueue(PING), range(10))}
    assert len(found) == 1
    assert letters(jobs) == [("run", 1)]


def test_who_never_finds_the_job_that_was_first_is_told_to_ask_again(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.enqueue(PING)
    # As if the one that is active ended between each look and each try, and another came.
    monkeypatch.setattr(Jobs, "_active", lambda *_: None)
    with pytest.raises(ServiceUnavailableError, match="try again"):
        jobs.enqueue(PING)


def test_an_unknown_job_is_not_found(jobs: Jobs) -> None:
    calls: list[Callable[[str], object]] = [jobs.get, jobs.get_with_log, jobs.cancel, jobs.retry]
    for call in calls:
        with pytest.raises(JobNotFoundError):
            call("nothing")


def test_pages_are_newest_first_and_stable_where_times_are_equal(jobs: Jobs, clock: Clock) -> None:
    made = [jobs.enqueue(NewJob("ping", {"n": n})) for n in range(4)]
    clock.pass_by(seconds(1))
    made += [jobs.enqueue(NewJob("ping", {"n": n})) for n in range(4, 7)]
    expected = sorted(made, key=lambda job: (job.queued_at, job.job_id), reverse=True)
    found: list[Job] = []
    place: Place | None = None
    while page := jobs.list(Wanted(), place, 2):
        found += page
        place = page[-1].place
    assert found == expected


def test_pages_of_several_kinds_are_newest_first(jobs: Jobs, clock: Clock) -> None:
    for number in range(9):
        jobs.enqueue(NewJob(("ping", "sweep", "retention")[number % 3], {"n": number}))
        clock.pass_by(seconds(number % 2))
    wanted = Wanted(kinds=("ping", "sweep"))
    found = jobs.list(wanted, None, 2)
    while page := jobs.list(wanted, found[-1].place, 2):
        found += page
    assert found == [job for job in jobs.list(Wanted(), None, 9) if job.kind != "retention"]
    assert jobs.list(Wanted(kinds=()), None, 9) == []


def test_whether_a_job_is_under_way_is_known_by_what_it_does(jobs: Jobs) -> None:
    made = jobs.enqueue(PING)
    assert jobs.is_under_way(PING.kind, PING.arguments)
    assert not jobs.is_under_way(PING.kind, {"n": 7})
    run(jobs, made)
    assert not jobs.is_under_way(PING.kind, PING.arguments)


def test_a_list_is_of_what_is_wanted(jobs: Jobs, clock: Clock) -> None:
    first = jobs.enqueue(NewJob("ping", {"n": 1}, dataset_id="one"))
    clock.pass_by(timedelta(hours=1))
    second = jobs.enqueue(NewJob("sweep", {}, dataset_id="two"))
    run(jobs, second)

    def found(wanted: Wanted) -> list[str]:
        return [job.job_id for job in jobs.list(wanted, None, 10)]

    assert found(Wanted(kinds=("ping",))) == [first.job_id]
    assert found(Wanted(states=("success", "failure"))) == [second.job_id]
    assert found(Wanted(dataset_id="two")) == [second.job_id]
    assert found(Wanted(queued_before=second.queued_at)) == [first.job_id]
    assert found(Wanted(queued_after=first.queued_at)) == [second.job_id]
    assert found(Wanted(kinds=("ping",), dataset_id="two")) == []


def test_a_cancelled_job_is_told_as_failed_by_its_user(jobs: Jobs, clock: Clock) -> None:
    job = jobs.cancel(jobs.enqueue(PING).job_id)
    assert (job.state, job.finished_at) == ("cancelled", clock.now)
    [letter] = Outbox(jobs.database, jobs.clock).due(10)
    told = {name: letter.content[name] for name in ("type", "error_kind", "message", "job_id")}
    assert told == {
        "type": "databank.job.failed.v1",
        "error_kind": "user",
        "message": "cancelled",
        "job_id": job.job_id,
    }


def test_cancelling_twice_changes_nothing(jobs: Jobs) -> None:
    job = jobs.cancel(jobs.enqueue(PING).job_id)
    assert jobs.cancel(job.job_id) == job
    assert len(letters(jobs)) == 1


def test_a_job_that_has_ended_cannot_be_cancelled(jobs: Jobs) -> None:
    job = jobs.enqueue(PING)
    run(jobs, job)
    with pytest.raises(ConflictError, match="success"):
        jobs.cancel(job.job_id)


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_a_retry_by_hand_begins_anew(jobs: Jobs, clock: Clock, how: str) -> None:
    job = jobs.enqueue(PING)
    if how == "failed":
        fail(jobs, job)
    else:
        jobs.cancel(job.job_id)
    again = jobs.retry(job.job_id)
    assert (again.state, again.progress, again.error, again.finished_at) == (
        "queued",
        0,
        None,
        None,
    )
    assert letters(jobs)[-1] == ("run", again.attempts + 1)
    run(jobs, again)
    assert jobs.get(job.job_id).state == "success"


def test_the_log_stays_bounded_however_often_a_job_is_retried(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_bank_api.queue.log_lines.LOG_LIMIT", 4)
    job_id = jobs.enqueue(PING).job_id
    for _ in range(5):
        jobs.cancel(job_id)
        jobs.retry(job_id)
    with jobs.database.reading() as session:
        assert len(session.scalars(select(JobLogRow.text)).all()) == 4


@pytest.mark.parametrize("state", ["queued", "success"])
def test_only_what_failed_or_was_cancelled_is_retried(jobs: Jobs, state: str) -> None:
    job = jobs.enqueue(PING)
    if state == "success":
        run(jobs, job)
    with pytest.raises(ConflictError, match=state):
        jobs.retry(job.job_id)


def test_nothing_is_retried_beside_another_with_its_key(jobs: Jobs) -> None:
    old = jobs.cancel(jobs.enqueue(PING).job_id)
    jobs.enqueue(PING)
    with pytest.raises(ConflictError, match="same key"):
        jobs.retry(old.job_id)
    assert jobs.get(old.job_id) == old
