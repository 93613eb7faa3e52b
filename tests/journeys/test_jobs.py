"""Jobs as their users have them: a real service, worker and Redis, the client and the command."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from data_bank_client import DataBankClient
from data_bank_client.wire.events import JobCompleted, JobProgress, JobStarted
from tests.data_bank_client.fake_jobs import names
from tests.fakes.redis_server import RedisServer
from tests.running_bank import DATABANK, PATIENCE, RunningBank, running, until
from tests.running_worker import WORKER, RunningWorker

KEY = "one-key-for-all"
KEYS = {"API_UPLOAD_KEYS": KEY, "API_READ_KEYS": "", "API_DELETE_KEYS": ""}


@contextmanager
def working(folder: Path, redis: RedisServer, database_url: str) -> Iterator[RunningBank]:
    """A bank and a worker."""
    addresses = {"REDIS_URL": redis.url, "DATABASE_URL": database_url}
    with running(folder, **addresses, **KEYS) as bank:
        worker = RunningWorker(folder, redis.url, database_url, WORKER, **KEYS)
        try:
            yield bank
        finally:
            worker.stop()


@pytest.fixture
def bank(tmp_path: Path, redis_server: RedisServer, sqlite_url: str) -> Iterator[RunningBank]:
    with working(tmp_path, redis_server, sqlite_url) as bank:
        yield bank


def command(bank: RunningBank, *tokens: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [DATABANK, "jobs", *tokens],
        env={**os.environ, "DATA_BANK_URL": bank.address, "DATA_BANK_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_job_is_watched_from_its_start_to_the_file_that_it_made(
    tmp_path: Path, redis_server: RedisServer, database_url: str
) -> None:
    with (
        working(tmp_path, redis_server, database_url) as bank,
        DataBankClient(bank.address, KEY) as client,
    ):
        job = client.start_job("ping", {"message": "made by a job", "seconds": 2.5, "store": True})
        seen = list(client.watch_job(job["job_id"]))
        done = client.wait_for_job(job["job_id"], PATIENCE)
        assert done["result"] is not None
        content = b"".join(client.stream(str(done["result"]["result_id"])))
        listed = client.list_jobs(kind="ping", state="success")["items"]
    steps = [each for each in seen if isinstance(each, JobStarted | JobProgress | JobCompleted)]
    assert [type(steps[0]), type(steps[-1])] == [JobStarted, JobCompleted]
    progress = [each.progress for each in steps if isinstance(each, JobProgress)]
    assert progress == sorted(progress) != []
    assert (names(seen)[0] in {"queued", "started"}, seen[-1]) == (True, done)
    assert content == b"made by a job"
    assert [each["job_id"] for each in listed] == [job["job_id"]]


def test_the_command_starts_a_job_and_tells_each_of_its_steps(bank: RunningBank) -> None:
    with command(bank, "start", "ping", '{"seconds": 2.5}', "--watch", "--json") as watching:
        out, err = watching.communicate(timeout=PATIENCE)
    lines = [msgspec.json.decode(each, type=dict[str, object]) for each in out.splitlines()]
    types = [str(each["type"]) for each in lines if "type" in each]
    assert (watching.returncode, err) == (0, "")
    assert [types[0], types[-1]] == ["databank.job.started.v1", "databank.job.completed.v1"]
    assert "databank.job.progress.v1" in types
    assert lines[-1]["state"] == "success"


def test_who_watches_sees_that_the_job_was_cancelled(bank: RunningBank) -> None:
    with DataBankClient(bank.address, KEY) as client:
        job_id = client.start_job("ping", {"seconds": 600})["job_id"]
        with command(bank, "watch", job_id) as watching:
            until(lambda: client.get_job(job_id)["progress"] > 0)
            with command(bank, "cancel", job_id) as cancelling:
                assert "cancelled" in cancelling.communicate(timeout=PATIENCE)[0]
            out, err = watching.communicate(timeout=PATIENCE)
    assert (watching.returncode, err) == (12, "databank: the job was cancelled\n")
    assert out.splitlines()[-1].startswith(f"{job_id}  cancelled")


def test_ctrl_c_ends_the_watch_and_the_job_goes_on(bank: RunningBank) -> None:
    with DataBankClient(bank.address, KEY) as client:
        job_id = client.start_job("ping", {"seconds": 600})["job_id"]
        with command(bank, "watch", job_id) as watching:
            assert watching.stdout is not None
            assert watching.stdout.readline()
            watching.send_signal(signal.SIGINT)
            _, err = watching.communicate(timeout=PATIENCE)
        assert watching.returncode == 130
        assert f"databank jobs watch {job_id}" in err
        assert client.get_job(job_id)["state"] in {"queued", "started"}
        client.cancel_job(job_id)


def test_a_watch_outlives_a_service_that_starts_anew(
    tmp_path: Path, redis_server: RedisServer, sqlite_url: str
) -> None:
    with (
        working(tmp_path, redis_server, sqlite_url) as bank,
        DataBankClient(bank.address, KEY) as client,
    ):
        job_id = client.start_job("ping", {"seconds": 6})["job_id"]
        watched = client.watch_job(job_id)
        seen = [next(watched), next(watched)]
        bank.stop()
        port = bank.address.rpartition(":")[2]
        addresses = {"REDIS_URL": redis_server.url, "DATABASE_URL": sqlite_url}
        with running(tmp_path, PORT=port, **addresses, **KEYS):
            seen += watched
    assert names(seen)[-2:] == ["JobCompleted", "success"]
    events = [each.event_id for each in seen if isinstance(each, JobStarted | JobProgress)]
    assert len(events) == len(set(events)) > 2
