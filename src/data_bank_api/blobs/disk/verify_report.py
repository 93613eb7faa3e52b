"""What `databank verify` found and how far it is: `verify.json` below STATE_ROOT.

    {"started_at": 1763700000.0, "ended_at": 1763700600.5, "files": 4096, "bytes": 60000000000,
     "damaged": 1, "failed": 0, "is_complete": false, "quarantined": 2, "position": "3fa9...",
     "completed_at": 1763000000.0}

The figures are those of one round over the store, which may take several runs. A reader sees the
file as it was or as it is, never a part of it. Whoever writes it holds the lock of the verifier.
"""

import os
from pathlib import Path

import msgspec

from data_bank_api.blobs.disk.shard import sync_directory
from data_bank_api.blobs.disk.system import READ_FLAGS, System

_LONGEST = 64 * 1024


class VerifyReport(msgspec.Struct, frozen=True):
    """A round: the last whole one, or the one under way.

    Times are seconds of the unix clock; `ended_at` is when this was last true. `files` and `bytes`
    were hashed again; of these files `damaged` are not what their digest says and `failed` could
    not be read. `quarantined` copies were in quarantine already. `position` is the last digest
    looked at, empty before the first. `completed_at` is when a whole round last ended; 0 is never.
    """

    started_at: float
    ended_at: float
    files: int
    bytes: int
    damaged: int
    failed: int
    is_complete: bool
    quarantined: int = 0
    position: str = ""
    completed_at: float = 0.0


def read_verify_report(state_root: Path) -> VerifyReport | None:
    """None where there is none, or it cannot be read."""
    try:
        fd = os.open(_path(state_root), READ_FLAGS)
    except OSError:
        return None
    try:
        return msgspec.json.decode(os.read(fd, _LONGEST), type=VerifyReport)
    except (OSError, msgspec.MsgspecError):
        return None
    finally:
        os.close(fd)


def write_verify_report(state_root: Path, report: VerifyReport, system: System) -> None:
    """Durable on return. Raises OSError, and then the old one holds."""
    draft = _path(state_root) + ".new"
    Path(draft).unlink(missing_ok=True)  # one writer: what is there was left by a killed one
    with open(draft, "xb") as file:  # through no link, and into no pipe
        file.write(msgspec.json.encode(report) + b"\n")
        file.flush()
        system.fsync(file.fileno())
    system.rename(draft, _path(state_root))
    sync_directory(system, str(state_root))


def _path(state_root: Path) -> str:
    return str(state_root / "verify.json")
