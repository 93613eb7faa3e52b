"""A dataset that is processed, run, cancelled and retried by many at once is as its latest job."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from data_bank_api.datasets.dataset import Dataset
from data_bank_api.queue.dataset_status import STATUS_OF
from data_bank_client.errors import ConflictError
from data_bank_client.wire.jobs import JobError
from tests.fakes.datasets import Room

THREADS, ROUNDS = 4, 15
ERROR = JobError(kind="system", code="INTERNAL_ERROR", message="it broke")


def _process(room: Room, dataset: Dataset) -> None:
    room.work.process(dataset.dataset_id, force=True)


def _cancel(room: Room, dataset: Dataset) -> None:
    room.shop.jobs.cancel(room.job(dataset).job_id)


def _retry(room: Room, dataset: Dataset) -> None:
    room.shop.jobs.retry(room.job(dataset).job_id)


def _run(room: Room, dataset: Dataset) -> None:
    job = room.job(dataset)
    claim = room.shop.claims.claim(job.job_id, job.attempts + 1)
    if claim is not None:
        room.shop.datasets.take(dataset.dataset_id, claim.job)
        claim.fail(ERROR)


def _refuse(room: Room, dataset: Dataset) -> None:
    with room.shop.database.transaction() as session:
        room.shop.datasets.fail(session, dataset.dataset_id, "no job can be queued")


ACTS = (_process, _cancel, _retry, _run, _refuse)


def _live(room: Room, dataset: Dataset, chance: random.Random) -> None:
    for _ in range(ROUNDS):
        with suppress(ConflictError):
            chance.choice(ACTS)(room, dataset)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whoever_acts_at_once_the_status_is_that_of_the_latest_job(room: Room, seed: int) -> None:
    dataset = room.upload()
    chances = [random.Random(seed * THREADS + each) for each in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as crowd:
        for _ in crowd.map(lambda chance: _live(room, dataset, chance), chances):
            pass
    assert room.get(dataset).status == STATUS_OF[room.job(dataset).state]
