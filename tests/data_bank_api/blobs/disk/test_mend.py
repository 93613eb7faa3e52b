"""What a start finds and puts right, beside others at work: drafts, sidecars, strangers."""

import os
from errno import EIO
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.mend import Mended, mend_shards, sweep_drafts
from data_bank_api.blobs.disk.shard import LockedShard
from data_bank_api.blobs.disk.system import System
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE, FileInfo
from tests.fakes.disk import (
    files_in,
    is_sidecar_valid,
    look,
    names_of,
    open_store,
    restart,
    stored,
    with_stray_sidecar,
    without_sidecar,
)
from tests.fakes.files import LATER, describe, neighbours, put
from tests.fakes.systems import FailingSystem, RecordingSystem

CONTENT, NEIGHBOUR = neighbours()
DIGEST = Digest.of(CONTENT)
BLOB, SIDECAR = names_of(DIGEST)


@pytest.fixture
def tmp(tmp_path: Path) -> Path:
    """The folder of unfinished uploads."""
    open_store(tmp_path)
    return tmp_path / "tmp"


def mend(root: Path, system: System | None = None) -> Mended:
    system = system or System()
    return mend_shards(str(root), open_store(root, system), system, lambda: False)


def test_drafts_of_the_dead_are_swept(tmp_path: Path, tmp: Path) -> None:
    for number in range(3):
        (tmp / str(number)).write_bytes(b"unfinished")
    assert sweep_drafts(str(tmp_path), System()) == 3
    assert files_in(tmp_path) == []


def test_a_live_draft_is_never_swept(tmp_path: Path, tmp: Path) -> None:
    draft = open_store(tmp_path).draft(10)
    draft.write(CONTENT)
    assert sweep_drafts(str(tmp_path), System()) == 0
    draft.commit(describe(CONTENT))
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_only_what_is_a_file_is_swept(tmp_path: Path, tmp: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp / "folder").mkdir()
    (tmp / "folder" / "inside").write_text("kept")
    (tmp / "link").symlink_to(tmp_path / "precious")
    (tmp / "nowhere").symlink_to(tmp_path / "absent")
    os.mkfifo(tmp / "pipe")
    assert sweep_drafts(str(tmp_path), System()) == 1
    assert files_in(tmp_path) == ["precious", "tmp/folder/inside", "tmp/link", "tmp/nowhere"]


def test_a_draft_published_while_it_is_swept_is_kept(tmp_path: Path, tmp: Path) -> None:
    draft = open_store(tmp_path).draft(None)
    draft.write(CONTENT)

    class Late(System):
        def try_lock(self, fd: int) -> bool:
            draft.commit(describe(CONTENT))
            return super().try_lock(fd)

    assert sweep_drafts(str(tmp_path), Late()) == 0
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_an_upload_whose_new_draft_is_swept_starts_over(tmp_path: Path, tmp: Path) -> None:
    class Overtaken(RecordingSystem):
        def lock(self, fd: int) -> None:
            if [call.name for call in self.calls] == ["create"]:
                assert sweep_drafts(str(tmp_path), System()) == 1
            super().lock(fd)

    system = Overtaken()
    put(open_store(tmp_path, system), CONTENT)
    assert [call.name for call in system.calls][:4] == ["create", "lock", "create", "lock"]
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_a_draft_that_cannot_be_locked_is_not_left_behind(tmp_path: Path, tmp: Path) -> None:
    with pytest.raises(OSError, match="Input/output error"):
        open_store(tmp_path, FailingSystem(2, EIO)).draft(None)
    assert files_in(tmp_path) == []


def test_a_sidecar_without_its_blob_is_removed(tmp_path: Path) -> None:
    with_stray_sidecar(tmp_path, CONTENT)
    assert mend(tmp_path) == Mended(removed=1)
    assert files_in(tmp_path) == []


def test_a_blob_without_its_sidecar_gets_one(tmp_path: Path) -> None:
    without_sidecar(tmp_path, CONTENT)
    os.utime(tmp_path / BLOB, (LATER.timestamp(), LATER.timestamp()))
    assert mend(tmp_path) == Mended(rebuilt=1)
    assert is_sidecar_valid(tmp_path, DIGEST)
    expected = FileInfo(DIGEST, len(CONTENT), DEFAULT_CONTENT_TYPE, LATER)
    assert look(tmp_path, DIGEST) == (expected, CONTENT)


def test_what_is_whole_is_left_alone(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    system = RecordingSystem()
    assert mend(tmp_path, system) == Mended()
    assert system.calls == []


def test_mending_twice_finds_nothing_the_second_time(tmp_path: Path) -> None:
    without_sidecar(tmp_path, CONTENT)
    with_stray_sidecar(tmp_path, NEIGHBOUR)
    assert mend(tmp_path) == Mended(removed=1, rebuilt=1)
    assert mend(tmp_path) == Mended()
    assert files_in(tmp_path) == [BLOB, SIDECAR]


def test_mending_is_durable_and_under_the_lock_of_the_shard(tmp_path: Path) -> None:
    without_sidecar(tmp_path, CONTENT)
    system = RecordingSystem()
    mend(tmp_path, system)
    shard = os.path.dirname(BLOB)
    calls = [call for call in system.told(str(tmp_path)) if not call.startswith("create")]
    assert calls == [
        f"lock {shard}",
        f"lock {SIDECAR}",
        f"write {SIDECAR}",
        f"fsync {SIDECAR}",
        f"rename {SIDECAR}",
        f"fsync {shard}",
    ]


def test_an_upload_that_ends_while_mending_waits_is_not_touched(tmp_path: Path) -> None:
    with_stray_sidecar(tmp_path, CONTENT)

    class Late(System):
        def lock(self, fd: int) -> None:
            put(open_store(tmp_path), CONTENT)
            super().lock(fd)

    assert mend(tmp_path, Late()) == Mended()
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_mending_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with_stray_sidecar(tmp_path, CONTENT)
    system = System()
    mended = mend_shards(str(tmp_path), open_store(tmp_path), system, lambda: True)
    assert mended == Mended()
    assert files_in(tmp_path) == [SIDECAR]


def test_one_place_that_cannot_be_mended_does_not_keep_the_rest_from_it(tmp_path: Path) -> None:
    with_stray_sidecar(tmp_path, CONTENT)
    with_stray_sidecar(tmp_path, b"elsewhere")
    assert mend(tmp_path, FailingSystem(2, EIO)) == Mended(removed=1, failed=1)
    assert mend(tmp_path) == Mended(removed=1)


def test_strangers_are_neither_touched_nor_in_the_way(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    shard = (tmp_path / BLOB).parent
    elsewhere = Digest.of(b"elsewhere")
    names = ["README", f"{DIGEST}.bin.old", f"{DIGEST}.META", f"{elsewhere}.meta", "\n.bin"]
    for name in (*names, os.fsdecode(b"\xff\xfe.meta"), f"{DIGEST}.meta\n"):
        (shard / name).write_text("a stranger")
    (shard / f"{Digest.of(NEIGHBOUR)}.bin").mkdir()
    (tmp_path / "state").mkdir()
    (tmp_path / "zz").mkdir()
    (tmp_path / "lost+found").mkdir()
    before = files_in(tmp_path)
    assert restart(tmp_path) == (0, Mended())
    assert files_in(tmp_path) == before
    assert open_store(tmp_path).list("", None, 10) == [describe(CONTENT)]


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_named_like_a_blob_but_is_no_file_is_a_stranger(tmp_path: Path, kind: str) -> None:
    stored(tmp_path, NEIGHBOUR)
    for path in (tmp_path / BLOB, tmp_path / SIDECAR):
        if kind == "link":
            path.symlink_to("/dev/null")
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            path.mkdir()
    assert restart(tmp_path) == (0, Mended())
    assert open_store(tmp_path).list("", None, 10) == [describe(NEIGHBOUR)]


@pytest.mark.parametrize("name", ["00", "00/00", "ff/ff"])
def test_a_file_where_a_folder_should_be_stops_neither_listing_nor_mending(
    tmp_path: Path, name: str
) -> None:
    stored(tmp_path, CONTENT)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("a stranger")
    assert restart(tmp_path) == (0, Mended())
    assert open_store(tmp_path).list("", None, 10) == [describe(CONTENT)]


def test_a_lock_that_cannot_be_had_leaves_no_descriptor_open(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    before = len(os.listdir("/dev/fd"))
    shard = LockedShard(FailingSystem(1, EIO), Layout(str(tmp_path)), DIGEST)
    with pytest.raises(OSError, match="Input/output error"):
        shard.__enter__()
    assert len(os.listdir("/dev/fd")) <= before


def test_a_data_root_that_is_gone_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    store = open_store(tmp_path / "root")
    (tmp_path / "root").rename(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError):
        store.list("", None, 10)
