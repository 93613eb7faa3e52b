"""What git's names of files mean: the digest of every file that was verified once, by its SHA-1.

What is remembered outlives its repository, so that nobody fetches the same twice. It is worth
nothing once the bank has lost the file: `LostGitBlobs` finds such rows, some in each run.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_bank_api.blobs.store import BlobReader
from data_bank_api.db.database import Database
from data_bank_api.db.insert import insert_into
from data_bank_api.db.schema import GitBlobRow
from data_bank_client.errors import FileQuarantinedError, NotFoundError
from data_bank_client.wire.digest import Digest

# Rows that one run looks at: as many looks at the store.
LOOKED_AT = 20_000
BATCH = 500


@dataclass(frozen=True, slots=True)
class GitBlob:
    """A file that was verified: `oid` is the SHA-1 of `blob <size>\\0` and its bytes."""

    oid: str
    size: int
    digest: Digest


def remember(session: Session, blobs: Iterable[GitBlob]) -> None:
    """What is remembered already stays as it is."""
    rows = [
        {"oid": each.oid, "size": each.size, "digest": each.digest.hex}
        # In the order of all, so that nobody waits for one who waits.
        for each in sorted(blobs, key=lambda each: each.oid)
    ]
    if rows:
        session.execute(insert_into(session, GitBlobRow).on_conflict_do_nothing(), rows)


def recall(database: Database, oids: Iterable[str]) -> Mapping[tuple[str, int], Digest]:
    """What is known of these, by name and size; be it in the bank or not."""
    asked = select(GitBlobRow).where(GitBlobRow.oid.in_(oids))
    with database.reading() as session:
        return {(row.oid, row.size): Digest(row.digest) for row in session.scalars(asked)}


class LostGitBlobs:
    """Rows whose file is not in the bank any more, of `looked_at` that follow the name `begin`.

    Names are as good as random, so who begins anywhere has seen all of them in the end. It is
    looked once, and what is found is remembered. As `Ended` (queue/ended.py) has it.
    """

    def __init__(
        self, database: Database, store: BlobReader, begin: str, looked_at: int = LOOKED_AT
    ) -> None:
        self._database = database
        self._store = store
        self._begin = begin
        self._looked_at = looked_at
        self._lost: list[str] | None = None

    def count(self) -> int:
        return len(self._found())

    def find(self, limit: int) -> list[str]:
        return self._found()[:limit]

    def remove(self, ids: Sequence[str]) -> int:
        gone = delete(GitBlobRow).where(GitBlobRow.oid.in_(ids))
        with self._database.transaction() as session:
            removed = len(session.scalars(gone.returning(GitBlobRow.oid)).all())
        done = set(ids)
        self._lost = [each for each in self._found() if each not in done]
        return removed

    def _found(self) -> list[str]:
        if self._lost is None:
            rows = islice(self._rows(), self._looked_at)
            self._lost = [oid for oid, digest in rows if self._is_lost(digest)]
        return self._lost

    def _rows(self) -> Iterator[tuple[str, Digest]]:
        """From the beginning on, and around."""
        yield from self._between(self._begin, None)
        yield from self._between("", self._begin)

    def _between(self, after: str, stop: str | None) -> Iterator[tuple[str, Digest]]:
        asked = select(GitBlobRow.oid, GitBlobRow.digest).order_by(GitBlobRow.oid).limit(BATCH)
        if stop is not None:
            asked = asked.where(GitBlobRow.oid <= stop)
        while True:
            with self._database.reading() as session:
                rows = session.execute(asked.where(GitBlobRow.oid > after)).all()
            if not rows:
                return
            for oid, digest in rows:
                yield oid, Digest(digest)
                after = oid

    def _is_lost(self, digest: Digest) -> bool:
        try:
            self._store.stat(digest)
        except NotFoundError:
            return True
        except (FileQuarantinedError, OSError):  # it may come back: nobody knows
            return False
        return False
