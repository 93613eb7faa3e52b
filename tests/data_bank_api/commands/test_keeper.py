"""The parts beside a server: who is lost comes again, and at the stop all end in turn."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from data_bank_api.commands import leash
from data_bank_api.commands.keeper import FIRST_PAUSE, LONGEST_PAUSE, Keeper, next_pause
from data_bank_api.commands.leash import Leashed
from data_bank_api.commands.own_worker import OwnWorker
from data_bank_api.commands.part import StartError
from tests.running_bank import until

STAY = "import time; time.sleep(1000)"


class FakePart:
    """A line of Python in a process; `notes` is what was done, also with others of that list."""

    patience = 60.0

    def __init__(self, name: str, notes: list[str], code: str = STAY) -> None:
        self.name = name
        self.notes = notes
        self.command = [sys.executable, "-c", code]
        self.can_start = True
        self.started: list[Leashed] = []

    def start(self) -> Leashed:
        if not self.can_start:
            raise StartError(f"{self.name} cannot")
        self.started.append(leash.start(self.command, signal.SIGKILL))
        return self.started[-1]

    def wait(self, process: Leashed, stop: threading.Event) -> None:
        self.notes.append(f"{self.name} is there")

    def last_words(self) -> str:
        return "bye"

    def close(self) -> None:
        self.notes.append(f"{self.name} is closed")

    @property
    def codes(self) -> list[int | None]:
        return [each.poll() for each in self.started]


@contextmanager
def kept(*parts: FakePart) -> Iterator[Keeper]:
    keeper = Keeper(parts)
    try:
        yield keeper
    finally:
        keeper.stop()


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as found:
        yield found


def lines(logged: list[EventDict], event: str) -> list[dict[str, object]]:
    found = [dict(line) for line in logged if line["event"] == event]
    return [{key: line[key] for key in line if key != "log_level"} for line in found]


def test_they_start_in_turn_and_end_the_other_way_round() -> None:
    notes: list[str] = []
    first, second = FakePart("first", notes), FakePart("second", notes)
    with kept(first, second) as keeper:
        keeper.start()
        assert notes == ["first is there", "second is there"]
    assert notes[2:] == ["second is closed", "first is closed"]
    assert first.codes == second.codes == [-signal.SIGTERM]


def test_one_that_is_lost_is_started_again_and_others_are_left_alone(
    logged: list[EventDict],
) -> None:
    other, part = FakePart("other", []), FakePart("part", [])
    with kept(other, part) as keeper:
        keeper.start()
        os.kill(part.started[0].pid, signal.SIGKILL)
        until(lambda: len(part.started) == 2)
    pids = [each.pid for each in part.started]
    lost = {"event": "a part was lost", "part": "part", "process": pids[0]}
    assert lines(logged, "a part was lost") == [lost | {"exit_code": -9, "last_words": "bye"}]
    told = [line["process"] for line in lines(logged, "a part was started")]
    assert told == [other.started[0].pid, *pids]
    assert other.codes == [-signal.SIGTERM]
    assert part.codes == [-signal.SIGKILL, -signal.SIGTERM]


def test_one_that_cannot_be_started_again_is_tried_until_it_can(logged: list[EventDict]) -> None:
    part = FakePart("part", [])
    with kept(part) as keeper:
        keeper.start()
        part.can_start = False
        os.kill(part.started[0].pid, signal.SIGKILL)
        until(lambda: len(lines(logged, "a part cannot be started")) == 3)
        part.can_start = True
        until(lambda: len(part.started) == 2)
    assert lines(logged, "a part cannot be started")[0]["reason"] == "part cannot"


def test_where_one_cannot_start_none_is_left() -> None:
    first, second, third = (FakePart(name, []) for name in ("first", "second", "third"))
    second.can_start = False
    with kept(first, second, third) as keeper, pytest.raises(StartError, match="second cannot"):
        keeper.start()
    assert first.codes == [-signal.SIGTERM]
    assert third.started == []


def test_a_stop_in_the_middle_of_the_start_starts_no_more() -> None:
    class Slow(FakePart):
        def wait(self, process: Leashed, stop: threading.Event) -> None:
            super().wait(process, stop)
            stop.wait()

    notes: list[str] = []
    slow, other = Slow("slow", notes), FakePart("other", notes)
    with ThreadPoolExecutor(1) as thread:
        with kept(slow, other) as keeper:
            starting = thread.submit(keeper.start)
            until(lambda: notes == ["slow is there"])
        starting.result()
    assert slow.codes == [-signal.SIGTERM]
    assert other.started == []


def test_a_stop_does_not_wait_for_one_that_is_lost(logged: list[EventDict]) -> None:
    notes: list[str] = []
    part = FakePart("part", notes)
    with kept(part) as keeper:
        keeper.start()
        part.can_start = False
        os.kill(part.started[0].pid, signal.SIGKILL)
        until(lambda: lines(logged, "a part was lost") != [])
    assert notes[-1] == "part is closed"
    assert part.codes == [-signal.SIGKILL]


def test_one_that_does_not_stop_is_killed_in_a_hurry(
    tmp_path: Path, logged: list[EventDict]
) -> None:
    class Deaf(FakePart):
        def wait(self, process: Leashed, stop: threading.Event) -> None:
            until((tmp_path / "deaf").exists)

    deafen = "import pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    tell = f"pathlib.Path({str(tmp_path / 'deaf')!r}).touch()"
    part = Deaf("part", [], code=f"{deafen}; {tell}; {STAY}")
    with kept(part) as keeper:
        keeper.start()
        keeper.hurry()
    assert part.codes == [-signal.SIGKILL]
    killed = {"event": "a part did not stop and was killed", "part": "part"}
    assert lines(logged, str(killed["event"])) == [killed | {"process": part.started[0].pid}]


def test_who_waits_for_the_stop_is_told_for_what_and_how_long(logged: list[EventDict]) -> None:
    part = FakePart("part", [])
    with kept(part) as keeper:
        keeper.start()
    told = {"part": "part", "process": part.started[0].pid, "within": 60.0}
    assert lines(logged, "a part stops") == [{"event": "a part stops", **told}]
    assert [line["event"] for line in logged[-2:]] == ["a part stops", "a part was stopped"]


def test_what_ends_the_watching_is_no_secret() -> None:
    class Broken(FakePart):
        def last_words(self) -> str:
            raise RuntimeError("broken")

    part = Broken("part", [])
    keeper = Keeper([part])
    keeper.start()
    os.kill(part.started[0].pid, signal.SIGKILL)
    until(lambda: keeper._watching is not None and keeper._watching.done())
    with pytest.raises(RuntimeError, match="broken"):
        keeper.stop()


def test_the_pause_grows_while_it_dies_at_once() -> None:
    pauses = [0.0]
    for _ in range(8):
        pauses.append(next_pause(pauses[-1], lived=0.1))
    assert pauses[1:5] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert next_pause(LONGEST_PAUSE, lived=3600) == FIRST_PAUSE


def test_a_worker_whose_python_has_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(StartError, match="the worker cannot be started: No such file"):
        OwnWorker({}, 1.0).start()
