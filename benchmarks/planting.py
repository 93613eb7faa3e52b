"""A store full of small files, made straight on the disk: blobs and sidecars, nothing synced.

Shards are filled one after the other, each with its own, by as many processes as there are
cores.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

from benchmarks.options import SMALL_BYTES
from benchmarks.samples import SmallFiles
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.sidecar import format_sidecar
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE, FileInfo

PARTS = "0123456789abcdef"  # a task is the digests that begin so
_CREATED = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def plant(root: Path, seed: str, count: int, tell: Callable[[str], None]) -> None:
    """Store the files `0` to `count - 1` of `SmallFiles(seed)` below `root`."""
    root.mkdir(parents=True)
    # Not forked: this process has threads.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        tasks = [pool.submit(_plant_part, str(root), seed, count, part) for part in PARTS]
        for done, task in enumerate(as_completed(tasks), 1):
            task.result()
            if done % 4 == 0:
                tell(f"{count:,} files in a store: {done} of {len(tasks)} parts made")


@lru_cache(maxsize=1)
def _sorted_numbers(seed: str, count: int) -> list[tuple[str, int]]:
    """Each process makes it once: the digests with their numbers, in the order of the shards."""
    digests = SmallFiles(seed).digests(range(count))
    return sorted((digest, number) for number, digest in enumerate(digests))


def _plant_part(root: str, seed: str, count: int, part: str) -> None:
    layout, files = Layout(root), SmallFiles(seed)
    mine = (each for each in _sorted_numbers(seed, count) if each[0].startswith(part))
    for _, group in groupby(mine, key=lambda each: each[0][:4]):
        _plant_shard(layout, files, group)


def _plant_shard(layout: Layout, files: SmallFiles, group: Iterator[tuple[str, int]]) -> None:
    folder = -1
    try:
        for hexadecimal, number in group:
            digest = Digest(hexadecimal)
            if folder < 0:
                folder = _open_shard(layout, digest)
            info = FileInfo(digest, SMALL_BYTES, DEFAULT_CONTENT_TYPE, _CREATED)
            _write(os.path.basename(layout.sidecar(digest)), format_sidecar(info), folder)
            _write(os.path.basename(layout.blob(digest)), files.content(number), folder)
    finally:
        os.close(folder)


def _open_shard(layout: Layout, digest: Digest) -> int:
    for path in (layout.parent(digest), layout.shard(digest)):
        with suppress(FileExistsError):
            os.mkdir(path, 0o700)
    return os.open(layout.shard(digest), os.O_RDONLY | os.O_DIRECTORY)


def _write(name: str, content: bytes, folder: int) -> None:
    fd = os.open(name, _NEW, 0o600, dir_fd=folder)
    try:
        os.write(fd, content)
    finally:
        os.close(fd)
