"""Runs, cancels, retries and losses at once, on both databases: what is left fits together."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import product
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobRow, OutboxRow
from data_bank_api.queue.claims import Claim, Claims
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.upkeep import Upkeep
from data_bank_client.errors import ConflictError
from data_bank_client.wire.events import LAST_TYPES
from data_bank_client.wire.jobs import ENDED_STATES, JobError, JobResult

ERROR = JobError(kind="system", code="INTERNAL_ERROR", message="it broke")
RESULT = JobResult(result_id=None, result_bytes=0, details={})
THREADS = 4
ROUNDS = 30

# How a run may end, by itself and by what is done to it: of two at once one counts at most.
ENDS: tuple[Callable[[Jobs, Claim], bool], ...] = (
    lambda _, claim: claim.succeed(RESULT),
    lambda _, claim: claim.fail(ERROR),
    lambda _, claim: claim.retry(ERROR, 0),
    lambda _, claim: claim.put_back("a stop"),
    lambda jobs, claim: Upkeep(jobs.database).lost(claim.job.job_id, claim.job.attempts, "gone"),
    lambda jobs, claim: _cancel(jobs, claim.job.job_id),
)


def _cancel(jobs: Jobs, job_id: str) -> bool:
    with suppress(ConflictError):
        return jobs.cancel(job_id).state == "cancelled"
    return False


def _begin_anew(jobs: Jobs, job_id: str) -> None:
    with suppress(ConflictError):
        jobs.retry(job_id)


def _live(jobs: Jobs, job_id: str, chance: random.Random) -> None:
    """What a worker, a dispatcher and people do with a job."""
    for _ in range(ROUNDS):
        claim = Claims(jobs.database).claim(job_id, jobs.get(job_id).attempts + 1)
        if claim is not None:
            chance.choice(ENDS[1:])(jobs, claim)  # a success could not be begun anew
        if chance.random() < 0.1:
            _cancel(jobs, job_id)
        _begin_anew(jobs, job_id)


def _letters(session: Session, job_id: str, topic: str) -> list[dict[str, object]]:
    asked = select(OutboxRow.content).where(OutboxRow.topic == topic, OutboxRow.job_id == job_id)
    return list(session.scalars(asked.order_by(OutboxRow.letter_id)))


def _check(jobs: Jobs, job_id: str) -> None:
    """Its events and letters are those of its state."""
    lines = [line["text"] for line in jobs.get_with_log(job_id)[1]]
    with jobs.database.reading() as session:
        row = session.get_one(JobRow, job_id)
        types = [each["type"] for each in _letters(session, job_id, "event")]
        notes = _letters(session, job_id, "run")
    begun_anew = lines.count("queued again, as was asked")
    is_ended = row.state in ENDED_STATES
    assert sum(each not in LAST_TYPES for each in types) == row.attempts
    assert sum(each in LAST_TYPES for each in types) == begun_anew + is_ended
    assert (row.finished_at is not None) == is_ended
    if row.state in ("queued", "retrying"):
        assert {"attempt": row.attempts + 1} in notes


@pytest.mark.parametrize("seed", [1, 2])
def test_each_attempt_and_each_end_is_told_once(database: Database, seed: int) -> None:
    jobs = Jobs(database)
    job_id = jobs.enqueue(NewJob("ping", {})).job_id
    with ThreadPoolExecutor(THREADS) as crowd:
        chances = [random.Random(seed * THREADS + each) for each in range(THREADS)]
        for _ in crowd.map(lambda chance: _live(jobs, job_id, chance), chances):
            pass
    assert jobs.get(job_id).attempts > THREADS
    _check(jobs, job_id)


def test_of_two_ends_at_once_one_is_told(database: Database) -> None:
    jobs, claims = Jobs(database), Claims(database)
    with ThreadPoolExecutor(2) as crowd:
        for ends in product(ENDS, repeat=2):
            job_id = jobs.enqueue(NewJob("ping", {}, key=uuid4().hex)).job_id
            claim = claims.claim(job_id, 1)
            assert claim is not None
            both = [crowd.submit(end, jobs, claim) for end in ends]
            assert any(each.result() for each in both)
            _check(jobs, job_id)
