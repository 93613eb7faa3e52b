"""A small crowd of slow and silent clients: users notice nothing, and it leaves nothing behind."""

import sys
from pathlib import Path

import pytest

from benchmarks.soak.crowd import Crowd, withstand
from tests.running_bank import running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts by /proc")


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_a_crowd_disturbs_nobody_and_leaves_nothing(tmp_path: Path, server: str) -> None:
    """A wrong answer raises within; how quick they are is the machine's affair too."""
    with running(tmp_path, server) as bank:
        outcome = withstand(bank, Crowd(each=20, seconds=2, settling=2))
    assert len(outcome.meanwhile.seconds) > 20
    assert outcome.during.descriptors >= outcome.before.descriptors + 40
    assert outcome.after.descriptors <= outcome.before.descriptors
    assert outcome.after.threads <= outcome.before.threads
