"""Stores that share a folder, as processes do: uploads, removals, sweeps and mending take turns.

Locks belong to an open file, so stores of one process exclude each other as those of several.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.shard import LockedShard
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import (
    files_in,
    is_sidecar_valid,
    look,
    names_of,
    open_store,
    restart,
    stored,
    with_stray_sidecar,
)
from tests.fakes.files import describe, fetch, neighbours, put

CONTENT, NEIGHBOUR = neighbours()
DIGEST = Digest.of(CONTENT)


@pytest.mark.parametrize(
    "act",
    [
        lambda root: put(open_store(root), NEIGHBOUR),
        lambda root: open_store(root).remove(DIGEST),
        restart,
    ],
    ids=["upload", "removal", "mending"],
)
def test_whoever_changes_a_shard_waits_for_its_lock(
    tmp_path: Path, act: Callable[[Path], object]
) -> None:
    stored(tmp_path, CONTENT)
    with_stray_sidecar(tmp_path, NEIGHBOUR)
    before = files_in(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        with LockedShard(System(), Layout(str(tmp_path)), DIGEST):
            acting = pool.submit(act, tmp_path)
            with pytest.raises(TimeoutError):
                acting.result(0.2)
            assert [name for name in files_in(tmp_path) if not name.startswith("tmp/")] == before
        acting.result(60)
    assert files_in(tmp_path) != before


def test_a_reader_does_not_wait_for_the_lock_of_a_shard(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    with LockedShard(System(), Layout(str(tmp_path)), DIGEST):
        assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)
        assert open_store(tmp_path).list("", None, 10) == [describe(CONTENT)]


def work(root: Path, seed: int) -> None:
    """What a process does: anything, to files that all others use too."""
    chance, store = random.Random(seed), open_store(root)
    for _ in range(60):
        content = chance.choice([CONTENT, NEIGHBOUR])
        match chance.randrange(4):
            case 0:
                store.remove(Digest.of(content))
            case 1:
                assert read(store, Digest.of(content)) in (content, None)
            case _:
                assert put(store, content).info == describe(content)


def read(store: DiskStore, digest: Digest) -> bytes | None:
    try:
        return fetch(store, digest)
    except NotFoundError:
        return None


def test_processes_that_store_remove_and_start_at_once_leave_whole_files(tmp_path: Path) -> None:
    open_store(tmp_path)
    is_over = Event()

    def start_again_and_again() -> int:
        starts = 0
        while not is_over.is_set():
            restart(tmp_path)  # it may sweep a draft before its lock: the upload starts over
            starts += 1
        return starts

    with ThreadPoolExecutor(5) as pool:
        starting = pool.submit(start_again_and_again)
        try:
            for working in [pool.submit(work, tmp_path, seed) for seed in range(4)]:
                working.result(100)
        finally:
            is_over.set()
        assert starting.result(60) > 0
    left = [each for each in (CONTENT, NEIGHBOUR) if look(tmp_path, Digest.of(each)) != "missing"]
    assert all(is_sidecar_valid(tmp_path, Digest.of(each)) for each in left)
    assert files_in(tmp_path) == sorted(n for each in left for n in names_of(Digest.of(each)))
