"""Makes snapshots. They appear whole or not at all.

    all artifacts completed, the bank has each ──► a manifest in the bank
         ──► the snapshot, its files, the head: one transaction ──► the bank still has each

While a repository is listed, or a file of it is missing, there is no new snapshot, and the head
stays where it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.orm import Session

from data_bank_api.blobs.receive import Declared, Receiver
from data_bank_api.db.database import Database
from data_bank_api.db.schema import ArtifactRow, RepositoryRow, SnapshotFileRow, SnapshotRow
from data_bank_api.hub.artifact import Artifact
from data_bank_api.hub.artifacts import Artifacts, Wanted, sums_of
from data_bank_api.hub.holdings import Holdings
from data_bank_api.hub.manifest import CONTENT_TYPE, write_manifest
from data_bank_api.hub.repository import read_repository
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Snapshot, of_commit, read_snapshot
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo


@dataclass(frozen=True, slots=True)
class Published:
    name: RepoName
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes snapshots."""

    database: Database
    holdings: Holdings
    receiver: Receiver
    clock: Clock = utc_now

    def publish(self, repository_id: str) -> Snapshot | None:
        """The snapshot of what is listed; None where it is not all there.

        A snapshot of the commit that is equal stays as it is, another is replaced. What the bank
        has lost is to be downloaded again. Raises ServiceUnavailableError where that was removed
        while its snapshot was made: until then nothing said that it is needed.
        """
        ready = self._ready(repository_id)
        if ready is None or not self._is_whole(repository_id):
            return None
        made = self._publish(ready, self._store(ready))
        if made is not None and made.is_new and not self._is_whole(repository_id):
            raise ServiceUnavailableError("a file was removed while the snapshot of it was made")
        return None if made is None else made.snapshot

    def publish_whole(self) -> list[Published]:
        """The snapshots that are made now, of whatever repositories lack one of what is listed."""
        asked = select(RepositoryRow).where(
            RepositoryRow.listed == RepositoryRow.listing,
            RepositoryRow.head.is_distinct_from(RepositoryRow.commit_id),
        )
        with self.database.reading() as session:
            found = [
                (read_repository(row).name, row.repository_id) for row in session.scalars(asked)
            ]
        made = [(name, self.publish(repository_id)) for name, repository_id in found]
        return [Published(name, snapshot) for name, snapshot in made if snapshot is not None]

    def _ready(self, repository_id: str) -> "_Ready | None":
        with self.database.reading() as session:
            return _look(session, repository_id)

    def _is_whole(self, repository_id: str) -> bool:
        """Whether the bank has all that is completed."""
        artifacts = Artifacts(self.database)
        lost = 0
        for batch in artifacts.batches(repository_id, Wanted()):
            missing = [each for each in batch if not self._has(each)]
            artifacts.reopen(missing)
            lost += len(missing)
        return lost == 0

    def _has(self, artifact: Artifact) -> bool:
        digest = artifact.digest
        return digest is not None and self.holdings.has(digest, artifact.file.size)

    def _store(self, ready: "_Ready") -> FileInfo:
        intake = self.receiver.begin(Declared())
        try:
            intake.open()
            for piece in write_manifest(ready.name, ready.commit, self._completed(ready)):
                intake.write(piece)
            return intake.finish(CONTENT_TYPE).info
        finally:
            intake.discard()

    def _completed(self, ready: "_Ready") -> Iterator[Sequence[tuple[Artifact, Digest]]]:
        for batch in Artifacts(self.database).batches(ready.repository_id, Wanted(("completed",))):
            yield [(each, each.digest) for each in batch if each.digest is not None]

    def _publish(self, ready: "_Ready", manifest: FileInfo) -> "_Made | None":
        with self.database.transaction() as session:
            if _look(session, ready.repository_id, is_held=True) != ready:
                return None  # listed anew, or something is missing, in the meantime
            found = session.scalars(of_commit(ready.repository_id, ready.commit)).one_or_none()
            if found is not None and found.manifest != manifest.digest.hex:
                session.execute(
                    delete(SnapshotRow).where(SnapshotRow.snapshot_id == found.snapshot_id)
                )
                found = None
            row = found or self._insert(session, ready, manifest)
            session.execute(
                update(RepositoryRow)
                .where(RepositoryRow.repository_id == ready.repository_id)
                .values(head=ready.commit, state="synced", error=None)
            )
            return _Made(read_snapshot(row), is_new=found is None)

    def _insert(self, session: Session, ready: "_Ready", manifest: FileInfo) -> SnapshotRow:
        row = SnapshotRow(
            repository_id=ready.repository_id,
            commit_id=ready.commit,
            manifest=manifest.digest.hex,
            files=ready.files,
            bytes=ready.bytes,
            created_at=self.clock(),
        )
        session.add(row)
        session.flush()
        columns = ["snapshot_id", "path", "digest", "size", "oid", "is_lfs"]
        files = select(
            literal(row.snapshot_id),
            ArtifactRow.path,
            ArtifactRow.digest,
            ArtifactRow.size,
            ArtifactRow.oid,
            ArtifactRow.sha256.is_not(None),
        ).where(ArtifactRow.repository_id == ready.repository_id)
        session.execute(insert(SnapshotFileRow).from_select(columns, files))
        return row


@dataclass(frozen=True, slots=True)
class _Made:
    snapshot: Snapshot
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    """A repository whose files are all completed: what a snapshot of it is made of."""

    repository_id: str
    name: RepoName
    listing: int
    commit: str
    files: int
    bytes: int


def _look(session: Session, repository_id: str, *, is_held: bool = False) -> _Ready | None:
    """None where it is not all there. Held, nobody else lists it until the transaction ends."""
    asked = select(RepositoryRow).where(RepositoryRow.repository_id == repository_id)
    row = session.scalars(asked.with_for_update(key_share=True) if is_held else asked).one_or_none()
    if row is None or row.commit_id is None or row.listed != row.listing:
        return None
    sums = sums_of(session, repository_id)
    if sums.all != sums.of("completed"):
        return None
    return _Ready(
        repository_id=repository_id,
        name=RepoName.parse(row.repo_type, row.repo_id),
        listing=row.listing,
        commit=row.commit_id,
        files=sums.all.files,
        bytes=sums.all.bytes,
    )
