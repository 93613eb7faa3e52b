"""Start-up: is this folder one that the durable write's promise can be kept in?"""

import os
import uuid
from pathlib import Path

import structlog

from data_bank_api.blobs.disk.draft import TemporaryFile
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.shard import sync_directory
from data_bank_api.blobs.disk.system import System
from data_bank_api.config import SettingsError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

_MOUNTS = Path("/proc/self/mountinfo")
_DOUBTFUL = {
    "tmpfs": "files are lost when the machine stops",
    "ramfs": "files are lost when the machine stops",
    "nfs": "locks and fsync depend on the server",
    "nfs4": "locks and fsync depend on the server",
    "cifs": "locks and fsync depend on the server",
    "smb3": "locks and fsync depend on the server",
    "fuse.sshfs": "locks and fsync are not kept",
    "9p": "locks and fsync depend on the host",
}


def prepare(root: Path, state: Path, system: System) -> None:
    """Make the folders, see that they are on one disk, and write, sync, rename and read once.

    Raises SettingsError, naming the setting and what the system said.
    """
    layout = Layout(str(root))
    try:
        Path(layout.tmp).mkdir(parents=True, exist_ok=True)
        sync_directory(system, str(root))
        _probe(layout, system)
    except OSError as error:
        raise SettingsError(f"DATA_ROOT: {root}: {error.strerror or error}") from error
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"STATE_ROOT: {state}: {error.strerror or error}") from error
    if os.stat(layout.tmp).st_dev != os.stat(layout.root).st_dev:
        raise SettingsError(f"DATA_ROOT: the tmp inside {root} is on another file system")
    kind = file_system_of(root, _MOUNTS.read_text() if _MOUNTS.exists() else "")
    if kind in _DOUBTFUL:
        log.warning("doubtful file system", setting="DATA_ROOT", kind=kind, because=_DOUBTFUL[kind])


def _probe(layout: Layout, system: System) -> None:
    content = b"Data Bank was here"
    target = f"{layout.tmp}/{uuid.uuid4().hex}"
    file = TemporaryFile(system, layout.tmp)
    try:
        file.write(content)
        file.seal(len(content))
        file.publish(target)
        sync_directory(system, layout.tmp)
        if Path(target).read_bytes() != content:
            raise OSError("what was written is not what is read")
    finally:
        Path(target).unlink(missing_ok=True)
        file.close()  # until here its lock keeps other processes' sweeps away


def file_system_of(path: Path, mountinfo: str) -> str:
    """The type of the file system that holds `path`, by Linux's mountinfo; empty if unknown."""
    best, kind = "", ""
    for line in mountinfo.splitlines():
        fields = line.split(" ")
        mount = fields[4].encode().decode("unicode_escape")  # a space is written \040
        if path.is_relative_to(mount) and len(mount) >= len(best):
            best, kind = mount, fields[fields.index("-") + 1]
    return kind
