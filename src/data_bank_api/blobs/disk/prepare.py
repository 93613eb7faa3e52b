"""Start-up: is this folder one that the durable write's promise can be kept in?"""

import os
import re
import uuid
from contextlib import suppress
from pathlib import Path

import structlog

from data_bank_api.blobs.disk.draft import TemporaryFile
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.shard import sync_directory
from data_bank_api.blobs.disk.system import System
from data_bank_api.config import SettingsError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

_ESCAPED = re.compile(r"\\([0-7]{3})")
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
        Path(layout.spool).mkdir(mode=0o700, exist_ok=True)
        _sync_upwards(root, system)
        _probe(layout, system)
    except OSError as error:
        raise SettingsError(f"DATA_ROOT: {root}: {error.strerror or error}") from error
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"STATE_ROOT: {state}: {error.strerror or error}") from error
    for folder in (layout.tmp, layout.spool):
        if os.stat(folder).st_dev != os.stat(layout.root).st_dev:
            name = os.path.basename(folder)
            raise SettingsError(f"DATA_ROOT: the {name} inside {root} is on another file system")


def warn_of_file_system(root: Path) -> None:
    """Tell the operator, in the log, of one that does not keep the promise."""
    kind = file_system_of(root.resolve(), _read_mounts())
    if kind in _DOUBTFUL:
        log.warning("doubtful file system", setting="DATA_ROOT", kind=kind, because=_DOUBTFUL[kind])


def _sync_upwards(root: Path, system: System) -> None:
    """Make the root's own name durable, and those of the folders it lies in.

    Also when all were there before: whoever made them may have died before syncing.
    """
    sync_directory(system, str(root))
    device = os.stat(root).st_dev
    for folder in root.resolve().parents:
        if os.stat(folder).st_dev != device:  # a mount point has been there all along
            break
        with suppress(PermissionError):  # not readable to us, so not made by us
            sync_directory(system, str(folder))


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


def _read_mounts() -> str:
    if not _MOUNTS.exists():  # macOS
        return ""
    return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")


def file_system_of(path: Path, mountinfo: str) -> str:
    """The type of the file system that holds `path`, by Linux's mountinfo; empty if unknown."""
    best, kind = "", ""
    for line in filter(None, mountinfo.split("\n")):
        fields = line.split(" ")
        mount = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[4])  # a space is \040
        if path.is_relative_to(mount) and len(mount) >= len(best):
            best, kind = mount, fields[fields.index("-") + 1]
    return kind
