"""A scrape of a bank in which a little of everything has happened: every metric that there is.

full_scrape     one for all tests of a process: two server processes, a worker, a Redis, a catalog
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify_report import VerifyReport, write_verify_report
from data_bank_api.catalog.document import Document
from tests.data_bank_api.api.asked_bank import fill
from tests.fakes.redis_server import RedisServer
from tests.fakes.scraped import Scraped
from tests.running_bank import UPLOAD_KEY, RunningBank, running, until
from tests.running_worker import WORKER, RunningWorker

REPORT = VerifyReport(1, 2, files=1, bytes=1, damaged=0, failed=0, is_complete=True)
# What is there last, each for a reason of its own.
_LAST = (
    "databank_http_sent_bytes_total{",
    "databank_catalog_index_datasets ",
    'databank_job_duration_seconds_count{kind="ping",state="success"}',
    'databank_upkeep_items_total{heap="notes"',
    'databank_workers{state="idle"} 1.0',
    "databank_dispatcher_up 1.0",
    "databank_events_published_total ",
)


@contextmanager
def busy_bank(folder: Path, server: RedisServer) -> Iterator[RunningBank]:
    """A bank with a worker, a catalog, a report of `databank verify`, and a job that was done."""
    with running(folder, WORKERS="2", REDIS_URL=server.url) as bank:
        with server.connect() as client:
            fill(client, bank.root, [Document("org/name", downloads=1)])
        write_verify_report(bank.root / "state", REPORT, System())
        database = f"sqlite:///{bank.root / 'state' / 'databank.sqlite3'}"
        worker = RunningWorker(folder, server.url, database, WORKER)
        try:
            asked = bank.request("POST", "/jobs", UPLOAD_KEY, b'{"kind": "ping"}')
            assert asked.status_code == 202, asked.text
            yield bank
        finally:
            worker.stop()


def scrape(bank: RunningBank) -> str:
    return bank.request("GET", "/metrics", None).text


@pytest.fixture(scope="session")
def full_scrape(tmp_path_factory: pytest.TempPathFactory) -> Scraped:
    folder = tmp_path_factory.mktemp("full-scrape")
    with closing(RedisServer(folder / "redis")) as server:
        server.start()
        with busy_bank(folder, server) as bank:
            texts = [""]  # of a busy machine the next may lack what this one had

            def is_full() -> bool:
                texts[0] = scrape(bank)
                return all(each in texts[0] for each in _LAST)

            until(is_full)
            return Scraped.parse(texts[0])
