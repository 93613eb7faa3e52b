"""When what was written counts as kept.

A kill takes nothing from the system's memory, a power cut all that was not synced. So what was
written counts as there as long as the system has not started again, and what was synced counts
always; to sync each part would make a fast download twice as slow.
"""

import uuid
from dataclasses import dataclass, field
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id(source: Path = _BOOT_ID) -> str:
    """Another one after each start of the system; where that is not told, for each process."""
    try:
        return source.read_text(encoding="ascii").strip()
    except OSError:  # macOS
        return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Syncing:
    """`every`: a power cut costs what has come in so many seconds, and little more."""

    boot: str = field(default_factory=boot_id)
    every: float = 15.0
