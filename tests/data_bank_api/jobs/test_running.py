"""What a kind tells of its job."""

import pytest

from data_bank_api.events.gate import ProgressGate
from data_bank_api.jobs.ending import RunEnded
from data_bank_api.jobs.running import RunningWork
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.new_events import Progress


@pytest.fixture
def gate() -> ProgressGate:
    return ProgressGate(interval=0)


@pytest.fixture
def work(shop: Shop, gate: ProgressGate) -> RunningWork:
    job = shop.jobs.enqueue(NewJob("ping", {}))
    claim = shop.claims.claim(job.job_id, 1)
    assert claim is not None
    return RunningWork(claim, gate)


def test_the_newest_progress_waits_to_be_told(work: RunningWork, gate: ProgressGate) -> None:
    work.progress(10)
    work.progress(20, "a fifth\0", {"files": 3})
    assert gate.rest() == Progress(20.0, "a fifth\N{REPLACEMENT CHARACTER}", {"files": 3})


def test_a_line_of_a_run_that_is_over_ends_it(shop: Shop, work: RunningWork) -> None:
    work.log("half of it is done")
    shop.jobs.cancel(work.job.job_id)
    with pytest.raises(RunEnded):
        work.log("all of it is done")
    texts = [line["text"] for line in shop.jobs.get_with_log(work.job.job_id)[1]]
    assert texts == ["queued", "attempt 1 begins", "half of it is done", "cancelled"]
