"""Lost runs, and jobs that nobody delivers."""

import pytest

from data_bank_api.db.database import Database
from data_bank_api.queue.claims import Claim, Claims
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.outbox import Outbox
from data_bank_api.queue.upkeep import Beat, Upkeep
from data_bank_client.wire.jobs import JobError, JobResult
from tests.fakes.clock import Clock, seconds

RESULT = JobResult(result_id=None, result_bytes=0, details={})


@pytest.fixture
def jobs(database: Database, clock: Clock) -> Jobs:
    return Jobs(database, clock)


@pytest.fixture
def upkeep(database: Database, clock: Clock) -> Upkeep:
    return Upkeep(database, clock)


@pytest.fixture
def outbox(database: Database, clock: Clock) -> Outbox:
    return Outbox(database, clock)


def start(jobs: Jobs, job_id: str, attempt: int) -> Claim:
    claim = Claims(jobs.database, jobs.clock).claim(job_id, attempt)
    assert claim is not None
    return claim


def deliver_all(outbox: Outbox) -> None:
    with outbox.removing([each.letter_id for each in outbox.due(1000)]):
        pass


def test_runs_are_known_by_their_beats(jobs: Jobs, upkeep: Upkeep) -> None:
    waiting, running = (jobs.enqueue(NewJob("ping", {"n": n})).job_id for n in range(2))
    claim = start(jobs, running, 1)
    assert upkeep.running() == [Beat(running, 1, 0)]
    claim.beat()
    assert upkeep.running() == [Beat(running, 1, 1)]
    assert waiting != running


def test_a_lost_run_is_tried_again_three_times_and_then_failed(
    jobs: Jobs, upkeep: Upkeep, clock: Clock
) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    for attempt in (1, 2, 3):
        start(jobs, job_id, attempt)
        assert upkeep.lost(job_id, attempt, "no sign of life for 5 s")
        assert jobs.get(job_id).state == "retrying"
    start(jobs, job_id, 4)
    assert upkeep.lost(job_id, 4, "no sign of life for 5 s")
    found = jobs.get(job_id)
    assert (found.state, found.finished_at) == ("failure", clock.now)
    assert found.error == JobError(
        kind="system", code="INTERNAL_ERROR", message="lost: no sign of life for 5 s"
    )


def test_only_the_attempt_that_runs_can_be_lost(jobs: Jobs, upkeep: Upkeep) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    assert not upkeep.lost(job_id, 1, "it never began")
    claim = start(jobs, job_id, 1)
    assert not upkeep.lost(job_id, 2, "another")
    claim.succeed(RESULT)
    assert not upkeep.lost(job_id, 1, "it has ended")
    assert jobs.get(job_id).state == "success"


def test_a_run_that_beats_in_the_last_moment_is_not_lost(jobs: Jobs, upkeep: Upkeep) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    claim = start(jobs, job_id, 1)
    [seen] = upkeep.running()
    claim.beat()
    assert not upkeep.lost(job_id, 1, "no sign of life", beat=seen.beat)
    assert upkeep.lost(job_id, 1, "no sign of life", beat=seen.beat + 1)


def test_a_job_without_a_letter_is_found_and_delivered_once_more(
    jobs: Jobs, upkeep: Upkeep, outbox: Outbox, clock: Clock
) -> None:
    job = jobs.enqueue(NewJob("ping", {}))
    clock.pass_by(seconds(1))
    assert upkeep.waiting(clock.now, "", 10) == []
    deliver_all(outbox)
    assert upkeep.waiting(clock.now, "", 10) == [job]
    assert upkeep.waiting(clock.now, job.job_id, 10) == []
    assert upkeep.redeliver(job.job_id, 1, "the queue does not hold it")
    assert upkeep.waiting(clock.now + seconds(1), "", 10) == []
    [letter] = outbox.due(10)
    assert (letter.topic, letter.content) == ("run", {"attempt": 1})
    assert jobs.get_with_log(job.job_id)[1][-1]["text"].startswith("queued once more: the queue")


def test_what_is_not_due_is_not_waiting(
    jobs: Jobs, upkeep: Upkeep, outbox: Outbox, clock: Clock
) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    error = JobError(kind="system", code="TIMEOUT", message="later")
    start(jobs, job_id, 1).retry(error, 60)
    clock.pass_by(seconds(61))
    deliver_all(outbox)
    assert upkeep.waiting(clock.now - seconds(1), "", 10) == []
    assert [each.job_id for each in upkeep.waiting(clock.now, "", 10)] == [job_id]


def test_an_attempt_that_has_begun_is_not_delivered_again(jobs: Jobs, upkeep: Upkeep) -> None:
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    start(jobs, job_id, 1)
    assert not upkeep.redeliver(job_id, 1, "late")
