"""A job whose processes are killed in the middle runs again, and everybody sees each step."""

import sys
from pathlib import Path

import pytest

from benchmarks.soak.jobs import kill_under_jobs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes by /proc")

# Fifteen seconds is the promise; the machine may be busy with other tests (make soak says more).
AGAIN_SECONDS = 60.0


def test_a_job_outlives_the_kill_of_its_worker_of_its_child_and_of_the_parent_alone(
    tmp_path: Path,
) -> None:
    kinds = ("worker", "child", "parent")
    outcome = kill_under_jobs(tmp_path, len(kinds), kinds)
    assert outcome.is_good, outcome
    assert list(outcome.again) == list(kinds)
    assert all(max(each) < AGAIN_SECONDS for each in outcome.again.values())
