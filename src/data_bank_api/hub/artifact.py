"""An artifact: a file of a repository as it was listed last, and what became of it here.

pending ──► downloading ──► completed          a file that the bank has is completed at once
   ▲             │  └─────► failed             each sync and each download begins these anew
   └─────────────┘
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from data_bank_api.db.schema import ArtifactRow
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.tree import TreeFile
from data_bank_api.hub.trouble import Trouble
from data_bank_client.wire.digest import Digest

ArtifactState = Literal["pending", "downloading", "completed", "failed"]


@dataclass(frozen=True, slots=True)
class Artifact:
    """`digest` is there once it is completed, `error` when it failed or was put back."""

    artifact_id: str
    repository_id: str
    file: TreeFile
    kind: str
    format: str | None
    precision: str | None
    commit: str
    state: ArtifactState
    digest: Digest | None
    error: Trouble | None


@dataclass(frozen=True, slots=True)
class Sum:
    """How many, and of how many bytes."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.files + other.files, self.bytes + other.bytes)


def sum_of(artifacts: Sequence[Artifact]) -> Sum:
    return Sum(len(artifacts), sum(each.file.size for each in artifacts))


@dataclass(frozen=True, slots=True)
class Sums:
    """The artifacts of a repository, by their states."""

    by_state: Mapping[ArtifactState, Sum]

    def of(self, state: ArtifactState) -> Sum:
        return self.by_state.get(state, Sum())

    @property
    def all(self) -> Sum:
        return sum(self.by_state.values(), Sum())


def read_artifact(row: ArtifactRow) -> Artifact:
    file = TreeFile(
        path=HubPath(row.path),  # it was parsed when it was listed
        size=row.size,
        oid=row.oid,
        sha256=None if row.sha256 is None else Digest(row.sha256),
    )
    return Artifact(
        artifact_id=row.artifact_id,
        repository_id=row.repository_id,
        file=file,
        kind=row.kind,
        format=row.format,
        precision=row.precision,
        commit=row.commit_id,
        state=msgspec.convert(row.state, ArtifactState),
        digest=None if row.digest is None else Digest(row.digest),
        error=msgspec.convert(row.error, Trouble | None),
    )
