"""A heart beats while its run lives, carries its progress, and ends it when it is over.

That it ends a real process is in test_worker.
"""

import os
import threading
import time

import pytest

from data_bank_api.events.gate import ProgressGate
from data_bank_api.jobs.ending import Cause, RunEnded, Window
from data_bank_api.jobs.heart import ENDED, ORPHANED, Heart
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.claims import Claim
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.new_events import Progress
from tests.running_bank import until


@pytest.fixture
def claim(shop: Shop) -> Claim:
    job = shop.jobs.enqueue(NewJob("ping", {}))
    claim = shop.claims.claim(job.job_id, 1)
    assert claim is not None
    return claim


@pytest.fixture
def gate() -> ProgressGate:
    return ProgressGate(interval=0)


def beat_of(shop: Shop) -> int:
    (running,) = shop.upkeep.running()
    return running.beat


def test_it_beats_until_it_is_left(shop: Shop, claim: Claim, gate: ProgressGate) -> None:
    with Heart(claim, gate, Window(), lambda: False, period=0.02):
        until(lambda: beat_of(shop) >= 3)
    last = beat_of(shop)
    time.sleep(0.2)
    assert beat_of(shop) == last


def test_it_tells_the_newest_progress(shop: Shop, claim: Claim, gate: ProgressGate) -> None:
    with Heart(claim, gate, Window(), lambda: False, period=0.02):
        gate.offer(Progress(40, "less than half", {"files": 2}))
        until(lambda: shop.jobs.get(claim.job.job_id).progress == 40)
    assert shop.jobs.get(claim.job.job_id).message == "less than half"
    (told,) = [each.content for each in shop.outbox.due(10) if "progress" in each.content]
    assert told["payload"] == {"files": 2}


def test_a_run_that_is_over_is_ended(shop: Shop, claim: Claim, gate: ProgressGate) -> None:
    window = Window()
    shop.jobs.cancel(claim.job.job_id)
    with (
        window.listening(),
        Heart(claim, gate, window, lambda: False, period=0.02),
        pytest.raises(RunEnded) as raised,
    ):
        window.guard(lambda: time.sleep(60))
    assert raised.value.cause is Cause.OVER


def test_a_heart_that_fails_ends_the_run(
    shop: Shop, claim: Claim, gate: ProgressGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose heart stands still would be done twice at once."""
    seen: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", seen.append)
    gate.offer(Progress(10, payload={"odd": object()}))  # the table takes no such thing
    window = Window()
    with (
        window.listening(),
        Heart(claim, gate, window, lambda: False, period=0.02),
        pytest.raises(RunEnded),
    ):
        window.guard(lambda: time.sleep(60))
    assert len(seen) == 1


def test_a_run_that_does_not_end_is_ended_with_its_process(
    shop: Shop, claim: Claim, gate: ProgressGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    shop.jobs.cancel(claim.job.job_id)
    window = Window()
    with (
        window.listening(),
        Heart(claim, gate, window, lambda: False, period=0.02, patience=0.02),
    ):
        until(lambda: codes == [ENDED])


def test_a_run_whose_worker_is_gone_ends_with_it(
    claim: Claim, gate: ProgressGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    with Heart(claim, gate, Window(), lambda: True, period=0.02):
        until(lambda: ORPHANED in codes)
