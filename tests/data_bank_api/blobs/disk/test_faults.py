"""Every system call of an upload, an adoption and a removal fails in turn: the old state holds, or
the new.

A scenario is what lies there before. Each call is failed in two ways: not made, and made but
said to have failed.
"""

import os
import stat
from collections.abc import Callable, Iterator
from errno import EDQUOT, EIO, ENOSPC, EOPNOTSUPP
from pathlib import Path

import pytest

from data_bank_api.blobs.store import Stored
from data_bank_api.hub.part_map import PartMap
from data_bank_api.hub.spool import Spool
from data_bank_api.hub.syncing import Syncing
from data_bank_client.errors import InsufficientStorageClientError
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import (
    SCENARIOS,
    Scenario,
    Seen,
    bring,
    files_in,
    is_sidecar_valid,
    is_tidy,
    look,
    names_of,
    nothing,
    open_store,
    restart,
    stored,
    take_back,
)
from tests.fakes.files import LATER, describe, put
from tests.fakes.systems import FailingSystem, ShortSystem, SmallSystem

CONTENT = b"the quick brown fox" * 50
DIGEST = Digest.of(CONTENT)
AGAIN = describe(CONTENT, "image/png", LATER)

ERRORS = pytest.mark.parametrize("errno", [ENOSPC, EDQUOT, EIO])
BEFORE = pytest.mark.parametrize("before", SCENARIOS, ids=lambda each: each.__name__)
WAYS = pytest.mark.parametrize("way", ["upload", "adopt"])
DONE = pytest.mark.parametrize("is_done", [False, True], ids=["not made", "made"])


def upload(root: Path, system: FailingSystem) -> Stored:
    """Of a form: more room is taken than is needed."""
    draft = open_store(root, system).draft(len(CONTENT) + 100)
    try:
        draft.write(CONTENT[:300])
        draft.write(CONTENT[300:])
        return draft.commit(AGAIN)
    finally:
        draft.discard()


def adopt(root: Path, system: FailingSystem) -> Stored:
    """What was brought is taken back whole, or it is gone."""
    draft = open_store(root, system).adopt(str(bring(root, CONTENT)))
    try:
        draft.write(CONTENT[:300])
        draft.write(CONTENT[300:])
        return draft.commit(AGAIN)
    finally:
        draft.discard()
        take_back(root, CONTENT)


def remove(root: Path, system: FailingSystem) -> bool:
    return open_store(root, system).remove(DIGEST)


PUT = {"upload": upload, "adopt": adopt}


def fail_each_call(
    tmp_path: Path,
    before: Scenario,
    act: Callable[[Path, FailingSystem], object],
    errno: int,
    is_done: bool,
) -> Iterator[tuple[Path, FailingSystem]]:
    """The root and the system after each failure, until there is no call left to fail."""
    for at in range(1, 100):
        root = tmp_path / str(at)
        root.mkdir()
        before(root, CONTENT)
        system = FailingSystem(at, errno, is_done=is_done)
        expected = OSError if errno == EIO else InsufficientStorageClientError
        try:
            act(root, system)
        except expected:
            yield root, system
        if system.failed is None:
            assert at > 3
            return


def states(tmp_path: Path, before: Scenario) -> tuple[Seen, Seen]:
    """What a reader sees before and after an upload that nothing disturbs."""
    root = tmp_path / "undisturbed"
    root.mkdir()
    before(root, CONTENT)
    old = look(root, DIGEST)
    put(open_store(root), CONTENT, AGAIN)
    return old, look(root, DIGEST)


def ignoring_date(seen: Seen) -> Seen:
    """Where the sidecar is lost, the date is that of the blob's own file."""
    return seen if isinstance(seen, str) else (describe(seen[1], seen[0].content_type), seen[1])


@BEFORE
@ERRORS
@DONE
@WAYS
def test_a_failed_upload_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, before: Scenario, errno: int, is_done: bool, way: str
) -> None:
    allowed = [ignoring_date(state) for state in states(tmp_path, before)]
    for root, system in fail_each_call(tmp_path, before, PUT[way], errno, is_done):
        assert ignoring_date(look(root, DIGEST)) in allowed, system.failed


@BEFORE
@ERRORS
@DONE
@WAYS
def test_a_failed_upload_leaves_no_temporary_file(
    tmp_path: Path, before: Scenario, errno: int, is_done: bool, way: str
) -> None:
    for root, system in fail_each_call(tmp_path, before, PUT[way], errno, is_done):
        assert os.listdir(root / "tmp") == [], system.failed
        restart(root)
        assert is_tidy(root, DIGEST, look(root, DIGEST)), system.failed


@BEFORE
@DONE
@WAYS
def test_an_upload_after_a_failed_one_succeeds_and_heals(
    tmp_path: Path, before: Scenario, is_done: bool, way: str
) -> None:
    for root, system in fail_each_call(tmp_path, before, PUT[way], EIO, is_done):
        answered = put(open_store(root), CONTENT, AGAIN)
        assert look(root, DIGEST) == (answered.info, CONTENT), system.failed
        assert is_sidecar_valid(root, DIGEST), system.failed
        restart(root)
        assert files_in(root) == names_of(DIGEST), system.failed


@BEFORE
@WAYS
def test_what_a_failed_upload_leaves_has_a_valid_sidecar_after_the_next_start(
    tmp_path: Path, before: Scenario, way: str
) -> None:
    for root, system in fail_each_call(tmp_path, before, PUT[way], EIO, False):
        found = look(root, DIGEST)
        restart(root)
        assert look(root, DIGEST) == found, system.failed
        assert is_tidy(root, DIGEST, found), system.failed


@BEFORE
@WAYS
def test_what_failed_to_sync_is_never_synced_again(
    tmp_path: Path, before: Scenario, way: str
) -> None:
    synced = 0
    for _, system in fail_each_call(tmp_path, before, PUT[way], EIO, False):
        failed = system.failed
        if failed is not None and failed.name == "fsync":
            synced += 1
            later = system.calls[system.calls.index(failed) + 1 :]
            assert failed not in later
            assert "rename" not in [call.name for call in later]
    assert synced >= 4  # the blob, its shard, the shard's folder, the root


@pytest.mark.parametrize("before", SCENARIOS[1:], ids=lambda each: each.__name__)
@ERRORS
@DONE
def test_a_failed_removal_leaves_the_whole_blob_or_none(
    tmp_path: Path, before: Scenario, errno: int, is_done: bool
) -> None:
    old = ignoring_date(states(tmp_path, before)[0])
    for root, system in fail_each_call(tmp_path, before, remove, errno, is_done):
        assert ignoring_date(look(root, DIGEST)) in (old, "missing"), system.failed
        open_store(root).remove(DIGEST)
        assert files_in(root) == [], system.failed


@pytest.mark.parametrize("at", range(2, 16))
def test_a_temporary_file_that_cannot_be_removed_is_swept_at_the_next_start(
    tmp_path: Path, at: int
) -> None:
    nothing(tmp_path, CONTENT)
    with pytest.raises(OSError, match="Input/output error"):
        upload(tmp_path, FailingSystem(at, EIO, never="unlink"))
    restart(tmp_path)
    assert set(files_in(tmp_path)) <= set(names_of(DIGEST))


@BEFORE
def test_the_first_content_type_and_date_win_unless_they_are_lost(
    tmp_path: Path, before: Scenario
) -> None:
    before(tmp_path, CONTENT)
    has_sidecar = is_sidecar_valid(tmp_path, DIGEST) and look(tmp_path, DIGEST) != "missing"
    expected = describe(CONTENT) if has_sidecar else AGAIN
    assert put(open_store(tmp_path), CONTENT, AGAIN).info == expected
    assert look(tmp_path, DIGEST) == (expected, CONTENT)


@pytest.mark.parametrize("most", [1, 7, 4096])
def test_short_writes_lose_nothing(tmp_path: Path, most: int) -> None:
    put(open_store(tmp_path, ShortSystem(most)), CONTENT)
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)
    assert is_sidecar_valid(tmp_path, DIGEST)


def test_a_disk_that_takes_no_byte_is_an_error_not_a_loop(tmp_path: Path) -> None:
    draft = open_store(tmp_path, ShortSystem(0)).draft(None)
    with pytest.raises(OSError, match="takes no more"):
        draft.write(b"x")
    draft.discard()
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("room", [None, 10])
def test_a_draft_whose_write_failed_cannot_be_committed(tmp_path: Path, room: int | None) -> None:
    system = FailingSystem(4 if room else 3, EIO)
    draft = open_store(tmp_path, system).draft(room)
    with pytest.raises(OSError, match="Input/output error"):
        draft.write(b"01234")
    draft.write(b"56789")
    with pytest.raises(OSError, match="of 10 bytes 5 were written"):
        draft.commit(describe(b"0123456789"))
    assert files_in(tmp_path) == []
    assert "fsync" not in [call.name for call in system.calls]


def test_a_draft_that_was_cut_short_cannot_be_committed(tmp_path: Path) -> None:
    draft = open_store(tmp_path).draft(None)
    draft.write(CONTENT)
    os.truncate(tmp_path / files_in(tmp_path)[0], 5)
    with pytest.raises(OSError, match="were written, 5 are there"):
        draft.commit(describe(CONTENT))
    assert files_in(tmp_path) == []


def test_a_draft_that_has_ended_touches_no_other_file(tmp_path: Path) -> None:
    draft = open_store(tmp_path).draft(None)
    draft.discard()
    with (tmp_path / "other").open("wb", buffering=0):  # it gets the draft's old descriptor
        with pytest.raises(OSError, match="Bad file descriptor"):
            draft.write(CONTENT)
        with pytest.raises(OSError, match="Bad file descriptor"):
            draft.commit(describe(CONTENT))
    assert (tmp_path / "other").read_bytes() == b""


def test_a_draft_swept_from_under_its_upload_is_an_error(tmp_path: Path) -> None:
    draft = open_store(tmp_path).draft(None)
    draft.write(CONTENT)
    (tmp_path / files_in(tmp_path)[0]).unlink()
    with pytest.raises(FileNotFoundError):
        draft.commit(describe(CONTENT))
    assert look(tmp_path, DIGEST) == "missing"


def test_a_store_without_the_call_for_taking_room_still_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate")
    stored(tmp_path, CONTENT)
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_a_disk_that_has_no_room_to_take_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, offset: int, size: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(InsufficientStorageClientError):
        stored(tmp_path, CONTENT)
    assert files_in(tmp_path) == []


def test_a_file_system_that_cannot_take_room_still_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, offset: int, size: int) -> None:
        raise OSError(EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    stored(tmp_path, CONTENT)
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_room_that_leaves_too_little_free_is_refused(tmp_path: Path) -> None:
    system = SmallSystem(1000)
    store = open_store(tmp_path, system, min_free=400)
    store.draft(600).discard()
    system.size = 1000
    with pytest.raises(InsufficientStorageClientError):
        store.draft(601)
    assert files_in(tmp_path) == []


def test_two_uploads_that_fit_only_one_at_a_time_cannot_both_pass(tmp_path: Path) -> None:
    class Crowded(SmallSystem):
        def allocate(self, fd: int, size: int) -> None:
            super().allocate(fd, size)
            self.size -= 600  # another process passed the first guard too, and takes its room

    with pytest.raises(InsufficientStorageClientError):
        open_store(tmp_path, Crowded(1000), min_free=400).draft(600)
    assert files_in(tmp_path) == []


def test_an_upload_of_unknown_size_is_stopped_before_the_disk_is_full(tmp_path: Path) -> None:
    system = SmallSystem(1000)
    draft = open_store(tmp_path, system, min_free=400).draft(None)
    system.size = 399
    for _ in range(16):
        draft.write(bytes(1024 * 1024))
    with pytest.raises(InsufficientStorageClientError):
        draft.write(b"x")
    draft.discard()
    assert files_in(tmp_path) == []


def test_an_upload_of_unknown_size_looks_at_the_free_space_now_and_then(tmp_path: Path) -> None:
    system = SmallSystem(10**9)
    draft = open_store(tmp_path, system).draft(None)
    before = system.looks
    for _ in range(35):
        draft.write(bytes(1024 * 1024))
    draft.discard()
    assert system.looks - before == 2


def test_a_draft_needs_no_look_at_the_free_space_for_the_room_it_has(tmp_path: Path) -> None:
    system = SmallSystem(10**9)
    room = 20 * 1024 * 1024
    draft = open_store(tmp_path, system).draft(room)
    before = system.looks
    draft.write(bytes(room))
    draft.discard()
    assert system.looks == before


# Of files that were brought.


def test_what_was_brought_is_gone_where_it_cannot_be_synced(tmp_path: Path) -> None:
    nothing(tmp_path, CONTENT)
    path = bring(tmp_path, CONTENT)
    draft = open_store(tmp_path, FailingSystem(1, EIO)).adopt(str(path))
    draft.write(CONTENT)
    with pytest.raises(OSError, match="Input/output error"):
        draft.commit(AGAIN)
    assert files_in(tmp_path) == []


def test_what_can_neither_be_synced_nor_removed_is_not_stored(tmp_path: Path) -> None:
    path = bring(tmp_path, CONTENT)
    draft = open_store(tmp_path, FailingSystem(1, EIO, never="unlink")).adopt(str(path))
    draft.write(CONTENT)
    with pytest.raises(OSError, match="Input/output error"):
        draft.commit(AGAIN)
    assert look(tmp_path, DIGEST) == "missing"


@pytest.mark.parametrize("read", [CONTENT[:-1], CONTENT + b"x"])
def test_what_was_not_read_back_as_it_is_there_is_not_stored(tmp_path: Path, read: bytes) -> None:
    path = bring(tmp_path, CONTENT)
    system = FailingSystem(100, EIO)
    draft = open_store(tmp_path, system).adopt(str(path))
    draft.write(read)
    with pytest.raises(OSError, match=f"of {len(read)} bytes {len(read)} were read, 950 are"):
        draft.commit(describe(read))
    assert path.read_bytes() == CONTENT
    assert system.calls == []


def test_another_file_in_the_place_of_the_one_that_was_read_is_not_stored(tmp_path: Path) -> None:
    path = bring(tmp_path, CONTENT)
    draft = open_store(tmp_path).adopt(str(path))
    draft.write(CONTENT)
    path.unlink()
    path.write_bytes(b"x" * len(CONTENT))
    with pytest.raises(OSError, match="has taken its place"):
        draft.commit(AGAIN)
    assert look(tmp_path, DIGEST) == "missing"


def test_a_link_or_a_folder_cannot_be_adopted(tmp_path: Path) -> None:
    path = bring(tmp_path, CONTENT)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(OSError, match="symbolic"):
        open_store(tmp_path).adopt(str(tmp_path / "link"))
    draft = open_store(tmp_path).adopt(str(tmp_path / "spool"))
    with pytest.raises(OSError, match="are there"):
        draft.commit(describe(b""))


def test_a_blob_that_was_brought_is_as_private_as_one_that_was_uploaded(tmp_path: Path) -> None:
    path = tmp_path / "spool" / "name.data"
    spool = Spool.open(path.parent, "name", lambda _: None, Syncing())
    spool.prepare(PartMap(len(CONTENT), 100, "etag"), 0)
    spool.write(0, CONTENT)
    draft = open_store(tmp_path).adopt(spool.path)
    draft.write(CONTENT)
    draft.commit(AGAIN)
    spool.discard()
    spool.close()
    blob = tmp_path / names_of(DIGEST)[0]
    assert stat.S_IMODE(blob.stat().st_mode) == 0o600
    assert files_in(tmp_path) == names_of(DIGEST)
