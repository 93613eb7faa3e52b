"""What the bank has already of the files that the Hub lists, before a byte moves.

A file in LFS is known by its SHA-256. Git names any other by a SHA-1: which digest that is, is
remembered of every file that was verified, whatever repository it was in and be that still here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_bank_api.blobs.store import BlobReader
from data_bank_api.db.database import Database
from data_bank_api.hub.git_blobs import recall
from data_bank_api.hub.tree import TreeFile
from data_bank_client.errors import FileQuarantinedError, NotFoundError
from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class Holdings:
    database: Database
    store: BlobReader

    def find(self, files: Sequence[TreeFile]) -> Mapping[TreeFile, Digest]:
        """Of some files those that are in the bank, sound and of the size that the Hub says."""
        plain = [each.oid for each in files if each.sha256 is None]
        remembered = recall(self.database, plain)
        found: dict[TreeFile, Digest] = {}
        for each in files:
            digest = each.sha256 or remembered.get((each.oid, each.size))
            if digest is not None and self.has(digest, each.size):
                found[each] = digest
        return found

    def has(self, digest: Digest, size: int) -> bool:
        try:
            return self.store.stat(digest).size == size
        except (NotFoundError, FileQuarantinedError):
            return False
