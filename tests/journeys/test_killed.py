"""A server that is killed under uploads, and started again, keeps what it has answered for."""

import sys
from pathlib import Path

import pytest

from benchmarks.soak.kill import kill_under_uploads

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds workers by /proc")


def test_nothing_that_was_acknowledged_is_lost_or_broken_by_kills(tmp_path: Path) -> None:
    outcome = kill_under_uploads(tmp_path, kills=3)
    assert outcome.kills == 3
    assert outcome.is_good, outcome
