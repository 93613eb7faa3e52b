"""Datasets in a shop: uploaded, and their jobs run in this process, as a worker's child would."""

from dataclasses import dataclass

from data_bank_api.datasets.dataset import Dataset, NewDataset
from data_bank_api.datasets.report_files import ReportFiles
from data_bank_api.db.database import Database
from data_bank_api.db.schema import DatasetRow
from data_bank_api.jobs.datasets import DatasetWork
from data_bank_api.jobs.ending import Window
from data_bank_api.jobs.failures import Pauses
from data_bank_api.jobs.kinds.dataset_process import result_of
from data_bank_api.jobs.note import Note
from data_bank_api.jobs.run import Surroundings, Terms, run_job
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import Job
from data_bank_client.wire.digest import Digest
from tests.fakes.files import put

TERMS = Terms(pauses=Pauses((0.0,), lambda: 0.0))
CSV = b"name,amount\nada,7\nbob,\n"


def new_dataset(
    content: bytes = CSV, name: str = "Sales", content_type: str = "text/csv"
) -> NewDataset:
    return NewDataset(name, "sales.csv", content_type, Digest.of(content), len(content))


def write_row(database: Database, dataset_id: str, **values: object) -> None:
    """As no part of the bank would."""
    with database.transaction() as session:
        row = session.get_one(DatasetRow, dataset_id)
        for name, value in values.items():
            setattr(row, name, value)


@dataclass(frozen=True, slots=True)
class Room:
    shop: Shop

    @property
    def work(self) -> DatasetWork:
        return DatasetWork(self.shop.datasets, self.shop.jobs, self.shop.store)

    def upload(
        self, content: bytes = CSV, name: str = "Sales", content_type: str = "text/csv"
    ) -> Dataset:
        put(self.shop.store, content)
        return self.work.submit(new_dataset(content, name, content_type))[0]

    def get(self, dataset: Dataset) -> Dataset:
        """As it is now."""
        return self.shop.datasets.get(dataset.dataset_id)

    def job(self, dataset: Dataset) -> Job:
        """Its latest."""
        return self.shop.jobs.get(self.get(dataset).latest_job_id or "")

    def run(self, dataset: Dataset) -> Dataset:
        """The next attempt of its latest job, to its end."""
        job = self.job(dataset)
        window = Window()
        around = Surroundings(window, lambda: None, lambda: False)
        with window.listening():
            run_job(self.shop, Note(job.job_id, job.attempts + 1), around, TERMS)
        return self.get(dataset)

    def pretend(self, dataset: Dataset) -> Dataset:
        """As after `run`, without a process that reads the file: the report is no real one."""
        claim = self.shop.claims.claim(self.job(dataset).job_id, self.job(dataset).attempts + 1)
        assert claim is not None
        files = ReportFiles(
            self.shop.database, self.shop.store, self.shop.receiver, self.shop.clock
        )
        kept = files.keep(b'{"pretended":"%s"}' % dataset.digest.hex.encode())
        done = self.shop.datasets.keep_report(dataset.dataset_id, claim.job, kept, rows=2)
        claim.succeed(result_of(done))
        return self.get(dataset)
