"""What the routes of the Hub mirror tell: repositories, artifacts and snapshots on the wire."""

from datetime import datetime

import msgspec

from data_bank_api.hub.artifact import Artifact, Sums
from data_bank_api.hub.repository import Repository
from data_bank_api.hub.snapshots import Snapshot
from data_bank_api.hub.trouble import Trouble
from data_bank_api.queue.job import Job
from data_bank_client.wire.hub import (
    ARTIFACT_STATUSES,
    ArtifactAnswer,
    ArtifactStatus,
    ArtifactType,
    HubJobAnswer,
    HubSum,
    HubTrouble,
    RepositoryAnswer,
    RepositoryDetail,
    SnapshotAnswer,
)
from data_bank_client.wire.times import format_time


def tell_job(job: Job, doing: str) -> HubJobAnswer:
    """`doing` says what it does: the sync of org/name."""
    return HubJobAnswer(job_id=job.job_id, status=job.state, message=f"{doing}: {job.state}")


def tell_repository(repository: Repository) -> RepositoryAnswer:
    asked = repository.asked
    return RepositoryAnswer(
        repository_id=repository.repository_id,
        repo_type=asked.name.repo_type,
        repo_id=asked.name.repo_id,
        revision=asked.revision,
        vendor=asked.vendor,
        name=asked.label,
        include=list(asked.patterns.include),
        exclude=list(asked.patterns.exclude),
        auto_sync=asked.auto_sync,
        sync_hours=asked.hours,
        status=repository.state,
        error=_tell_trouble(repository.error),
        commit=repository.commit,
        head=repository.head,
        registered_at=format_time(repository.registered_at),
        synced_at=_tell_time(repository.synced_at),
        next_sync_at=_tell_time(repository.next_sync_at),
    )


def tell_detail(repository: Repository, sums: Sums) -> RepositoryDetail:
    return RepositoryDetail(**tell_repository(repository), artifacts=tell_sums(sums))


def tell_sums(sums: Sums) -> dict[ArtifactStatus, HubSum]:
    counted = {each: sums.of(each) for each in ARTIFACT_STATUSES}
    return {each: HubSum(files=sum_.files, bytes=sum_.bytes) for each, sum_ in counted.items()}


def tell_artifact(artifact: Artifact) -> ArtifactAnswer:
    file, digest = artifact.file, artifact.digest
    return ArtifactAnswer(
        artifact_id=artifact.artifact_id,
        repository_id=artifact.repository_id,
        path=file.path.text,
        size=file.size,
        type=msgspec.convert(artifact.kind, ArtifactType),
        format=artifact.format,
        precision=artifact.precision,
        commit=artifact.commit,
        oid=file.oid,
        sha256=None if file.sha256 is None else file.sha256.hex,
        status=artifact.state,
        file_id=None if digest is None else digest.hex,
        error=_tell_trouble(artifact.error),
    )


def tell_snapshot(repository_id: str, snapshot: Snapshot) -> SnapshotAnswer:
    return SnapshotAnswer(
        repository_id=repository_id,
        commit=snapshot.commit,
        manifest_id=snapshot.manifest.hex,
        files=snapshot.files,
        bytes=snapshot.bytes,
        created_at=format_time(snapshot.created_at),
    )


def _tell_time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _tell_trouble(trouble: Trouble | None) -> HubTrouble | None:
    return None if trouble is None else HubTrouble(**trouble)
