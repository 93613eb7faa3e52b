"""How far a repository is fetched."""

import pytest

from data_bank_api.ui.fetched import fetched
from data_bank_client.wire.hub import ARTIFACT_STATUSES, ArtifactStatus, HubSum


def sums(**given: tuple[int, int]) -> dict[ArtifactStatus, HubSum]:
    """Files and bytes by state; none of the states that are not given."""
    found = {each: given.get(each, (0, 0)) for each in ARTIFACT_STATUSES}
    return {each: HubSum(files=files, bytes=size) for each, (files, size) in found.items()}


@pytest.mark.parametrize(
    ("given", "percent"),
    [
        ({}, 0.0),
        ({"completed": (1, 0)}, 100.0),
        ({"completed": (3, 10), "pending": (1, 30)}, 25.0),
        ({"completed": (1, 0), "failed": (3, 0)}, 25.0),  # of the files: all are empty
        ({"pending": (1, 1), "downloading": (1, 1)}, 0.0),
    ],
)
def test_how_far_is_told_in_percent(given: dict[str, tuple[int, int]], percent: float) -> None:
    assert fetched(sums(**given)).percent == percent


def test_files_that_failed_are_counted_among_all() -> None:
    found = fetched(sums(completed=(2, 5), failed=(3, 7)))
    assert (found.files, found.bytes, found.of_files, found.of_bytes) == (2, 5, 5, 12)
    assert found.failed == 3
