"""Rounds taken in turns."""

from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path

import pytest

from benchmarks.bench import Bench
from benchmarks.contestants import NGINX, RCLONE, UVICORN
from benchmarks.errors import BenchmarkError, MissingContestantError
from benchmarks.options import Options
from benchmarks.peers.peer import Peer
from benchmarks.works import GET_SMALL


def test_all_take_a_turn_in_each_round_and_another_one_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns: list[str] = []

    def measure(who: str) -> float:
        turns.append(who)
        return float(len(turns))

    bench = Bench(Options(rounds=2), tmp_path)
    bench.contest(GET_SMALL, {who: partial(measure, who) for who in (UVICORN, NGINX)})
    assert turns == [UVICORN, NGINX, NGINX, UVICORN]
    assert bench.figures.of(GET_SMALL, UVICORN) == (1.0, 4.0)
    assert "missing" in capsys.readouterr().out


def test_a_contestant_that_cannot_be_had_is_noted_and_the_others_go_on(tmp_path: Path) -> None:
    def start(_folder: Path) -> AbstractContextManager[Peer]:
        raise MissingContestantError("rclone is not installed")

    bench = Bench(Options(), tmp_path)
    with ExitStack() as stack:
        assert bench.start(stack, tmp_path, {RCLONE: start}) == {}
    assert list(bench.notes) == [f"{RCLONE} is missing: rclone is not installed."]
    assert not bench.has_failed


def test_one_that_should_start_and_does_not_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(_folder: Path) -> AbstractContextManager[Peer]:
        raise BenchmarkError("it did not start: /a/path")

    bench = Bench(Options(), tmp_path)
    with ExitStack() as stack:
        bench.start(stack, tmp_path, {UVICORN: start})
    assert bench.has_failed
    assert list(bench.notes) == [f"{UVICORN} failed."]
    assert "it did not start: /a/path" in capsys.readouterr().err


def test_a_room_is_empty_and_gone_afterwards(tmp_path: Path) -> None:
    with Bench(Options(), tmp_path).room() as room:
        assert list(room.iterdir()) == []
        (room / "file").write_text("left")
    assert not room.exists()
