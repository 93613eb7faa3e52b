"""What a job of the mirror tells at its end, of each repository that it worked on."""

from collections.abc import Sequence

from data_bank_api.hub.sync import Outcome
from data_bank_client.wire.jobs import JobResult


def result_of(outcomes: Sequence[Outcome]) -> JobResult:
    """`result_id` is the manifest where there is one repository, and its snapshot is complete."""
    manifest = outcomes[0].manifest if len(outcomes) == 1 else None
    return JobResult(
        result_id=None if manifest is None else manifest.digest.hex,
        result_bytes=0 if manifest is None else manifest.size,
        details={"repositories": [_describe(each) for each in outcomes]},
    )


def _describe(outcome: Outcome) -> dict[str, object]:
    repository, sums = outcome.repository, outcome.sums
    return {
        "repository_id": repository.repository_id,
        "repo_type": repository.name.repo_type,
        "repo_id": repository.name.repo_id,
        "commit": repository.commit,
        "head": repository.head,
        "files": sums.all.files,
        "bytes": sums.all.bytes,
        "files_completed": sums.of("completed").files,
        "bytes_moved": outcome.moved,
        "manifest": None if outcome.manifest is None else outcome.manifest.digest.hex,
    }
