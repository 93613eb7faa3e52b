"""Contents for wrk are each made once."""

from pathlib import Path

import pytest

from benchmarks.load import contents
from benchmarks.load.contents import Contents


def test_a_run_has_other_contents_than_the_run_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "PER_SECOND", 10)
    made = Contents(tmp_path, "a seed")
    made.renew(2)
    first = Path(f"{made.name}.digests").read_text().split()
    made.renew(1)
    second = Path(f"{made.name}.digests").read_text().split()
    assert (len(first), len(second)) == (20, 10)
    assert not set(first) & set(second)
    assert Path(f"{made.name}.start").read_text() == "20"
    assert second[0] == made.files.digest(20)
