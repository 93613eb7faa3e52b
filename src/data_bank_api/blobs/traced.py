"""A store whose work shows in traces: what is opened, committed and removed, by its digest.

Traced(store)     a `BlobStore`, as the one that it wraps
"""

from data_bank_api.blobs.store import BlobStore, Draft, OpenBlob, Stored
from data_bank_api.tracing.span import inner
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

_FILE, _BYTES = "databank.file_id", "databank.bytes"


class Traced:
    def __init__(self, store: BlobStore) -> None:
        self._store = store
        self.stat = store.stat
        self.read_now = store.read_now
        self.list = store.list
        self.check = store.check

    def open(self, digest: Digest) -> OpenBlob:
        with inner("store open", {_FILE: digest.hex}):
            return self._store.open(digest)

    def draft(self, room: int | None) -> Draft:
        return TracedDraft(self._store.draft(room))

    def adopt(self, path: str) -> Draft:
        return TracedDraft(self._store.adopt(path))

    def remove(self, digest: Digest) -> bool:
        with inner("store remove", {_FILE: digest.hex}):
            return self._store.remove(digest)


class TracedDraft:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.write = draft.write
        self.discard = draft.discard

    def commit(self, info: FileInfo) -> Stored:
        with inner("store commit", {_FILE: info.digest.hex, _BYTES: info.size}):
            return self._draft.commit(info)
