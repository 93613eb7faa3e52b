"""The stores that are made without the service are stores of the service."""

import time
from itertools import count
from pathlib import Path

from benchmarks.bare_writes import THREADS, BareStore, store_for
from benchmarks.planting import plant
from benchmarks.samples import SmallFiles
from data_bank_api.blobs.disk.sidecar import read_sidecar
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_client.wire.digest import Digest

SEED = "a store"


def has_only(root: Path, numbers: range) -> bool:
    """Whether the service finds these files, each with a valid sidecar, and no other."""
    files, store = SmallFiles(SEED), DiskStore(str(root))
    found = store.list("", None, 1000)
    for info in found:
        folder = root / info.digest.hex[:2] / info.digest.hex[2:4]
        assert read_sidecar(str(folder / f"{info.digest}.meta"), info.digest) == info
    return [info.digest.hex for info in found] == sorted(files.digests(numbers))


def test_a_planted_store_holds_the_files_with_their_sidecars(tmp_path: Path) -> None:
    told: list[str] = []
    plant(tmp_path / "files", SEED, 50, told.append)
    assert has_only(tmp_path / "files", range(50))
    assert told


def test_the_bare_script_stores_as_the_service_does(tmp_path: Path) -> None:
    store, files = BareStore(tmp_path / "files"), SmallFiles(SEED)
    digests = [store.store(files.content(number)) for number in range(20)]
    assert has_only(tmp_path / "files", range(20))
    path = tmp_path / "files" / digests[0][:2] / digests[0][2:4] / f"{Digest(digests[0])}.bin"
    assert path.read_bytes() == files.content(0)
    assert list((tmp_path / "files/tmp").iterdir()) == []


def test_the_bare_script_counts_what_it_stored(tmp_path: Path) -> None:
    numbers = count()
    begun = time.monotonic()
    rate = store_for(BareStore(tmp_path), SmallFiles(SEED), numbers, 0.05)
    taken = time.monotonic() - begun
    stored = len(list(tmp_path.rglob("*.bin")))
    assert stored == next(numbers) >= THREADS
    assert stored / taken <= rate <= stored / 0.05
