"""One listing of a repository: its files as they are at a commit, taken page by page.

    begin ──► take ──► take ──► ... ──► finish       the commit is listed, what is gone is removed

Cut off anywhere, or overtaken by another that began later, a listing changes nothing any more, and
the repository counts as not listed until one is finished: no snapshot is made of a half.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.insert import insert_into
from data_bank_api.db.schema import ArtifactRow, RepositoryRow
from data_bank_api.hub.file_kind import classify
from data_bank_api.hub.tree import TreeFile
from data_bank_api.queue.clock import Clock
from data_bank_client.errors import ConflictError, NotFoundError
from data_bank_client.wire.digest import Digest

# So many artifacts are removed in one transaction: it holds up others no longer than that.
SOME = 5000
# So many artifacts of listings that were not finished are kept, for who listed them to find them
# again. One that fails again and again, each time of other files, leaves no more than these.
MOST_LEFT = 1_000_000
# What stays as it was where a path was listed before.
_KEPT = {"artifact_id", "repository_id", "path"}


class OvertakenError(ConflictError):
    """Another listing of the repository began later, or the repository is gone."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Made by `begin_listing`; `number` is that of the repository's listing."""

    database: Database
    repository_id: str
    commit: str
    tensors: Mapping[str, int]
    number: int

    def take(self, files: Sequence[TreeFile], held: Mapping[TreeFile, Digest]) -> None:
        """Some files, and which of them the bank has: those are completed, others pending.

        Raises OvertakenError.
        """
        # In the order in which others change them, so that nobody waits for one who waits.
        by_path = {each.path: self._values(each, held.get(each)) for each in _in_order(files)}
        with self.database.transaction() as session:
            self._check(session)
            new = insert_into(session, ArtifactRow)
            columns = {name: new.excluded[name] for name in _columns() if name not in _KEPT}
            wanted = new.on_conflict_do_update(
                index_elements=["repository_id", "path"], set_=columns
            )
            session.execute(wanted, list(by_path.values()))

    def finish(self, clock: Clock) -> None:
        """Every file was taken. Raises OvertakenError."""
        self._remove(ArtifactRow.listing != self.number)
        change = (
            update(RepositoryRow)
            .where(RepositoryRow.repository_id == self.repository_id)
            .values(listed=self.number, commit_id=self.commit, synced_at=clock())
        )
        with self.database.transaction() as session:
            self._check(session)
            session.execute(change)

    def remove_left(self, most: int) -> None:
        """Where listings that were not finished have left more than so many artifacts, remove
        these. Raises OvertakenError."""
        finished = select(RepositoryRow.listed).where(
            RepositoryRow.repository_id == self.repository_id
        )
        is_left = ArtifactRow.listing != finished.scalar_subquery()
        count = (
            select(func.count())
            .select_from(ArtifactRow)
            .where(ArtifactRow.repository_id == self.repository_id, is_left)
        )
        with self.database.reading() as session:
            left = session.scalars(count).one()
        if left > most:
            self._remove(is_left)

    def _remove(self, which: ColumnElement[bool]) -> None:
        while self._remove_some(which):
            pass

    def _remove_some(self, which: ColumnElement[bool]) -> bool:
        """Whether there was any."""
        some = (
            select(ArtifactRow.artifact_id)
            .where(ArtifactRow.repository_id == self.repository_id, which)
            .limit(SOME)
        )
        gone = delete(ArtifactRow).where(ArtifactRow.artifact_id.in_(some))
        with self.database.transaction() as session:
            self._check(session)
            return bool(session.scalars(gone.returning(ArtifactRow.artifact_id)).all())

    def _check(self, session: Session) -> None:
        """The row is held until the transaction ends, so no other listing begins meanwhile."""
        asked = (
            select(RepositoryRow.listing)
            .where(RepositoryRow.repository_id == self.repository_id)
            .with_for_update(key_share=True)
        )
        if session.scalars(asked).one_or_none() != self.number:
            raise OvertakenError("the repository was removed, or is listed anew, in the meantime")

    def _values(self, file: TreeFile, digest: Digest | None) -> dict[str, object]:
        found = classify(file.path.text, self.tensors)
        return {
            "artifact_id": uuid.uuid4().hex,
            "repository_id": self.repository_id,
            "path": file.path.text,
            "size": file.size,
            "oid": file.oid,
            "sha256": None if file.sha256 is None else file.sha256.hex,
            "kind": found.kind,
            "format": found.file_format,
            "precision": found.precision,
            "commit_id": self.commit,
            "listing": self.number,
            "state": "pending" if digest is None else "completed",
            "digest": None if digest is None else digest.hex,
            "error": None,
        }


def begin_listing(
    database: Database,
    repository_id: str,
    commit: str,
    tensors: Mapping[str, int],
    most_left: int = MOST_LEFT,
) -> Listing:
    """`tensors`: the parameters of each dtype, as far as the Hub knows them.

    From here on no other listing of the repository is heard. Raises NotFoundError, OvertakenError.
    """
    change = (
        update(RepositoryRow)
        .where(RepositoryRow.repository_id == repository_id)
        .values(listing=RepositoryRow.listing + 1)
        .returning(RepositoryRow.listing)
    )
    with database.transaction() as session:
        number = session.scalars(change).one_or_none()
    if number is None:
        raise NotFoundError("there is no such repository")
    listing = Listing(database, repository_id, commit, tensors, number)
    listing.remove_left(most_left)
    return listing


def _in_order(files: Sequence[TreeFile]) -> list[TreeFile]:
    return sorted(files, key=lambda each: each.path)


def _columns() -> list[str]:
    return [column.key for column in ArtifactRow.__table__.columns]
