"""The artifacts of all repositories: found, counted, and what becomes of each.

What a download tells of an artifact counts only while it is still the same content: a sync may
have found another in its place. What was completed is remembered by git's name for it, too.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import IS_OPEN_IN_GIT, IS_OPEN_IN_LFS, ArtifactRow, RepositoryRow
from data_bank_api.hub.artifact import Artifact, ArtifactState, Sum, Sums, read_artifact
from data_bank_api.hub.git_blobs import GitBlob, remember
from data_bank_api.hub.tree import TreeFile
from data_bank_api.hub.trouble import Trouble
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.digest import Digest

BATCH = 500

_SIZES = func.sum(ArtifactRow.size)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which artifacts of a repository: None for any."""

    states: tuple[ArtifactState, ...] | None = None
    kinds: tuple[str, ...] | None = None


OPEN: tuple[ArtifactState, ...] = ("pending", "downloading", "failed")


@dataclass(frozen=True, slots=True)
class Artifacts:
    database: Database

    def list(
        self, repository_id: str, wanted: Wanted, after: str | None, limit: int
    ) -> list[Artifact]:
        """Those behind a path, in the order of their paths."""
        asked = select(ArtifactRow).where(ArtifactRow.repository_id == repository_id)
        if wanted.states is not None:
            asked = asked.where(ArtifactRow.state.in_(wanted.states))
        if wanted.kinds is not None:
            asked = asked.where(ArtifactRow.kind.in_(wanted.kinds))
        if after is not None:
            asked = asked.where(ArtifactRow.path > after)
        with self.database.reading() as session:
            rows = session.scalars(asked.order_by(ArtifactRow.path).limit(limit))
            return [read_artifact(row) for row in rows]

    def batches(self, repository_id: str, wanted: Wanted) -> Iterator[Sequence[Artifact]]:
        """All of them, in the order of their paths; each batch as it is when it is asked for."""
        after: str | None = None
        while found := self.list(repository_id, wanted, after, BATCH):
            yield found
            after = found[-1].file.path.text

    def get(self, artifact_ids: Sequence[str]) -> Sequence[Artifact]:
        """In any order, up to BATCH of them. Raises NotFoundError where one is not there."""
        asked = select(ArtifactRow).where(ArtifactRow.artifact_id.in_(artifact_ids))
        with self.database.reading() as session:
            found = [read_artifact(row) for row in session.scalars(asked)]
        missing = set(artifact_ids) - {each.artifact_id for each in found}
        if missing:
            raise NotFoundError(f"there is no artifact {min(missing)[:100]}")
        return found

    def waiting_for(
        self, blobs: Collection[GitBlob]
    ) -> Iterator[Sequence[tuple[Artifact, Digest]]]:
        """Those of any repository that are not completed and are one of these files, and which.

        Up to BATCH files. They may be completed while it goes on.
        """
        names = {each.oid: each for each in blobs} | {each.digest.hex: each for each in blobs}
        by_sha256 = ArtifactRow.sha256.in_([each.digest.hex for each in blobs])
        by_oid = ArtifactRow.oid.in_([each.oid for each in blobs])
        for some in (and_(IS_OPEN_IN_LFS, by_sha256), and_(IS_OPEN_IN_GIT, by_oid)):
            for found in self._all_of(some):
                pairs = [(each, names[_name_of(each.file)]) for each in found]
                yield [(each, blob.digest) for each, blob in pairs if each.file.size == blob.size]

    def _all_of(self, some: ColumnElement[bool]) -> Iterator[Sequence[Artifact]]:
        asked = select(ArtifactRow).where(some).order_by(ArtifactRow.artifact_id)
        after = ""
        while True:
            with self.database.reading() as session:
                rows = session.scalars(asked.where(ArtifactRow.artifact_id > after).limit(BATCH))
                found = [read_artifact(row) for row in rows]
            if not found:
                return
            yield found
            after = found[-1].artifact_id

    def sums(self, repository_id: str) -> Sums:
        with self.database.reading() as session:
            return sums_of(session, repository_id)

    def sums_of_each(self, repository_ids: Sequence[str]) -> Mapping[str, Sums]:
        """Those of a page of repositories; of one without artifacts nothing."""
        asked = (
            select(ArtifactRow.repository_id, ArtifactRow.state, func.count(), _SIZES)
            .where(ArtifactRow.repository_id.in_(repository_ids))
            .group_by(ArtifactRow.repository_id, ArtifactRow.state)
        )
        found: dict[str, dict[str, Sum]] = {}
        with self.database.reading() as session:
            for repository_id, state, files, size in session.execute(asked):
                found.setdefault(repository_id, {})[state] = Sum(files, int(size))
        return {each: _sums(by_state) for each, by_state in found.items()}

    def begin(self, artifacts: Sequence[Artifact]) -> None:
        """They are downloaded just now, unless they are completed."""
        self._change(artifacts, "downloading", None)

    def put_back(self, artifacts: Sequence[Artifact], trouble: Trouble | None = None) -> None:
        """They are to be downloaded, unless they are completed."""
        self._change(artifacts, "pending", trouble)

    def fail(self, artifacts: Sequence[Artifact], trouble: Trouble) -> None:
        self._change(artifacts, "failed", trouble)

    def complete(self, done: Sequence[tuple[Artifact, Digest]]) -> None:
        """The bank has these, verified."""
        if not done:
            return
        with self.database.transaction() as session:
            for artifact, digest in sorted(done, key=lambda each: _order(each[0])):
                same = update(ArtifactRow).where(*_is_still(artifact))
                session.execute(same.values(state="completed", digest=digest.hex, error=None))
            plain = [each for each in done if each[0].file.sha256 is None]
            remember(session, [GitBlob(each.file.oid, each.file.size, at) for each, at in plain])

    def reopen(self, artifacts: Sequence[Artifact]) -> None:
        """The bank has lost these: they are to be downloaded again."""
        if not artifacts:
            return
        ids = {each.repository_id for each in artifacts}
        held = select(RepositoryRow.repository_id).where(RepositoryRow.repository_id.in_(ids))
        with self.database.transaction() as session:
            # Not while a snapshot is made of them.
            session.execute(
                held.order_by(RepositoryRow.repository_id).with_for_update(key_share=True)
            )
            for each in sorted(artifacts, key=_order):
                lost = update(ArtifactRow).where(*_is_still(each))
                session.execute(lost.values(state="pending", digest=None))

    def _change(
        self, artifacts: Sequence[Artifact], state: ArtifactState, trouble: Trouble | None
    ) -> None:
        if not artifacts:
            return
        with self.database.transaction() as session:
            for each in sorted(artifacts, key=_order):
                change = update(ArtifactRow).where(
                    *_is_still(each), ArtifactRow.state != "completed"
                )
                session.execute(change.values(state=state, error=trouble))


def sums_of(session: Session, repository_id: str) -> Sums:
    asked = (
        select(ArtifactRow.state, func.count(), _SIZES)
        .where(ArtifactRow.repository_id == repository_id)
        .group_by(ArtifactRow.state)
    )
    return _sums({state: Sum(files, int(size)) for state, files, size in session.execute(asked)})


def _sums(by_state: Mapping[str, Sum]) -> Sums:
    return Sums(msgspec.convert(by_state, dict[ArtifactState, Sum]))


def _name_of(file: TreeFile) -> str:
    """By which its content is known."""
    return file.oid if file.sha256 is None else file.sha256.hex


def _order(artifact: Artifact) -> tuple[str, str]:
    """That in which rows are changed by all, so that nobody waits for one who waits."""
    return artifact.repository_id, artifact.file.path.text


def _is_still(artifact: Artifact) -> tuple[ColumnElement[bool], ...]:
    file = artifact.file
    sha256 = None if file.sha256 is None else file.sha256.hex
    return (
        ArtifactRow.artifact_id == artifact.artifact_id,
        ArtifactRow.oid == file.oid,
        ArtifactRow.size == file.size,
        ArtifactRow.sha256.is_not_distinct_from(sha256),
    )
