"""`GET /datasets/{id}/report`: the stored bytes of a report, which another may follow."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.download import answer_with, plan
from data_bank_api.api.fields import combine
from data_bank_api.api.pool import StoragePool
from data_bank_api.api.preconditions import Outcome, Validators, require
from data_bank_api.blobs.reading import FetchedBlob, HeldBlob
from data_bank_api.datasets.dataset import Dataset
from data_bank_api.wiring import Bank
from data_bank_client.errors import (
    FileQuarantinedError,
    NotFoundError,
    ServiceUnavailableError,
)
from data_bank_client.wire.digest import Digest

_ALWAYS = {"cache-control": "private, no-cache", "x-content-type-options": "nosniff"}
_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class ReportReader:
    bank: Bank
    pool: StoragePool

    async def answer(self, dataset: Dataset, request: Request) -> ASGIApp:
        """Raises NotFoundError where there is none yet, ServiceUnavailableError where its file
        cannot be read."""
        digest, found = _report_of(dataset)
        headers = {**_ALWAYS, "etag": found.etag, "last-modified": found.last_modified}
        if require(combine(request.headers), found, is_read=True) is Outcome.NOT_MODIFIED:
            return Response(status_code=304, headers=headers)
        blob = await self.pool.run(self._fetch, digest, is_head=request.method == "HEAD")
        planned = plan(replace(blob.info, content_type=_TYPE), None)
        return answer_with(blob, planned, headers, self.pool, self.bank.settings.stall_seconds)

    def _fetch(self, digest: Digest, *, is_head: bool) -> FetchedBlob:
        try:
            if is_head:
                return HeldBlob(self.bank.store.stat(digest), b"")
            return self.bank.fetcher.fetch(digest)
        except (NotFoundError, FileQuarantinedError, OSError) as error:
            raise ServiceUnavailableError(
                "the report cannot be read: process the dataset with force=true to make it anew"
            ) from error


def _report_of(dataset: Dataset) -> tuple[Digest, Validators]:
    """Its file, and when it was made. Raises NotFoundError."""
    if dataset.report is None or dataset.processed_at is None:
        why = dataset.error or f"the dataset is {dataset.status}"
        raise NotFoundError(f"there is no report: {why}")
    digest = dataset.report.digest
    return digest, Validators(digest.etag, dataset.processed_at.replace(microsecond=0))
