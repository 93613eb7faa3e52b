"""SIGTERM while an upload is silent, on every Python of this machine that the bank runs on.

Each gets an environment of its own in a temporary folder, of what uv.lock pins. Promised: the
exit code is 0, within the grace period (and a little), and no temporary file is left.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.running_bank import UPLOAD_KEY, RunningBank, until

GRACE_SECONDS = 2
SPARE_SECONDS = 3.0  # to end what there is, write the last words and leave
LEAST_MINOR = 11
PROJECT = Path(__file__).parents[2]
UV = PROJECT / ".tools" / "bin" / "uv"
_VERSION = "import sys; print(*sys.version_info[:3], sys.implementation.name)"


def pythons() -> dict[str, Path]:
    """One interpreter for each version, such as 3.11.7, from the least on."""
    found: dict[str, Path] = {}
    for path in _candidates():
        words = _version(path)
        if words[3:] == ["cpython"] and int(words[0]) == 3 and int(words[1]) >= LEAST_MINOR:
            found.setdefault(".".join(words[:3]), path)
    return dict(sorted(found.items()))


def _candidates() -> Iterator[Path]:
    """This one's first, then those on PATH and in pyenv's folder."""
    yield Path(sys.executable).resolve()
    folders = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep)]
    folders += Path.home().glob(".pyenv/versions/*/bin")
    for folder in folders:
        yield from sorted(folder.glob("python3*"))


def _version(path: Path) -> list[str]:
    """Empty where it does not run, as pyenv's for a version that is not chosen."""
    if not path.name.removeprefix("python3").strip(".").isdigit() and path.name != "python3":
        return []  # python3-config and the like
    ended = subprocess.run([path, "-c", _VERSION], capture_output=True, text=True, check=False)
    return ended.stdout.split() if ended.returncode == 0 else []


def install(python: Path, folder: Path) -> Path:
    """The `databank` command of a new environment. Raises CalledProcessError."""
    command = [str(UV), "sync", "--quiet", "--frozen", "--no-dev", "--extra", "service"]
    subprocess.run(
        [*command, "--no-python-downloads", "--python", str(python)],
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)},
        cwd=PROJECT,
        check=True,
    )
    return folder / "bin" / "databank"


@dataclass(frozen=True, slots=True)
class Stop:
    exit_code: int
    seconds: float
    drafts: int

    def is_good(self, grace_seconds: float) -> bool:
        in_time = self.seconds <= grace_seconds + SPARE_SECONDS
        return self.exit_code == 0 and self.drafts == 0 and in_time

    def __str__(self) -> str:
        return (
            f"exit code {self.exit_code} after {self.seconds:.1f} s, {self.drafts} temporary files"
        )


def stop_under_upload(command: Path, folder: Path, **settings: str) -> Stop:
    bank = RunningBank(folder, [str(command), "serve"], settings)
    try:
        bank.wait()
        with bank.connect() as connection:
            connection.sendall(
                f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
                f"Content-Length: 9000000\r\n\r\n".encode()
                + bytes(3_000_000)
            )
            until(lambda: bank.drafts() != [])
            started = time.monotonic()
            code = bank.stop()
            return Stop(code, time.monotonic() - started, len(bank.drafts()))
    finally:
        bank.stop()


def run(say: Callable[[str], None], grace_seconds: float) -> bool:
    """With each Python, on each server, with one worker and with two. Whether all went well."""
    is_well = True
    for version, python in pythons().items():
        with tempfile.TemporaryDirectory() as folder:
            command = install(python, Path(folder, "environment"))
            for server in ("uvicorn", "hypercorn"):
                for workers in ("1", "2"):
                    place = Path(folder, f"{server}-{workers}")
                    place.mkdir()
                    grace = str(int(grace_seconds))
                    settings = {"SERVER": server, "WORKERS": workers, "GRACE_SECONDS": grace}
                    stop = stop_under_upload(command, place, **settings)
                    verdict = "ok" if stop.is_good(grace_seconds) else "FAILED"
                    say(f"Python {version}, {server}, {workers} workers: {verdict}: {stop}")
                    is_well = is_well and stop.is_good(grace_seconds)
    return is_well
