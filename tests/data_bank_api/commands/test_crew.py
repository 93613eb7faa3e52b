"""Several processes that serve: who is lost is replaced, who cannot start ends all."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from uvicorn.config import STARTUP_FAILURE

from data_bank_api.commands.crew import Crew, spawn
from tests.running_bank import until


def obey(folder: Path) -> None:
    """A worker that says that it is there."""
    folder.joinpath(str(os.getpid())).touch()
    signal.pause()


def stay(folder: Path) -> None:
    """A worker that does not stop when it is asked to."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    obey(folder)
    time.sleep(1000)


def fail() -> None:
    raise SystemExit(STARTUP_FAILURE)


def stop_when(folder: Path, count: int) -> threading.Thread:
    """Ask this process to stop once that many workers have been there."""

    def wait() -> None:
        until(lambda: len(list(folder.iterdir())) == count)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> object:
    found = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for each, handler in found.items():
        signal.signal(each, handler)


def is_running(name: str) -> bool:
    return Path("/proc", name).exists()


def test_a_worker_that_is_lost_is_replaced_and_all_end_at_the_stop(tmp_path: Path) -> None:
    def lose_one() -> None:
        until(lambda: len(list(tmp_path.iterdir())) == 2)
        os.kill(int(next(tmp_path.iterdir()).name), signal.SIGKILL)

    losing, stopping = threading.Thread(target=lose_one), stop_when(tmp_path, 3)
    losing.start()
    assert Crew([lambda: spawn(obey, tmp_path)] * 2, patience=60).run() == 0
    losing.join()
    stopping.join()
    assert [each.name for each in tmp_path.iterdir() if is_running(each.name)] == []


def test_a_worker_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    stopping = stop_when(tmp_path, 1)
    assert Crew([lambda: spawn(stay, tmp_path)], patience=0.5).run() == 0
    stopping.join()
    assert [each.name for each in tmp_path.iterdir() if is_running(each.name)] == []


def test_a_worker_that_cannot_start_ends_all() -> None:
    assert Crew([lambda: spawn(fail)] * 2, patience=60).run() == STARTUP_FAILURE
