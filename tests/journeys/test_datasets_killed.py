"""A run that is killed with -9, or stopped, while it makes a report: another makes it, and nothing
is left."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.datasets.dataset import Dataset
from data_bank_api.datasets.registry import Datasets
from data_bank_api.db.database import Database
from data_bank_api.jobs.datasets import DatasetWork
from data_bank_api.queue.job import Job
from data_bank_api.queue.jobs import Jobs
from tests.fakes.datasets import new_dataset
from tests.fakes.disk import open_store
from tests.fakes.files import put
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until
from tests.running_worker import WORKER, RunningWorker, children_of, is_reader, is_there

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes by /proc")

ROWS = 300_000


@dataclass(frozen=True, slots=True)
class Office:
    worker: RunningWorker
    work: DatasetWork
    store: DiskStore

    @property
    def scratch(self) -> list[Path]:
        root = self.worker.root / "state" / "reports"
        return list(root.iterdir()) if root.exists() else []

    def get(self, dataset: Dataset) -> Dataset:
        return self.work.datasets.get(dataset.dataset_id)

    def job(self, dataset: Dataset) -> Job:
        return self.work.jobs.get(dataset.latest_job_id or "")

    def has_ended(self, dataset: Dataset) -> bool:
        return self.get(dataset).status in ("done", "failed")


@pytest.fixture
def office(tmp_path: Path, sqlite_url: str, redis_server: RedisServer) -> Iterator[Office]:
    worker = RunningWorker(tmp_path, redis_server.url, sqlite_url, WORKER, GRACE_SECONDS="0")
    with closing(Database(sqlite_url)) as database:
        store = open_store(worker.root)
        yield Office(worker, DatasetWork(Datasets(database), Jobs(database), store), store)
    worker.stop()


def family(pid: int) -> list[int]:
    """All below a process, with their parents before them."""
    found = [pid]
    for each in found:
        found += children_of(each)
    return found[1:]


def reader_of(worker: RunningWorker) -> tuple[int, int] | None:
    """The process that runs the job, and the one that reads the file for it."""
    for parent in family(worker.pid):
        for child in children_of(parent):
            if is_reader(child):
                return parent, child
    return None


def catch_reader(worker: RunningWorker) -> tuple[int, int]:
    """The same, where the second stands still from now on."""
    caught: list[tuple[int, int]] = []

    def look() -> bool:
        found = reader_of(worker)
        if found is not None:
            os.kill(found[1], signal.SIGSTOP)
            caught.append(found)
        return found is not None

    until(look)
    return caught[0]


def test_a_run_that_is_killed_in_the_middle_leaves_its_report_to_the_next(office: Office) -> None:
    content = b"name,amount\n" + b"ada,7\n" * ROWS
    put(office.store, content)
    dataset, _ = office.work.submit(new_dataset(content))
    run, reader = catch_reader(office.worker)
    assert (office.get(dataset).status, len(office.scratch)) == ("processing", 1)
    os.kill(run, signal.SIGKILL)
    os.kill(reader, signal.SIGCONT)
    until(lambda: not is_there(reader))  # nobody outlives who it works for
    until(lambda: office.has_ended(dataset))
    done = office.get(dataset)
    assert (done.status, done.error, done.row_count) == ("done", None, ROWS)
    assert (office.job(done).attempts, office.job(done).retries) == (2, 1)
    assert office.scratch == []


def test_a_worker_that_is_stopped_puts_its_report_back_for_another(office: Office) -> None:
    content = b"name,amount\n" + b"ada,8\n" * ROWS
    put(office.store, content)
    dataset, _ = office.work.submit(new_dataset(content))
    run, reader = catch_reader(office.worker)
    assert office.worker.stop() == 0
    assert [is_there(each) for each in (run, reader)] == [False, False]
    waiting, job = office.get(dataset), office.job(office.get(dataset))
    assert (waiting.status, waiting.error, office.scratch) == ("uploaded", None, [])
    assert (job.state, job.attempts, job.retries) == ("queued", 1, 0)
