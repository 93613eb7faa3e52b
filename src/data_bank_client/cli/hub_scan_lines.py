"""What came of a scan, for people: a line for all that was taken, and one for each reason."""

from typing import TypedDict

import msgspec

from data_bank_client.cli.job_lines import fitting
from data_bank_client.errors import UnexpectedAnswerError
from data_bank_client.wire.jobs import JobDetail


class _Skipped(TypedDict):
    count: int
    first: list[str]


class _Reasons(TypedDict):
    reasons: dict[str, _Skipped]


class _Details(TypedDict):
    files: int
    bytes: int
    files_new: int
    artifacts_completed: int
    skipped: _Reasons


def scan_lines(job: JobDetail) -> list[str]:
    """Raises UnexpectedAnswerError for a job that tells something else."""
    result = job["result"]
    try:
        told = msgspec.convert(None if result is None else result["details"], _Details)
    except msgspec.ValidationError as error:
        raise UnexpectedAnswerError(f"the scan's result cannot be read: {error}") from error
    new = f"{told['files_new']} of them new"
    completed = f"{told['artifacts_completed']} artifacts completed"
    first = f"{told['files']} files, {told['bytes']} bytes, {new}; {completed}"
    reasons = told["skipped"]["reasons"].items()
    return [fitting(first), *(_skipped_line(reason, skipped) for reason, skipped in reasons)]


def _skipped_line(reason: str, skipped: _Skipped) -> str:
    return fitting(f"skipped {skipped['count']}, {reason}: {', '.join(skipped['first'])}")
