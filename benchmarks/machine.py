"""What a run was taken on: hardware, system and versions, without the names of hosts and paths."""

import os
import platform
import re
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.tools import locate

_LIBRARIES = ("data-bank", "starlette", "uvicorn", "uvloop", "httptools", "hypercorn")
# How each program is asked; the first thing that looks like a version counts.
_PROGRAMS = {
    "nginx": "-v",
    "docker-registry": "--version",
    "rclone": "version",
    "wrk": "-v",
    "curl": "--version",
}
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")


def describe_machine(folder: Path) -> dict[str, str]:
    """`folder` is where files were stored."""
    found = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "processor": _processor(Path("/proc/cpuinfo").read_text()),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "file system": file_system_of(folder.resolve(), Path("/proc/self/mountinfo").read_text()),
        "Python": platform.python_version(),
    }
    found |= {library: version(library) for library in _LIBRARIES}
    return found | {program: _version_of(program, asked) for program, asked in _PROGRAMS.items()}


def _processor(cpuinfo: str) -> str:
    match = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return platform.machine() if match is None else match[1]


def file_system_of(folder: Path, mountinfo: str) -> str:
    """The type of the file system that holds a folder, as `ext4`; see proc_pid_mountinfo(5)."""
    found, longest = "not known", 0
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        mounted = Path(before.split()[4])
        if folder.is_relative_to(mounted) and len(str(mounted)) >= longest:
            found, longest = after.split()[0], len(str(mounted))
    return found


def _version_of(program: str, asked: str) -> str:
    path = locate(program)
    if path is None:
        return "missing"
    said = subprocess.run([path, asked], capture_output=True, text=True, check=False)
    return first_version(said.stdout + said.stderr)


def first_version(text: str) -> str:
    match = _VERSION.search(text)
    return "not known" if match is None else match[0]
