"""A downloading process is killed at many points: the next one goes on with what had come."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.system import System
from data_bank_api.hub.part_map import PartMap, decode
from data_bank_api.hub.syncing import boot_id
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import files_in, look, names_of, restart
from tests.fakes.hub import faults
from tests.fakes.hub.downloading import LARGE, PART, REPOSITORY, content_of
from tests.fakes.hub.killed_at_its_end import fetch
from tests.fakes.hub.messages import Stall
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.running_bank import PATIENCE

ROOT = Path(__file__).parents[3]
WEIGHTS = content_of(LARGE)
DIGEST = Digest.of(WEIGHTS)
PARTS = 12


@pytest.fixture
def repository(stand_in_hub: StandInHub) -> Repository:
    return stand_in_hub.add(RepoSpec(REPOSITORY, {"a.bin": WEIGHTS}))


def start(folder: Path, hub: StandInHub, repository: Repository) -> subprocess.Popen[str]:
    told = [str(folder), hub.endpoint, repository.head, "a.bin", str(LARGE), str(DIGEST)]
    command = [sys.executable, "-m", "tests.fakes.hub.downloading", *told]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> int:
    """The bytes that moved."""
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return int(out)


def found_map(folder: Path) -> PartMap | None:
    files = list((folder / "files" / "spool").glob("*.map"))
    return decode(files[0].read_bytes(), boot_id()) if files else None


@pytest.mark.parametrize("requests", range(PARTS + 1))
def test_no_byte_of_a_finished_part_moves_twice_after_a_kill(
    tmp_path: Path, stand_in_hub: StandInHub, repository: Repository, requests: int
) -> None:
    # So many requests are answered, and then one stands still in the middle.
    stall = Stall(2000)
    stand_in_hub.faults.add("storage", faults.stall(stall), skip=requests)
    with start(tmp_path, stand_in_hub, repository) as process:
        if requests < PARTS:
            is_reached = stall.is_reached.wait(PATIENCE)
            process.kill()
            assert is_reached
            assert process.wait() == -signal.SIGKILL
        else:
            finish(process)
    stall.may_go_on.set()
    stand_in_hub.faults.clear()
    stand_in_hub.requests.clear()

    kept = found_map(tmp_path)
    done = 0 if kept is None else kept.done_bytes
    assert (look(tmp_path / "files", DIGEST) == "missing") == (requests < PARTS)
    with start(tmp_path, stand_in_hub, repository) as process:
        moved = finish(process)
    assert moved == (LARGE - done if requests < PARTS else 0)
    if requests < PARTS:
        asked = {str(each.range) for each in stand_in_hub.requests.of("storage")}
        missing = list(kept.missing()) if kept else []
        assert asked == {f"bytes={part.start}-{part.stop - 1}" for part in missing}
        # Four were on their way: the rest had been finished.
        assert done >= (requests - 4) * PART
    found = look(tmp_path / "files", DIGEST)
    assert not isinstance(found, str)
    assert found[1] == WEIGHTS
    assert list((tmp_path / "files" / "spool").iterdir()) == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_download_killed_at_its_end_is_whole_or_gone_on_with(tmp_path: Path, moment: str) -> None:
    command = [sys.executable, "-m", "tests.fakes.hub.killed_at_its_end", str(tmp_path), moment]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=PATIENCE, check=True)
    count = int(done.stdout)
    assert count >= 14  # the steps of an upload, the removal of the data and of the map
    for number in range(1, count + 1):
        folder = tmp_path / str(number)
        restart(folder)
        assert fetch(folder, System()).digest == DIGEST  # no byte is asked for
        found = look(folder, DIGEST)
        assert not isinstance(found, str)
        assert found[1] == WEIGHTS
        assert files_in(folder) == names_of(DIGEST)
