"""How the mirror is told to people: a line each, at 100 columns too."""

from data_bank_client.cli.job_lines import fitting, short_time
from data_bank_client.wire.hub import (
    ArtifactAnswer,
    HubJobAnswer,
    RepositoryAnswer,
    SnapshotAnswer,
)

SHORT = 12  # digits of a commit, enough to tell it by


def hub_job_line(job: HubJobAnswer) -> str:
    """Id, and how far it is with what."""
    return fitting(f"{job['job_id']}  {job['message']}")


def repository_line(repository: RepositoryAnswer) -> str:
    """Type, status, the commit that was listed last, when, its names, and a note."""
    commit = (repository["commit"] or "-")[:SHORT]
    synced = "-" if repository["synced_at"] is None else short_time(repository["synced_at"])
    what = f"{repository['repo_type']:<7}  {repository['status']:<10}  {commit:<12}"
    who = (repository["repo_id"], _labels(repository), _note(repository))
    return fitting(f"{what}  {synced:<20}  {'  '.join(filter(None, who))}")


def schedule_text(repository: RepositoryAnswer) -> str:
    """How often it is synced by itself, with what, and when it will be."""
    hours, at = repository["sync_hours"], repository["next_sync_at"]
    if hours is None or at is None:
        return "by hand"
    what = "synced and fetched" if repository["auto_sync"] else "listed"
    return f"{what} {every_text(hours)}, next at {short_time(at)}"


def every_text(hours: int) -> str:
    """How often that is."""
    return "every hour" if hours == 1 else f"every {hours} hours"


def _labels(repository: RepositoryAnswer) -> str:
    """Its words for people: `(Org, Inc.: Small)`."""
    words = ": ".join(filter(None, (repository["vendor"], repository["name"])))
    return words and f"({words})"


def _note(repository: RepositoryAnswer) -> str:
    """What was wrong with it, or that the bank has all of its newest listing."""
    if repository["error"] is not None:
        return repository["error"]["message"]
    is_whole = repository["head"] is not None and repository["head"] == repository["commit"]
    return "whole" if is_whole else ""


def artifact_line(artifact: ArtifactAnswer) -> str:
    """Status, bytes, type, path, and what was wrong."""
    trouble = "" if artifact["error"] is None else artifact["error"]["message"]
    status = f"{artifact['status']:<11}  {artifact['size']:>14}  {artifact['type']:<9}"
    return fitting(f"{status}  {artifact['path']}  {trouble}".rstrip())


def snapshot_line(snapshot: SnapshotAnswer) -> str:
    """Commit, when the bank had all of it, files and bytes."""
    made = short_time(snapshot["created_at"])
    return fitting(
        f"{snapshot['commit']}  {made}  {snapshot['files']:>7} files  {snapshot['bytes']} bytes"
    )
