"""A real disk of 4 MiB, filled to its end: what was stored stays, what did not fit is gone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]

Found = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What a process found that filled disks of its own."""
    folder = tmp_path_factory.mktemp("disks")
    probe = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    try:
        subprocess.run(probe, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this system lets us mount no small disk: {error}")
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    command = [*NAMESPACE, sys.executable, "-m", "tests.fakes.small_disk", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: Found = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize("way", ["declared", "undeclared"])
def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(found: Found, way: str) -> None:
    told = found[way]
    kept = told["kept"]
    assert isinstance(kept, int)
    assert kept > 10
    assert told == {
        "kept": kept,
        "are_whole": True,
        "is_refused_gone": True,
        "drafts": 0,
        "files": 2 * kept,
        "is_ready": False,
        "is_room_used_again": True,
    }


def test_a_folder_for_drafts_on_a_disk_of_its_own_stops_the_start(found: Found) -> None:
    assert str(found["refusal"]).endswith("is on another file system")
