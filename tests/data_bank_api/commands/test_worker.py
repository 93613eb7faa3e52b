"""`databank worker`: a job that is in the table runs, whoever of its processes is killed."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from data_bank_api.commands import worker_process
from data_bank_api.config import Settings
from data_bank_api.jobs import worker as jobs_worker
from data_bank_api.queue.job import NewJob
from tests.fakes.job_events import entries_in
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until
from tests.running_worker import WORKER, Asking, RunningWorker, children_of, is_there


@pytest.fixture
def asking(sqlite_url: str, redis_server: RedisServer) -> Iterator[Asking]:
    asking = Asking(sqlite_url, redis_server)
    yield asking
    asking.close()


class Start(Protocol):
    """Starts `databank worker`, to be ended with the test."""

    def __call__(self, *options: str, **env: str) -> RunningWorker: ...


@pytest.fixture
def start(tmp_path: Path, redis_server: RedisServer, sqlite_url: str) -> Iterator[Start]:
    started: list[RunningWorker] = []

    def start_one(*options: str, **env: str) -> RunningWorker:
        command, variables = (*WORKER, *options), {"GRACE_SECONDS": "0", **env}
        worker = RunningWorker(tmp_path, redis_server.url, sqlite_url, command, **variables)
        started.append(worker)
        return worker

    yield start_one
    for each in started:
        each.stop()


@pytest.fixture
def worker(start: Start) -> RunningWorker:
    return start()


def put(asking: Asking, **arguments: object) -> str:
    """Into the table, as the server does: nothing is delivered by hand."""
    return asking.jobs.enqueue(NewJob("ping", arguments)).job_id


def below(pid: int) -> set[int]:
    """All processes below it."""
    children = children_of(pid)
    return set(children).union(*(below(each) for each in children))


def test_a_job_in_the_table_is_delivered_run_and_told_of(
    asking: Asking, worker: RunningWorker, redis_server: RedisServer
) -> None:
    job_id = put(asking, message="hello")
    result = asking.wait(job_id, "success").result
    assert result is not None
    assert result["details"] == {"message": "hello"}
    with redis_server.connect() as connection:
        until(lambda: len(entries_in(connection)) == 2)
        told = [entry.type for entry in entries_in(connection)]
    assert told == ["databank.job.started.v1", "databank.job.completed.v1"]


def test_two_processes_run_two_jobs_at_once(asking: Asking, start: Start) -> None:
    start("--processes", "2")
    asked = [put(asking, seconds=600, message=each) for each in ("a", "b")]
    for each in asked:
        asking.wait(each, "started")
    assert {asking.get(each).state for each in asked} == {"started"}


def test_a_stop_puts_back_what_runs_and_leaves_no_process(
    asking: Asking, worker: RunningWorker
) -> None:
    job_id = put(asking, seconds=600)
    asking.wait(job_id, "started")
    processes = below(worker.pid)
    assert worker.stop() == 0
    assert asking.get(job_id).state == "queued"
    until(lambda: not any(map(is_there, processes)))


def test_all_end_when_the_one_that_watches_them_is_killed_and_the_job_runs_again(
    asking: Asking, worker: RunningWorker, start: Start
) -> None:
    job_id = put(asking, seconds=600)
    asking.wait(job_id, "started")
    processes = below(worker.pid)
    worker.stop(signal.SIGKILL)
    until(lambda: not any(map(is_there, processes)))
    start()
    until(lambda: asking.get(job_id).attempts == 2)


@pytest.mark.parametrize("who", ["worker", "child"])
def test_a_job_whose_process_is_killed_runs_again(
    asking: Asking, worker: RunningWorker, who: str
) -> None:
    job_id = put(asking, seconds=600)
    asking.wait(job_id, "started")
    (busy,) = [each for each in children_of(worker.pid) if children_of(each)]
    os.kill(busy if who == "worker" else children_of(busy)[0], signal.SIGKILL)
    until(lambda: asking.get(job_id).attempts == 2)


def test_it_begins_and_stops_while_the_database_is_away(start: Start, tmp_path: Path) -> None:
    worker = start(DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}")
    for says in ("the database is away: jobs wait for it", "the dispatcher waits"):
        until(partial(worker.has_said, says))
    assert worker.stop() == 0


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("REDIS_URL", "", "databank: REDIS_URL is not set: jobs need Redis\n"),
        ("SCAN_ROOTS", "/missing", "databank: SCAN_ROOTS: /missing: No such file or directory\n"),
        ("REDIS_URL", "http://x", "databank: REDIS_URL: must begin with redis://"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all", "databank: DATABASE_URL: no file can be"),
        ("DATA_ROOT", "/proc/nowhere", "databank: DATA_ROOT: "),
    ],
    ids=["no Redis", "no roots", "no address", "no database", "no folder"],
)
def test_what_cannot_be_used_is_told_in_one_line(
    start: Start, name: str, value: str, says: str
) -> None:
    worker = start(**{name: value})
    assert worker.process.wait(60) == 2
    assert worker.text().startswith(says)
    assert worker.text().count("\n") == 1


def test_a_worker_without_redis_ends_and_does_not_tell_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next one tries again."""
    monkeypatch.setattr(jobs_worker, "_RETRIES", 0)
    monkeypatch.setattr(worker_process, "configure_logs", lambda _level: None)
    settings = Settings.read(
        {
            "DATA_ROOT": str(tmp_path),
            "API_UPLOAD_KEYS": "upload-key-0001",
            "REDIS_URL": "redis://:a-password@127.0.0.1:1/0",
        }
    )
    with pytest.raises(SystemExit) as raised:
        worker_process.work(settings)
    assert raised.value.code == worker_process.AWAY
    shown = capsys.readouterr()
    assert "Redis does not answer" in shown.out + shown.err
    assert "a-password" not in shown.out + shown.err
