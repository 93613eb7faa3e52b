"""A real disk of 4 MiB: what does not fit moves no byte, and what fits once is stored."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def test_what_does_not_fit_moves_no_byte_and_leaves_nothing(tmp_path: Path) -> None:
    probe = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]
    try:
        subprocess.run(probe, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this system lets us mount no small disk: {error}")
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    command = [
        *NAMESPACE,
        sys.executable,
        "-m",
        "tests.fakes.hub.small_disk",
        str(tmp_path / "disk"),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    size = 4 * 1024 * 1024
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "too-large.bin": ["refused", 0, 0],
        "fits-once.bin": ["stored", size * 3 // 4, 2],
        "spools": [],
    }
