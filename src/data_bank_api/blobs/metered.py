"""A store that is counted: what it stores, what it had already, what it condemns, what comes in.

Metered(store, metrics)     a `BlobStore`, as the one that it wraps
"""

from data_bank_api.blobs.store import BlobStore, Draft, OpenBlob, Stored
from data_bank_api.observability.metrics import Metrics
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo


class Metered:
    def __init__(self, store: BlobStore, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics
        self.stat = store.stat
        self.read_now = store.read_now
        self.list = store.list
        self.remove = store.remove
        self.check = store.check

    def open(self, digest: Digest) -> OpenBlob:
        return MeteredBlob(self._store.open(digest), self._metrics)

    def draft(self, room: int | None) -> Draft:
        return MeteredDraft(self._store.draft(room), self._metrics)

    def adopt(self, path: str) -> Draft:
        return MeteredDraft(self._store.adopt(path), self._metrics)


class MeteredBlob:
    def __init__(self, blob: OpenBlob, metrics: Metrics) -> None:
        self._blob = blob
        self._metrics = metrics
        self.info = blob.info
        self.read = blob.read
        self.descriptor = blob.descriptor
        self.close = blob.close

    def condemn(self) -> bool:
        is_condemned = self._blob.condemn()
        if is_condemned:
            self._metrics.condemned()
        return is_condemned


class MeteredDraft:
    """In flight from its making to its end, whichever that is."""

    def __init__(self, draft: Draft, metrics: Metrics) -> None:
        self._draft = draft
        self._metrics = metrics
        self._is_over = False
        self.write = draft.write
        metrics.upload_begun()

    def commit(self, info: FileInfo) -> Stored:
        try:
            stored = self._draft.commit(info)
        finally:
            self._end()
        self._metrics.stored(is_new=stored.is_new)
        return stored

    def discard(self) -> None:
        try:
            self._draft.discard()
        finally:
            self._end()

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._metrics.upload_ended()
