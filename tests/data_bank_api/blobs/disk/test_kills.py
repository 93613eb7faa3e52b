"""Killed with -9 before or after any call that changes a store: the next start is well.

The kills are those of real processes; what they left is looked at here.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.disk import (
    SCENARIOS,
    Scenario,
    Seen,
    files_in,
    is_sidecar_valid,
    is_tidy,
    look,
    names_of,
    open_store,
    restart,
    take_back,
)
from tests.fakes.files import describe, put
from tests.fakes.killed import AGAIN, CONTENT, DIGEST

Kill = Callable[[str, Scenario], list[Path]]

BEFORE = pytest.mark.parametrize("before", SCENARIOS, ids=lambda each: each.__name__)


@pytest.fixture(params=["before", "after"])
def kill(request: pytest.FixtureRequest, tmp_path: Path) -> Kill:
    """Kills at each call of a verb in a scenario; the roots that the dead left."""
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}

    def run(verb: str, before: Scenario) -> list[Path]:
        arguments = [str(tmp_path), verb, before.__name__, str(request.param)]
        command = [sys.executable, "-m", "tests.fakes.killed", *arguments]
        done = subprocess.run(
            command,
            cwd=Path(__file__).parents[4],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == ""
        return [tmp_path / str(at) for at in range(1, int(done.stdout) + 1)]

    return run


def old_state(tmp_path: Path, before: Scenario) -> Seen:
    root = tmp_path / "undisturbed"
    root.mkdir()
    before(root, CONTENT)
    return look(root, DIGEST)


def ignoring_date(seen: Seen) -> Seen:
    return seen if isinstance(seen, str) else (describe(seen[1], seen[0].content_type), seen[1])


@BEFORE
@pytest.mark.parametrize(("verb", "calls"), [("upload", 14), ("adopt", 8)])
def test_an_upload_killed_anywhere_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, kill: Kill, before: Scenario, verb: str, calls: int
) -> None:
    old = ignoring_date(old_state(tmp_path, before))
    roots = kill(verb, before)
    assert len(roots) >= calls
    for root in roots:
        take_back(root, CONTENT)
        found = look(root, DIGEST)
        is_new = not isinstance(found, str) and found[1] == CONTENT
        assert is_new or ignoring_date(found) == old, root.name
        restart(root)
        assert look(root, DIGEST) == found, root.name
        assert is_tidy(root, DIGEST, found), root.name
        answered = put(open_store(root), CONTENT, AGAIN)
        assert look(root, DIGEST) == (answered.info, CONTENT), root.name
        assert is_sidecar_valid(root, DIGEST), root.name


@BEFORE
def test_a_removal_killed_anywhere_leaves_the_whole_blob_or_none(
    tmp_path: Path, kill: Kill, before: Scenario
) -> None:
    old = ignoring_date(old_state(tmp_path, before))
    for root in kill("remove", before):
        found = look(root, DIGEST)
        assert ignoring_date(found) in (old, "missing"), root.name
        restart(root)
        assert look(root, DIGEST) == found, root.name
        assert is_tidy(root, DIGEST, found), root.name
        assert put(open_store(root), CONTENT, AGAIN).is_new == (found == "missing"), root.name


@pytest.mark.parametrize("verb", ["upload", "adopt"])
def test_an_upload_killed_after_its_last_call_is_stored(kill: Kill, verb: str) -> None:
    last = kill(verb, SCENARIOS[0])[-1]
    assert look(last, DIGEST) == (AGAIN, CONTENT)
    assert files_in(last) == names_of(DIGEST)
