"""One attempt is run once, and only its run says how it goes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from data_bank_api.db.database import Database
from data_bank_api.queue.claims import Claim, Claims
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.new_events import Progress, read_progress
from data_bank_api.queue.outbox import Outbox
from data_bank_client.wire.jobs import LOG_LIMIT, JobError, JobResult
from tests.fakes.clock import Clock, seconds

ERROR = JobError(kind="system", code="SERVICE_UNAVAILABLE", message="the disk is away")
RESULT = JobResult(result_id="f" * 64, result_bytes=12, details={"files": 1})


@pytest.fixture
def jobs(database: Database, clock: Clock) -> Jobs:
    return Jobs(database, clock)


@pytest.fixture
def job(jobs: Jobs) -> Job:
    return jobs.enqueue(NewJob("ping", {}, user_id=3))


@pytest.fixture
def claims(database: Database, clock: Clock) -> Claims:
    return Claims(database, clock)


@pytest.fixture
def claim(claims: Claims, job: Job) -> Claim:
    return started(claims, job.job_id, 1)


def started(claims: Claims, job_id: str, attempt: int) -> Claim:
    claim = claims.claim(job_id, attempt)
    assert claim is not None
    return claim


def events(database: Database, clock: Clock) -> list[dict[str, object]]:
    """What is to be told, without the head that all events have."""
    head = {"event_id", "at", "domain", "queue"}
    due = Outbox(database, clock).due(1000)
    found = [each.content for each in due if each.topic == "event"]
    assert all(head <= set(each) for each in found)
    return [{k: v for k, v in each.items() if k not in head} for each in found]


def log_of(jobs: Jobs, job: Job) -> list[str]:
    return [line["text"] for line in jobs.get_with_log(job.job_id)[1]]


def test_a_claim_starts_the_job_and_says_so(
    jobs: Jobs, job: Job, claim: Claim, clock: Clock
) -> None:
    found = jobs.get(job.job_id)
    assert (found.state, found.attempts, found.started_at) == ("started", 1, clock.now)
    assert claim.job == found
    [event] = events(jobs.database, clock)
    assert event == {"type": "databank.job.started.v1", "job_id": job.job_id, "user_id": 3}
    assert log_of(jobs, job) == ["queued", "attempt 1 begins"]


def test_an_attempt_is_claimed_once_however_often_it_is_delivered(
    database: Database, job: Job
) -> None:
    claims = Claims(database)
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: claims.claim(job.job_id, 1), range(10)))
    assert [each is not None for each in found].count(True) == 1


@pytest.mark.parametrize("attempt", [0, 2, 3])
def test_another_attempt_than_the_next_is_not_started(
    claims: Claims, job: Job, attempt: int
) -> None:
    assert claims.claim(job.job_id, attempt) is None


def test_a_job_that_is_not_there_or_was_cancelled_is_not_started(
    jobs: Jobs, claims: Claims, job: Job
) -> None:
    jobs.cancel(job.job_id)
    assert claims.claim(job.job_id, 1) is None
    assert claims.claim("nothing", 1) is None


def test_a_beat_is_counted_and_carries_progress(jobs: Jobs, claim: Claim, clock: Clock) -> None:
    assert claim.beat()
    assert claim.beat(Progress(40.0, "reading", {"files": 2}))
    assert claim.beat(Progress(41.5))
    found = jobs.get(claim.job.job_id)
    assert (found.progress, found.message) == (41.5, None)
    told = [
        {k: v for k, v in e.items() if k not in {"job_id", "user_id"}}
        for e in events(jobs.database, clock)[1:]
    ]
    kind = "databank.job.progress.v1"
    assert told == [
        {"type": kind, "progress": 40.0, "message": "reading", "payload": {"files": 2}},
        {"type": kind, "progress": 41.5},
    ]


def test_success_is_told_with_what_was_made(jobs: Jobs, claim: Claim, clock: Clock) -> None:
    clock.pass_by(seconds(5))
    assert claim.beat(Progress(80.0, "4 of 5"))
    assert claim.succeed(RESULT)
    found = jobs.get(claim.job.job_id)
    assert (found.state, found.progress, found.finished_at) == ("success", 100.0, clock.now)
    assert (found.result, found.error, found.message) == (RESULT, None, None)
    last = events(jobs.database, clock)[-1]
    assert last["type"] == "databank.job.completed.v1"
    assert (last["result_id"], last["result_bytes"]) == ("f" * 64, 12)


def test_a_failure_is_told_with_its_reason(jobs: Jobs, claim: Claim, clock: Clock) -> None:
    assert claim.fail(ERROR)
    found = jobs.get(claim.job.job_id)
    assert (found.state, found.error, found.finished_at) == ("failure", ERROR, clock.now)
    last = events(jobs.database, clock)[-1]
    assert last["type"] == "databank.job.failed.v1"
    assert (last["error_kind"], last["message"]) == ("system", "the disk is away")
    assert log_of(jobs, claim.job)[-1] == "failed: the disk is away"


def test_a_retry_is_delivered_when_its_time_has_come(
    jobs: Jobs, claims: Claims, claim: Claim, clock: Clock
) -> None:
    claim.beat(Progress(30.0))
    assert claim.retry(ERROR, 8)
    found = jobs.get(claim.job.job_id)
    assert (found.state, found.progress, found.error, found.retries) == ("retrying", 30, ERROR, 1)
    assert log_of(jobs, found)[-1] == "retry 1 of 3 in 8 s: the disk is away"

    def due() -> list[dict[str, object]]:
        return [each.content for each in Outbox(jobs.database, clock).due(9) if each.topic == "run"]

    assert due() == [{"attempt": 1}]
    clock.pass_by(seconds(8))
    assert due() == [{"attempt": 1}, {"attempt": 2}]
    again = started(claims, found.job_id, 2)
    assert (again.job.attempts, again.job.error, again.job.progress) == (2, None, 30.0)


def test_there_are_three_retries_at_most(jobs: Jobs, claims: Claims, job: Job) -> None:
    for attempt in (1, 2, 3):
        assert started(claims, job.job_id, attempt).retry(ERROR, 0)
    last = started(claims, job.job_id, 4)
    assert not last.retry(ERROR, 0)
    assert last.fail(ERROR)
    assert jobs.get(job.job_id).attempts == 4


def test_what_is_put_back_costs_no_retry(jobs: Jobs, claims: Claims, claim: Claim) -> None:
    assert claim.put_back("the worker stops")
    found = jobs.get(claim.job.job_id)
    assert (found.state, found.retries, found.attempts) == ("queued", 0, 1)
    assert log_of(jobs, found)[-1] == "put back: the worker stops"
    assert started(claims, found.job_id, 2).succeed(RESULT)


WRITES: dict[str, Callable[[Claim], bool]] = {
    "beat": lambda claim: claim.beat(),
    "progress": lambda claim: claim.beat(Progress(99.0)),
    "log": lambda claim: claim.log("info", "still here"),
    "succeed": lambda claim: claim.succeed(RESULT),
    "fail": lambda claim: claim.fail(ERROR),
    "retry": lambda claim: claim.retry(ERROR, 0),
    "put back": lambda claim: claim.put_back("a stop"),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("how", ["cancelled", "taken over", "ended"])
def test_a_run_that_is_over_changes_nothing(
    jobs: Jobs, claims: Claims, claim: Claim, clock: Clock, write: str, how: str
) -> None:
    if how == "cancelled":
        jobs.cancel(claim.job.job_id)
    elif how == "taken over":
        claim.put_back("a stop")
        started(claims, claim.job.job_id, 2)
    else:
        claim.succeed(RESULT)
    before = jobs.get_with_log(claim.job.job_id), events(jobs.database, clock)
    assert not WRITES[write](claim)
    assert (jobs.get_with_log(claim.job.job_id), events(jobs.database, clock)) == before


def test_a_log_has_its_last_lines(jobs: Jobs, claim: Claim) -> None:
    for number in range(LOG_LIMIT + 200):
        assert claim.log("info", f"line {number}")
    lines = log_of(jobs, claim.job)
    assert (len(lines), lines[-1]) == (LOG_LIMIT, f"line {LOG_LIMIT + 199}")
    with jobs.database.reading() as session:
        from sqlalchemy import func, select

        from data_bank_api.db.schema import JobLogRow

        count = session.scalar(select(func.count()).select_from(JobLogRow))
    assert count is not None
    assert LOG_LIMIT <= count < LOG_LIMIT + 110


def test_a_line_of_the_log_is_bounded_and_any_text(jobs: Jobs, claim: Claim) -> None:
    claim.log("warning", "nul \0 and ü" + "x" * 5000)
    line = jobs.get_with_log(claim.job.job_id)[1][-1]
    assert line["level"] == "warning"
    assert line["text"].startswith("nul \N{REPLACEMENT CHARACTER} and ü")
    assert len(line["text"]) == 2000


def test_what_no_text_can_hold_is_told_as_a_mark(
    claims: Claims, jobs: Jobs, job: Job, claim: Claim
) -> None:
    """As the name of a file may be: any bytes."""
    name = "a\udcff\0"
    assert claim.beat(read_progress(1, name, None))
    assert claim.log("info", name)
    assert claim.retry(JobError(kind="user", code="INVALID_INPUT", message=name), 0)
    assert started(claims, job.job_id, 2).fail(
        JobError(kind="user", code="INVALID_INPUT", message=name)
    )
    found = jobs.get(job.job_id)
    assert found.error is not None
    assert [found.message, found.error["message"]] == ["a?\N{REPLACEMENT CHARACTER}"] * 2
    assert "a?\N{REPLACEMENT CHARACTER}" in log_of(jobs, job)
