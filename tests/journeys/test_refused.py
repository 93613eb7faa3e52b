"""Twenty large uploads that are refused at once: each is told why, and nothing is left open."""

import sys
from pathlib import Path

import pytest

from benchmarks.soak.refused import refuse, refusing, senders_here

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts by /proc")


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_refused_uploads_get_their_answer_and_leave_nothing_open(
    tmp_path: Path, server: str
) -> None:
    with refusing(tmp_path, server, megabytes=20) as (bank, body):
        outcome = refuse(bank, senders_here(), body)
    assert outcome.wrong == ()
    assert outcome.is_good, outcome
