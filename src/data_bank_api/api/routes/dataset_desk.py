"""What the routes of the datasets ask of the database and the store: to be called in a pool."""

from dataclasses import dataclass

from data_bank_api.api.routes.dataset_answer import make_page
from data_bank_api.api.routes.dataset_question import AskedDataset
from data_bank_api.blobs.store import BlobReader
from data_bank_api.datasets.dataset import Dataset, NewDataset
from data_bank_api.datasets.media_type import content_type_of, is_dataset
from data_bank_api.datasets.naming import base_name, parse_name
from data_bank_api.datasets.registry import Datasets, Wanted
from data_bank_api.db.database import Database
from data_bank_api.hub.artifacts import Artifacts
from data_bank_api.jobs.datasets import DatasetWork
from data_bank_api.queue.job import Job
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.place import Place
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.datasets import StoredDatasetPage
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo


@dataclass(frozen=True, slots=True)
class DatasetDesk:
    """All of it raises NotFoundError for what is not there."""

    database: Database
    jobs: Jobs
    store: BlobReader

    def check(self) -> None:
        """Raises DatabaseAwayError where what comes could not be written down."""
        self.database.check()

    def submit(self, new: NewDataset) -> tuple[Dataset, bool]:
        """The dataset of this file, and whether it is new; a new one is to be processed."""
        return self._work.submit(new)

    def submit_stored(self, asked: AskedDataset) -> tuple[Dataset, bool]:
        """As `submit`, of a file that the bank has, or an artifact of the mirror whose file it has.

        Raises InvalidInputError, UnsupportedMediaTypeError, FileQuarantinedError.
        """
        name = None if asked.name is None else parse_name(asked.name)
        said = base_name(asked.filename or "")
        digest, path = self._locate(asked)
        info, filename = self.store.stat(digest), said or base_name(path)
        known = info.content_type if is_dataset(info.content_type) else None
        content_type = content_type_of(asked.content_type or known, filename)
        return self.submit(new_dataset(info, name, filename, content_type))

    def list(self, wanted: Wanted, after: Place | None, limit: int) -> StoredDatasetPage:
        return make_page(self._datasets.newest(after, limit + 1, wanted), limit)

    def get(self, dataset_id: str) -> Dataset:
        return self._datasets.get(dataset_id)

    def process(self, dataset_id: str, *, force: bool) -> Job:
        return self._work.process(dataset_id, force=force)

    def remove(self, dataset_id: str) -> None:
        self._work.remove(dataset_id)

    def _locate(self, asked: AskedDataset) -> tuple[Digest, str]:
        """The file, and the path that it has where it comes from: none of a file of the bank."""
        if asked.artifact_id is None:
            return Digest.parse(asked.file_id or ""), ""
        [artifact] = Artifacts(self.database).get([asked.artifact_id])
        if artifact.digest is None:
            raise NotFoundError(f"the bank does not have this artifact: it is {artifact.state}")
        return artifact.digest, artifact.file.path.text

    @property
    def _datasets(self) -> Datasets:
        return Datasets(self.database)

    @property
    def _work(self) -> DatasetWork:
        return DatasetWork(self._datasets, self.jobs, self.store)


def new_dataset(info: FileInfo, name: str | None, filename: str, content_type: str) -> NewDataset:
    """Of this file. Without a name it has that of the file, without both its digest."""
    return NewDataset(
        name=name or filename or info.digest.hex,
        original_filename=filename or name or info.digest.hex,
        content_type=content_type,
        digest=info.digest,
        size=info.size,
    )
