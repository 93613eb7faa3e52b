"""A run is ended from outside where its window is open, once, and nowhere else."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from data_bank_api.jobs.ending import Cause, RunEnded, Window


@pytest.fixture
def window() -> Window:
    return Window()


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_work_that_blocks_is_ended_at_once(window: Window) -> None:
    begun = time.monotonic()
    asking = threading.Timer(0.1, window.end)

    def work() -> None:
        asking.start()
        time.sleep(60)

    with window.listening(), pytest.raises(RunEnded) as raised:
        window.guard(work)
    assert raised.value.cause is Cause.OVER
    assert time.monotonic() - begun < 30


def test_what_was_asked_before_is_raised_when_the_window_opens(window: Window) -> None:
    done: list[str] = []
    with window.listening():
        stop()
        with pytest.raises(RunEnded) as raised:
            window.guard(lambda: done.append("worked"))
    assert (raised.value.cause, done) == (Cause.STOP, [])


def test_what_is_asked_after_the_end_is_remembered_and_raised_nowhere(window: Window) -> None:
    with window.listening():
        assert window.guard(lambda: "done") == "done"
        stop()
        window.end()
    assert window.cause is Cause.STOP


def test_what_cleans_up_is_not_cut_off(window: Window) -> None:
    cleaned: list[str] = []

    def work() -> None:
        try:
            stop()
        finally:
            window.end()
            stop()
            cleaned.append("all of it")

    with window.listening(), pytest.raises(RunEnded):
        window.guard(work)
    assert cleaned == ["all of it"]


def test_signals_are_heard_by_others_again_afterwards(window: Window) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with window.listening():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.fixture
def _untraced() -> Iterator[None]:
    """An exception raised at any line would leave the lock of who counts the lines taken."""
    before = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(before)


@pytest.mark.usefixtures("_untraced")
@pytest.mark.parametrize("length", range(0, 10_000, 50))
def test_however_often_and_whenever_it_is_asked_one_is_raised_or_none(
    window: Window, length: int
) -> None:
    raised = 0

    def ask() -> None:
        for _ in range(20):
            window.end()

    with window.listening():
        asking = threading.Thread(target=ask)
        asking.start()
        try:
            window.guard(lambda: sum(range(length)))
        except RunEnded:
            raised += 1
        asking.join()
    assert raised <= 1
    assert window.cause is Cause.OVER
