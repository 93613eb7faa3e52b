"""What a server brings to the disk before it answers a PUT: strace watches its system calls."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.peers.peer import Peer
from benchmarks.peers.process import tree

# `123 fsync(7</path>) = 0`; -y writes the path.
_SYNC = re.compile(r"\b(?:fsync|fdatasync|sync_file_range)\(\d+<([^>]*)>", re.MULTILINE)
_WATCHED = "trace=fsync,fdatasync,sync_file_range"
_PATIENCE = 10.0


def synced_paths(trace: str) -> list[str]:
    return _SYNC.findall(trace)


def describe(name: str, files: int, folders: int) -> str:
    if not files:
        return f"{name} is not durable: a PUT of 4 KiB syncs nothing before its answer."
    if not folders:
        return (
            f"{name} is durable in part: a PUT of 4 KiB syncs files ({files} times), but not the "
            "folders that hold their names."
        )
    return f"{name} is durable: a PUT of 4 KiB syncs files {files} times and folders {folders}."


def observe(peer: Peer, put: Callable[[], None]) -> str:
    """A sentence on what `put` made the peer sync."""
    trace = _trace(peer.pid, put)
    if trace is None:
        put()
        return f"{peer.name}: what it syncs is not known, strace is missing or may not look."
    paths = synced_paths(trace)
    folders = sum(map(os.path.isdir, paths))
    return describe(peer.name, len(paths) - folders, folders)


def _trace(pid: int, act: Callable[[], None]) -> str | None:
    """What strace saw while `act` ran; None where it could not look."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    pids = tree(pid)
    with tempfile.TemporaryDirectory() as folder:
        output, said = Path(folder, "trace"), Path(folder, "said")
        command = [strace, "-f", "-y", "-e", _WATCHED, "-o", str(output)]
        command += [f"-p{each}" for each in pids]
        with said.open("wb") as telling:
            process = subprocess.Popen(command, stderr=telling)
        try:
            if not _is_attached(process, said, pids):
                return None
            act()
        finally:
            process.send_signal(signal.SIGINT)  # it lets them go
            process.wait()
        return output.read_text(errors="replace")


def _is_attached(process: subprocess.Popen[bytes], said: Path, pids: list[int]) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        text = said.read_text(errors="replace")
        if all(re.search(rf"Process {pid} attached", text) for pid in pids):
            return True
        time.sleep(0.02)
    return False
