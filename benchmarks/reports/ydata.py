"""ydata-profiling in an environment of its own, made by uv beside this one."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.errors import MissingContestantError

_UV = Path(__file__).parents[2] / ".tools/bin/uv"
_SCRIPT = """
import sys
import pandas
from ydata_profiling import ProfileReport
report = ProfileReport(pandas.read_csv(sys.argv[1]), minimal=True, progress_bar=False)
report.to_file(sys.argv[2])
"""
_LONGEST = 900  # seconds


def installed(folder: Path) -> tuple[Path, str]:
    """Its Python, and its version. Raises MissingContestantError."""
    python = folder / "bin/python"
    try:
        # It asks pkg_resources, which newer setuptools do not bring.
        for arguments in (
            ["venv", "--quiet", "--python", sys.executable, str(folder)],
            [
                "pip",
                "install",
                "--quiet",
                "--python",
                str(python),
                "ydata-profiling",
                "setuptools<81",
            ],
        ):
            _run([str(_UV), *arguments])
        asked = "from importlib.metadata import version; print(version('ydata-profiling'))"
        return python, _run([str(python), "-c", asked]).strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingContestantError("ydata-profiling cannot be installed here") from error


def profile_by(python: Path, path: Path, target: Path) -> None:
    """Raises MissingContestantError where it does not work on this Python."""
    try:
        _run([str(python), "-c", _SCRIPT, str(path), str(target)])
    except subprocess.SubprocessError as error:
        raise MissingContestantError("ydata-profiling fails here") from error


def _run(command: list[str]) -> str:
    ours = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment = {**ours, "UV_SYSTEM_CERTS": "1", "MPLBACKEND": "agg"}
    run = subprocess.run(
        command, capture_output=True, check=True, env=environment, text=True, timeout=_LONGEST
    )
    return run.stdout
