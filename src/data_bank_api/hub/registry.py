"""The repositories that are mirrored: registered, looked at, changed, removed.

One with a schedule has the time of its next sync. Who asks for a sync that is due plans the one
after it in the same transaction, so of several who look at once one asks.

A removal takes the listing and the snapshots along, never a file of the bank. It is done in steps,
since there may be millions of rows: cut off in the middle, the repository is still there, as one
that was never listed, and can be removed again or synced.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import ArtifactRow, RepositoryRow, SnapshotRow
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.repository import Registration, Repository, RepositoryState, read_repository
from data_bank_api.hub.repository_name import RepoName, RepoType
from data_bank_api.hub.trouble import Trouble
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.place import Place, page_after
from data_bank_client.errors import ConflictError, NotFoundError
from data_bank_client.wire.hub import REPO_TYPES

# So many artifacts are removed in one transaction: it holds up others no longer than that.
SOME = 5000


@dataclass(frozen=True, slots=True)
class Registry:
    database: Database
    clock: Clock = utc_now

    def register(self, asked: Registration) -> Repository:
        """Raises ConflictError where the repository is registered already."""
        with self.database.transaction() as session:
            return self.add(session, asked)

    def add(self, session: Session, asked: Registration) -> Repository:
        """As `register`, in a transaction with what else is written there: its first sync."""
        now = self.clock()
        row = RepositoryRow(
            repository_id=uuid.uuid4().hex,
            repo_type=asked.name.repo_type,
            repo_id=asked.name.repo_id,
            revision=asked.revision,
            vendor=asked.vendor,
            name=asked.label,
            include=list(asked.patterns.include),
            exclude=list(asked.patterns.exclude),
            sync_hours=asked.sync_hours,
            auto_sync=asked.auto_sync,
            next_sync_at=asked.next_after(now, now),
            state="registered",
            listing=0,
            listed=0,
            registered_at=now,
        )
        try:
            session.add(row)
            session.flush()
        except IntegrityError as error:
            what = f"the {asked.name.repo_type} {asked.name}"
            raise ConflictError(f"{what} is registered already: sync or change it") from error
        return read_repository(row)

    def get(self, repository_id: str) -> Repository:
        """Raises NotFoundError."""
        with self.database.reading() as session:
            row = session.get(RepositoryRow, repository_id)
        if row is None:
            raise NotFoundError("there is no such repository")
        return read_repository(row)

    def find(self, name: RepoName) -> Repository:
        """Raises NotFoundError."""
        asked = select(RepositoryRow).where(
            RepositoryRow.repo_type == name.repo_type, RepositoryRow.repo_id == name.repo_id
        )
        with self.database.reading() as session:
            row = session.scalars(asked).one_or_none()
        if row is None:
            raise NotFoundError(f"the {name.repo_type} {name} is not registered")
        return read_repository(row)

    def newest(
        self,
        after: Place | None,
        limit: int,
        repo_type: RepoType | None = None,
        repo_id: str | None = None,
    ) -> list[Repository]:
        """Those after a place, newest first, of one type or of both, of one name or of any."""
        found = select(RepositoryRow)
        if repo_type is not None:
            found = found.where(RepositoryRow.repo_type == repo_type)
        if repo_id is not None:
            # The types are named: what finds a name begins with them.
            found = found.where(
                RepositoryRow.repo_type.in_(REPO_TYPES), RepositoryRow.repo_id == repo_id
            )
        ids = RepositoryRow.repository_id
        asked = page_after(after, limit, found, RepositoryRow.registered_at, ids)
        with self.database.reading() as session:
            return [read_repository(row) for row in session.scalars(asked)]

    def change(
        self, repository_id: str, revise: Callable[[Registration], Registration]
    ) -> Repository:
        """What is asked for is another now; what is listed stays until the next sync.

        Raises NotFoundError, and what `revise` raises.
        """
        wanted = select(RepositoryRow).where(RepositoryRow.repository_id == repository_id)
        with self.database.transaction() as session:
            row = session.scalars(wanted.with_for_update(key_share=True)).one_or_none()
            if row is None:
                raise NotFoundError("there is no such repository")
            before = read_repository(row)
            asked = revise(before.asked)
            row.revision, row.vendor, row.name = asked.revision, asked.vendor, asked.label
            row.include, row.exclude = list(asked.patterns.include), list(asked.patterns.exclude)
            row.sync_hours, row.auto_sync = asked.sync_hours, asked.auto_sync
            row.next_sync_at = _planned(before, asked, self.clock())
            session.flush()
            return read_repository(row)

    def due(self, limit: int) -> list[Repository]:
        """Some of those that are to be synced by now, the longest due first."""
        asked = (
            select(RepositoryRow)
            .where(RepositoryRow.next_sync_at <= self.clock())
            .order_by(RepositoryRow.next_sync_at, RepositoryRow.repository_id)
            .limit(limit)
        )
        with self.database.reading() as session:
            return [read_repository(row) for row in session.scalars(asked)]

    def plan_next(self, session: Session, due: Repository) -> None:
        """Plan the sync after the one that is due.

        Raises ConflictError where another did, or it was changed or removed.
        """
        now = self.clock()
        change = (
            update(RepositoryRow)
            .where(RepositoryRow.repository_id == due.repository_id)
            .where(RepositoryRow.next_sync_at == due.next_sync_at)
            .values(next_sync_at=due.asked.next_after(due.next_sync_at or now, now))
            .returning(RepositoryRow.repository_id)
        )
        if session.scalars(change).one_or_none() is None:
            raise ConflictError("somebody else asked for this sync, or changed the repository")

    def mark(
        self, repository_id: str, state: RepositoryState, error: Trouble | None = None
    ) -> None:
        """How its last try went. Of one that is gone nothing is kept.

        It is not synced while it is listed.
        """
        change = update(RepositoryRow).where(RepositoryRow.repository_id == repository_id)
        if state == "synced":
            change = change.where(RepositoryRow.listed == RepositoryRow.listing)
        with self.database.transaction() as session:
            session.execute(change.values(state=state, error=error))

    def remove(self, repository_id: str) -> None:
        """Raises NotFoundError."""
        self._forget(repository_id)
        while self._remove_snapshot(repository_id) or self._remove_artifacts(repository_id):
            pass
        gone = delete(RepositoryRow).where(RepositoryRow.repository_id == repository_id)
        with self.database.transaction() as session:
            session.execute(gone)

    def _forget(self, repository_id: str) -> None:
        """From here on it was never listed, and what lists it just now is told so."""
        change = (
            update(RepositoryRow)
            .where(RepositoryRow.repository_id == repository_id)
            .values(
                listing=RepositoryRow.listing + 1,
                state="registered",
                error=None,
                commit_id=None,
                head=None,
                next_sync_at=None,
            )
            .returning(RepositoryRow.repository_id)
        )
        with self.database.transaction() as session:
            if session.scalars(change).one_or_none() is None:
                raise NotFoundError("there is no such repository")

    def _remove_snapshot(self, repository_id: str) -> bool:
        """Remove one: whether there was one."""
        one = (
            select(SnapshotRow.snapshot_id)
            .where(SnapshotRow.repository_id == repository_id)
            .limit(1)
        )
        gone = delete(SnapshotRow).where(SnapshotRow.snapshot_id.in_(one))
        with self.database.transaction() as session:
            return bool(session.scalars(gone.returning(SnapshotRow.snapshot_id)).all())

    def _remove_artifacts(self, repository_id: str) -> bool:
        """Remove some: whether there were any."""
        some = (
            select(ArtifactRow.artifact_id)
            .where(ArtifactRow.repository_id == repository_id)
            .limit(SOME)
        )
        gone = delete(ArtifactRow).where(ArtifactRow.artifact_id.in_(some))
        with self.database.transaction() as session:
            return bool(session.scalars(gone.returning(ArtifactRow.artifact_id)).all())


def _planned(before: Repository, asked: Registration, now: datetime) -> datetime | None:
    """When a repository whose registration is another now is synced next.

    What is to keep itself whole, or another whole, from now on begins with that now.
    """
    if asked.auto_sync and _whole(asked) != _whole(before.asked):
        return now
    if asked.hours == before.asked.hours:
        return before.next_sync_at
    if asked.hours is None:
        return None
    return max((before.synced_at or before.registered_at) + timedelta(hours=asked.hours), now)


def _whole(asked: Registration) -> tuple[bool, str, Patterns]:
    """Whether it keeps itself whole, and what that is."""
    return asked.auto_sync, asked.revision, asked.patterns
