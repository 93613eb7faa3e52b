"""The snapshots of repositories: what a commit was made of, each path with its digest.

They are made by the publisher, and do not change: whoever finds one may rely on all of it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, union_all

from data_bank_api.db.database import Database
from data_bank_api.db.schema import RepositoryRow, SnapshotFileRow, SnapshotRow
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.repository_name import RepoName
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`manifest` is the id of a file in the bank; `bytes` those of all `files` together."""

    snapshot_id: int
    commit: str
    manifest: Digest
    files: int
    bytes: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """`oid` as git has it, for a file in LFS that of its pointer."""

    path: HubPath
    digest: Digest
    size: int
    oid: str
    is_lfs: bool


@dataclass(frozen=True, slots=True)
class Need:
    """A snapshot that a file is needed for: its own files, or its manifest."""

    name: RepoName
    commit: str


@dataclass(frozen=True, slots=True)
class Snapshots:
    database: Database

    def newest(self, repository_id: str, before: int | None, limit: int) -> list[Snapshot]:
        """Newest first, those made before one."""
        asked = select(SnapshotRow).where(SnapshotRow.repository_id == repository_id)
        if before is not None:
            asked = asked.where(SnapshotRow.snapshot_id < before)
        with self.database.reading() as session:
            rows = session.scalars(asked.order_by(SnapshotRow.snapshot_id.desc()).limit(limit))
            return [read_snapshot(row) for row in rows]

    def get(self, repository_id: str, commit: str) -> Snapshot:
        """Raises NotFoundError."""
        with self.database.reading() as session:
            row = session.scalars(of_commit(repository_id, commit)).one_or_none()
        if row is None:
            raise NotFoundError("there is no snapshot of this commit")
        return read_snapshot(row)

    def files(self, snapshot: Snapshot, after: str | None, limit: int) -> list[SnapshotFile]:
        """Those behind a path, in the order of their paths."""
        asked = select(SnapshotFileRow).where(
            SnapshotFileRow.snapshot_id == snapshot.snapshot_id,
            SnapshotFileRow.path > (after or ""),
        )
        with self.database.reading() as session:
            rows = session.scalars(asked.order_by(SnapshotFileRow.path).limit(limit))
            return [_read_file(row) for row in rows]

    def file(self, snapshot: Snapshot, path: str) -> SnapshotFile | None:
        asked = select(SnapshotFileRow).where(
            SnapshotFileRow.snapshot_id == snapshot.snapshot_id, SnapshotFileRow.path == path
        )
        with self.database.reading() as session:
            row = session.scalars(asked).one_or_none()
        return None if row is None else _read_file(row)

    def needs(self, digest: Digest, limit: int) -> list[Need]:
        """Some of the snapshots that a file is needed for, each once."""
        of_files = select(SnapshotFileRow.snapshot_id).where(SnapshotFileRow.digest == digest.hex)
        manifests = select(SnapshotRow.snapshot_id).where(SnapshotRow.manifest == digest.hex)
        needed = union_all(of_files.limit(limit).subquery().select(), manifests)
        asked = (
            select(RepositoryRow.repo_type, RepositoryRow.repo_id, SnapshotRow.commit_id)
            .join(SnapshotRow, SnapshotRow.repository_id == RepositoryRow.repository_id)
            .where(SnapshotRow.snapshot_id.in_(needed))
            .order_by(SnapshotRow.snapshot_id)
            .limit(limit)
        )
        with self.database.reading() as session:
            rows = session.execute(asked).all()
        return [Need(RepoName.parse(kind, name), commit) for kind, name, commit in rows]


def of_commit(repository_id: str, commit: str) -> Select[SnapshotRow]:
    """Of one, or none."""
    return select(SnapshotRow).where(
        SnapshotRow.repository_id == repository_id, SnapshotRow.commit_id == commit
    )


def read_snapshot(row: SnapshotRow) -> Snapshot:
    return Snapshot(
        snapshot_id=row.snapshot_id,
        commit=row.commit_id,
        manifest=Digest(row.manifest),
        files=row.files,
        bytes=row.bytes,
        created_at=row.created_at,
    )


def _read_file(row: SnapshotFileRow) -> SnapshotFile:
    path = HubPath(row.path)  # it was parsed when it was listed
    return SnapshotFile(path, Digest(row.digest), row.size, row.oid, row.is_lfs)
