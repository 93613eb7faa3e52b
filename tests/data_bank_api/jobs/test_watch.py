"""A run whose process is gone is tried again, and in the end failed, with the reason in its log."""

import pytest
from structlog.testing import capture_logs

from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.watch import LOST, Watch
from data_bank_api.queue.claims import Claim
from data_bank_api.queue.job import Job, NewJob
from tests.fakes.clock import Seconds


def start(shop: Shop, job: Job) -> Claim:
    claim = shop.claims.claim(job.job_id, shop.jobs.get(job.job_id).attempts + 1)
    assert claim is not None
    return claim


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def watch(shop: Shop, seconds: Seconds) -> Watch:
    return Watch(shop.upkeep, seconds)


@pytest.fixture
def job(shop: Shop) -> Job:
    return shop.jobs.enqueue(NewJob("ping", {}))


def look_for(watch: Watch, seconds: Seconds, duration: int) -> None:
    for _ in range(duration + 1):
        watch.look()
        seconds.now += 1


def test_a_silent_run_is_tried_again(shop: Shop, watch: Watch, seconds: Seconds, job: Job) -> None:
    start(shop, job)
    look_for(watch, seconds, 4)
    assert shop.jobs.get(job.job_id).state == "started"
    with capture_logs() as logs:
        look_for(watch, seconds, 1)
    found, log = shop.jobs.get_with_log(job.job_id)
    assert found.state == "retrying"
    assert log[-1]["text"] == f"retry 1 of 3 in 1 s: lost: {LOST}"
    assert [(line["event"], line["job_id"]) for line in logs] == [("a run was lost", job.job_id)]


def test_a_run_that_is_lost_again_and_again_has_failed(
    shop: Shop, watch: Watch, seconds: Seconds, job: Job
) -> None:
    for _ in range(4):
        start(shop, job)
        look_for(watch, seconds, 5)
    found = shop.jobs.get(job.job_id)
    assert found.state == "failure"
    assert found.error is not None
    assert (found.error["kind"], found.error["message"]) == ("system", f"lost: {LOST}")


def test_a_run_that_beats_is_left_alone(
    shop: Shop, watch: Watch, seconds: Seconds, job: Job
) -> None:
    claim = start(shop, job)
    for _ in range(5):
        look_for(watch, seconds, 3)
        claim.beat()
    assert shop.jobs.get(job.job_id).state == "started"


def test_a_run_that_beats_after_it_was_looked_at_is_left_alone(
    shop: Shop, watch: Watch, seconds: Seconds, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = start(shop, job)
    look_for(watch, seconds, 4)
    seen = shop.upkeep.running()
    claim.beat()
    monkeypatch.setattr("data_bank_api.queue.upkeep.Upkeep.running", lambda _: seen)
    look_for(watch, seconds, 1)
    assert shop.jobs.get(job.job_id).state == "started"


def test_after_a_time_without_watching_silence_is_counted_anew(
    shop: Shop, watch: Watch, seconds: Seconds, job: Job
) -> None:
    start(shop, job)
    look_for(watch, seconds, 4)
    watch.forget()
    look_for(watch, seconds, 4)
    assert shop.jobs.get(job.job_id).state == "started"
    look_for(watch, seconds, 1)
    assert shop.jobs.get(job.job_id).state == "retrying"
