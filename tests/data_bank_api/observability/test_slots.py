"""The numbers of workers: held by a lock, and free again however their holder ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from data_bank_api.observability.slots import is_held, living, take_slot

HOLD = """
import sys
from pathlib import Path
from data_bank_api.observability.slots import take_slot
print(take_slot(Path(sys.argv[1])).number, flush=True)
sys.stdin.read()
"""


def test_each_worker_has_a_number_of_its_own(tmp_path: Path) -> None:
    slots = [take_slot(tmp_path) for _ in range(3)]
    assert [slot.number for slot in slots] == [0, 1, 2]
    assert living(tmp_path) == {0: os.getpid(), 1: os.getpid(), 2: os.getpid()}
    for slot in slots:
        slot.release()
    assert living(tmp_path) == {}


def test_a_number_that_was_let_go_is_the_next_ones(tmp_path: Path) -> None:
    first, second = take_slot(tmp_path), take_slot(tmp_path)
    first.release()
    third = take_slot(tmp_path)
    assert (second.number, third.number) == (1, 0)
    second.release()
    third.release()


def test_a_killed_process_holds_no_number(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "0\n"
        assert living(tmp_path) == {0: other.pid}
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert living(tmp_path) == {}


def test_a_worker_that_has_only_just_come_has_no_process_yet(tmp_path: Path) -> None:
    slot = take_slot(tmp_path)
    os.truncate(tmp_path / "worker_0.lock", 0)
    assert living(tmp_path) == {0: 0}
    slot.release()


def test_a_lock_that_is_not_there_is_held_by_nobody(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "gone.lock")
