"""A report of a blob: its bytes are checked, and read where they lie, or copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from data_bank_api.blobs.memory import MemoryStore
from data_bank_api.blobs.store import BlobStore
from data_bank_api.datasets.profiler import Profiler
from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.report import Report
from data_bank_client.errors import (
    FileQuarantinedError,
    InsufficientStorageClientError,
    NotFoundError,
)
from data_bank_client.wire.digest import Digest
from tests.fakes.datasets import CSV
from tests.fakes.disk import names_of, open_store
from tests.fakes.files import put

DIGEST = Digest.of(CSV)


class DiskUsage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Whatever happens, nothing is left in it."""
    yield tmp_path / "reports"
    assert not (tmp_path / "reports").exists() or not list((tmp_path / "reports").iterdir())


@pytest.fixture
def disk(tmp_path: Path) -> BlobStore:
    return open_store(tmp_path / "files")


def profile(profiler: Profiler, store: BlobStore, told: list[int] | None = None) -> Report:
    percents: list[int] = [] if told is None else told
    return profiler.profile(store, DIGEST, "csv", percents.append)


@pytest.mark.parametrize("opens_descriptors", [True, False], ids=["in place", "copied"])
def test_a_blob_of_the_disk_gets_its_report(
    root: Path, disk: BlobStore, opens_descriptors: bool
) -> None:
    put(disk, CSV)
    told: list[int] = []
    profiler = Profiler(root, opens_descriptors=opens_descriptors)
    report = profile(profiler, disk, told)
    assert (report.row_count, [each.name for each in report.columns]) == (2, ["name", "amount"])
    assert (told[0], told[-1]) == (5, 85)
    assert {25, 60} <= set(told)


def test_a_blob_that_has_no_descriptor_is_copied(root: Path) -> None:
    store = MemoryStore()
    put(store, CSV)
    assert profile(Profiler(root), store).row_count == 2


def test_a_blob_that_is_removed_in_the_middle_is_read_to_its_end(
    root: Path, disk: BlobStore
) -> None:
    put(disk, CSV)
    told: list[int] = []

    def tell(percent: int) -> None:
        if not told:
            assert disk.remove(DIGEST)
        told.append(percent)

    assert Profiler(root).profile(disk, DIGEST, "csv", tell).row_count == 2


def test_there_is_no_report_of_what_the_bank_does_not_have(root: Path, disk: BlobStore) -> None:
    with pytest.raises(NotFoundError):
        profile(Profiler(root), disk)


@pytest.mark.parametrize("opens_descriptors", [True, False], ids=["in place", "copied"])
def test_a_damaged_blob_goes_into_quarantine_and_gets_no_report(
    root: Path, disk: BlobStore, tmp_path: Path, opens_descriptors: bool
) -> None:
    put(disk, CSV)
    blob = next(tmp_path / "files" / name for name in names_of(DIGEST) if name.endswith(".bin"))
    blob.chmod(0o600)
    blob.write_bytes(CSV.replace(b"7", b"8"))
    with pytest.raises(FileQuarantinedError):
        profile(Profiler(root, opens_descriptors=opens_descriptors), disk)
    with pytest.raises(FileQuarantinedError):
        disk.stat(DIGEST)


def test_what_is_wrong_with_the_file_is_told(root: Path, disk: BlobStore) -> None:
    content = b'a,b\n1,"2\n'
    put(disk, content)
    with pytest.raises(UnreadableError, match="line 2"):
        Profiler(root).profile(disk, Digest.of(content), "csv", lambda _: None)


def test_nothing_is_begun_where_the_disk_has_no_room(root: Path, disk: BlobStore) -> None:
    put(disk, CSV)
    with pytest.raises(InsufficientStorageClientError, match="no room"):
        profile(Profiler(root, min_free=2**62), disk)


def test_a_report_takes_no_more_of_the_disk_than_is_free(
    root: Path, disk: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(disk, CSV)
    free, spare = 10 << 30, 1 << 30
    monkeypatch.setattr(shutil, "disk_usage", lambda _: DiskUsage(free, 0, free))
    profiler = Profiler(root, Limits(disk=32 << 30), min_free=free - spare)
    assert profiler.limits_in(root).disk == spare
    assert profile(profiler, disk).row_count == 2


def test_what_a_killed_run_has_left_is_gone_with_the_next_report(
    root: Path, disk: BlobStore
) -> None:
    (root / "run-dead").mkdir(parents=True)
    put(disk, CSV)
    assert profile(Profiler(root), disk).row_count == 2
