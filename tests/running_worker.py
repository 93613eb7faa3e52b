"""A worker in a process of its own, as an operator would start it, and who asks it for jobs."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from data_bank_api.db.database import Database
from data_bank_api.jobs.note import send_note
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_client.wire.jobs import JobState
from tests.fakes.redis_server import RedisServer
from tests.running_bank import DATABANK, PATIENCE, until

ODD = (sys.executable, "-m", "tests.fakes.odd_worker")
WORKER = (DATABANK, "worker")
READER = b"data_bank_api.reports.child"


class Asking:
    """Asks for jobs in a database, and delivers them by hand."""

    def __init__(self, url: str, server: RedisServer) -> None:
        self.database = Database(url)
        self.jobs = Jobs(self.database)
        self._server = server

    def ask(self, kind: str, **arguments: object) -> str:
        """The id of a new job, which is delivered."""
        job_id = self.jobs.enqueue(NewJob(kind, arguments)).job_id
        self.deliver(job_id, 1)
        return job_id

    def deliver(self, job_id: str, attempt: int) -> None:
        with self._server.connect() as connection:
            send_note(connection, job_id, attempt)

    def get(self, job_id: str) -> Job:
        return self.jobs.get(job_id)

    def wait(self, job_id: str, *states: JobState) -> Job:
        """Until it is in one of these."""
        until(lambda: self.get(job_id).state in states)
        return self.get(job_id)

    def has_retried(self, job_id: str, times: int) -> bool:
        return self.get(job_id).retries == times

    def lines(self, job_id: str) -> list[str]:
        return [line["text"] for line in self.jobs.get_with_log(job_id)[1]]

    def close(self) -> None:
        self.database.close()


class RunningWorker:
    """Its files are in `folder/files`, its log is beside them."""

    def __init__(
        self, folder: Path, redis_url: str, database_url: str, command: tuple[str, ...], **env: str
    ) -> None:
        self.root = folder / "files"
        for each in (self.root / "tmp", self.root / "state"):
            each.mkdir(parents=True, exist_ok=True)
        self._log = folder / f"log-{os.urandom(4).hex()}"
        variables = {
            "DATA_ROOT": str(self.root),
            "MIN_FREE_GB": "0",
            "API_UPLOAD_KEYS": "upload-key-0001",
            "REDIS_URL": redis_url,
            "DATABASE_URL": database_url,
            **env,
        }
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def log(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def text(self) -> str:
        return self._log.read_text()

    def has_said(self, event: str) -> bool:
        return f'"event":"{event}"' in self.text()

    def drafts(self) -> list[Path]:
        return list((self.root / "tmp").iterdir())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


def children_of(pid: int) -> list[int]:
    """Its child processes, on Linux."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(each) for each in found.split()]


def is_reader(pid: int) -> bool:
    """Whether it reads a dataset: before, it is but a copy of the process that starts it, which
    waits for it."""
    with suppress(OSError):
        return READER in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def is_there(pid: int) -> bool:
    """Also while it has ended and nobody has asked how is it gone."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
