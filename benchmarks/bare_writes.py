"""The write protocol and nothing else, on 16 threads: what HTTP and Python around it cost.

    python -m benchmarks.bare_writes ROOT

Reads a number of seconds from each line of its input, stores new files of 4 KiB for so long,
prints how many a second. A file is written, hashed and synced below `tmp`, and gets its name
under the lock of its shard, after its sidecar has, then the shard is synced. This is
ARCHITECTURE.md, "The order of a durable write", in the fewest system calls.
"""

import fcntl
import hashlib
import os
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks.samples import SmallFiles

THREADS: Final = 16
_SIDECAR: Final = """\
sha256={digest}
size={size}
content_type=application/octet-stream
created_at=2026-11-21T10:00:00.000000Z
"""
_DRAFT: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class BareStore:
    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._drafts = count()
        self._durable: set[str] = set()
        (root / "tmp").mkdir(parents=True)

    def store(self, content: bytes) -> str:
        """The digest of what is durable now."""
        draft, digest = self._write(content)
        shard = self._make_shard(digest)
        folder = os.open(shard, _FOLDER)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            text = _SIDECAR.format(digest=digest, size=len(content))
            sidecar, _ = self._write(text.encode())
            os.rename(sidecar, f"{shard}/{digest}.meta")
            os.rename(draft, f"{shard}/{digest}.bin")
            os.fsync(folder)
            self._sync_ancestors(shard)
        finally:
            os.close(folder)
        return digest

    def _write(self, content: bytes) -> tuple[str, str]:
        path = f"{self._root}/tmp/{next(self._drafts)}"
        fd = os.open(path, _DRAFT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            os.posix_fallocate(fd, 0, len(content))
            digest = hashlib.sha256(content).hexdigest()
            os.write(fd, content)
            os.fsync(fd)
        finally:
            os.close(fd)
        return path, digest

    def _make_shard(self, digest: str) -> str:
        parent = f"{self._root}/{digest[:2]}"
        shard = f"{parent}/{digest[2:4]}"
        if shard not in self._durable:
            for each in (parent, shard):
                with suppress(FileExistsError):
                    os.mkdir(each, 0o700)
        return shard

    def _sync_ancestors(self, shard: str) -> None:
        if shard not in self._durable:
            for each in (os.path.dirname(shard), self._root):
                fd = os.open(each, _FOLDER)
                try:
                    os.fsync(fd)
                finally:
                    os.close(fd)
            self._durable.add(shard)


def store_for(store: BareStore, files: SmallFiles, numbers: "count[int]", seconds: float) -> float:
    """Files stored a second."""
    done: list[int] = []
    begun = time.monotonic()

    def work() -> None:
        stored = 0
        while time.monotonic() - begun < seconds:
            store.store(files.content(next(numbers)))
            stored += 1
        done.append(stored)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) != THREADS:
        raise RuntimeError("a thread failed")
    return sum(done) / (time.monotonic() - begun)


def main(root: Path) -> None:
    """Each time into a new folder: shards that are known already would cost less."""
    files, numbers = SmallFiles("bare"), count()
    for number, line in enumerate(sys.stdin):
        store = BareStore(root / str(number))
        sys.stdout.write(f"{store_for(store, files, numbers, float(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
