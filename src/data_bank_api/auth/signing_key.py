"""The key that addresses are signed with: 32 bytes in a file for the bank's eyes only.

It is made once, by whichever process is first, and is the same for all that share the folder.
Whoever removes the file makes the addresses that were signed before worthless.
"""

import fcntl
import os
import secrets
from pathlib import Path

LENGTH = 32


def ensure_signing_key(path: Path) -> bytes:
    """Raises OSError; ValueError for a file that holds no key."""
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise ValueError(f"{path.name} holds no key of {LENGTH} bytes: remove it")
    return key


def _make(path: Path) -> None:
    """Whole or not at all, by one process at a time."""
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():  # another may have been first
            _write(path, secrets.token_bytes(LENGTH))
    finally:
        os.close(lock)


def _write(path: Path, key: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)  # of a process that was killed
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as writing:
        writing.write(key)
        writing.flush()
        os.fsync(writing.fileno())
    draft.rename(path)
