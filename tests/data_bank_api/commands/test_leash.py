"""What was started on a leash ends with who started it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data_bank_api.commands import leash
from data_bank_api.commands.leash import Leashed
from tests.running_bank import until

SLEEP = [sys.executable, "-c", "import time; time.sleep(1000)"]
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('deaf', flush=True); time.sleep(1000)"
)
STAY = [sys.executable, "-c", DEAF]
# Starts a sleeper on a leash, tells its pid, and sleeps itself.
PARENT = (
    "import signal, sys, time; from data_bank_api.commands import leash\n"
    "print(leash.start(sys.argv[1:], signal.SIGKILL).pid, flush=True); time.sleep(1000)"
)


def is_running(pid: int) -> bool:
    """Not gone, and not a zombie that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def command_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]


@pytest.fixture
def started() -> Iterator[list[Leashed]]:
    """What is in it at the end is killed."""
    found: list[Leashed] = []
    yield found
    for each in found:
        each.kill()


def test_it_dies_with_its_parent_however_that_dies(started: list[Leashed]) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, *SLEEP], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        until(lambda: command_of(pid) == SLEEP)
        parent.kill()
    until(lambda: not is_running(pid))


def test_it_ends_with_the_thread_that_started_it(started: list[Leashed]) -> None:
    with ThreadPoolExecutor(1) as thread:
        child = thread.submit(leash.start, SLEEP, signal.SIGTERM).result()
        started.append(child)
        until(lambda: command_of(child.pid) == SLEEP)
        assert child.poll() is None
    until(lambda: child.poll() == -signal.SIGTERM)


def test_a_parent_that_was_gone_before_ends_it(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", leash.__name__, "1", "9", *SLEEP], check=False, timeout=60
    )
    assert ended.returncode == 128 + signal.SIGKILL


def test_ctrl_c_in_the_terminal_does_not_reach_it(started: list[Leashed]) -> None:
    child = leash.start(SLEEP, signal.SIGKILL)
    started.append(child)
    assert os.getsid(child.pid) == child.pid
    assert os.getsid(child.pid) != os.getsid(0)


def test_it_is_run_where_the_system_has_no_leash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _name, use_errno: object())
    leash.end_with(os.getppid(), signal.SIGKILL)


def test_one_that_is_deaf_is_killed_when_patience_is_over() -> None:
    output, its = os.pipe()
    child = leash.start(STAY, signal.SIGKILL, output=its)
    assert os.read(output, 4) == b"deaf"
    assert not child.end(patience=0.1, hurry=threading.Event())
    assert child.poll() == -signal.SIGKILL
    os.close(its)
    os.close(output)


def test_in_a_hurry_there_is_no_patience() -> None:
    output, its = os.pipe()
    child = leash.start(STAY, signal.SIGKILL, output=its)
    assert os.read(output, 4) == b"deaf"
    hurry = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        ending = thread.submit(child.end, 1000, hurry)
        assert not ending.done()
        hurry.set()
        assert not ending.result()
    os.close(its)
    os.close(output)


def test_one_that_listens_ends_by_itself() -> None:
    child = leash.start(SLEEP, signal.SIGKILL)
    assert child.end(patience=60, hurry=threading.Event())
    assert child.poll() == -signal.SIGTERM
