"""What a spool keeps: over a close, a start of the system, an error of the disk."""

import fcntl
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from errno import EIO, ENOSPC
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_bank_api.blobs.disk.system import System
from data_bank_api.hub.part_map import PartMap
from data_bank_api.hub.spool import Spool
from data_bank_api.hub.spool_sweep import sweep_spools
from data_bank_api.hub.syncing import Syncing, boot_id
from data_bank_client.errors import InsufficientStorageClientError
from tests.fakes.systems import RecordingSystem

WANTED = PartMap(size=1000, part_size=100, etag="one")
ALWAYS, NEVER = 0.0, 1e9
BOOT, NEXT_BOOT = "this start", "the next one"


class StuckError(Exception):
    pass


def no_pause(_: float) -> None:
    raise StuckError


class FailingSystem(System):
    """Fails at the calls of this name."""

    def __init__(self, name: str, error: int) -> None:
        self._name = name
        self._error = error
        self.is_failing = False

    def _fail(self, name: str) -> None:
        if self.is_failing and name == self._name:
            raise OSError(self._error, "as the test wants it")

    def fsync(self, fd: int) -> None:
        self._fail("fsync")
        super().fsync(fd)

    def allocate(self, fd: int, size: int) -> None:
        self._fail("allocate")
        super().allocate(fd, size)


class CrowdedSystem(System):
    """Others take room, too, while some is taken here."""

    def __init__(self) -> None:
        self.left = 1200

    def free(self, path: str) -> int:
        return self.left

    def allocate(self, fd: int, size: int) -> None:
        self.left -= size + 100
        super().allocate(fd, size)


def open_spool(
    folder: Path,
    *,
    boot: str = BOOT,
    every: float = ALWAYS,
    system: System | None = None,
    wanted: PartMap = WANTED,
) -> Spool:
    spool = Spool.open(folder, "name", no_pause, Syncing(boot, every), system)
    spool.prepare(wanted, 0)
    return spool


def put_part(spool: Spool, number: int) -> None:
    part = spool.parts.part(number)
    spool.write(part.start, bytes([number + 1]) * part.size)
    spool.settle(part)


def read(spool: Spool, start: int, stop: int) -> bytes:
    room = bytearray(stop - start)
    spool.read_into(start, memoryview(room))
    return bytes(room)


def numbers_done(spool: Spool) -> list[int]:
    return [part.number for part in spool.parts.parts() if spool.parts.is_done(part)]


@pytest.mark.parametrize("every", [ALWAYS, NEVER])
def test_what_was_settled_is_there_for_the_next_who_opens_it(tmp_path: Path, every: float) -> None:
    first = open_spool(tmp_path, every=every)
    put_part(first, 3)
    put_part(first, 9)
    first.close()
    second = open_spool(tmp_path, every=every)
    assert numbers_done(second) == [3, 9]
    assert read(second, 290, 410) == b"\0" * 10 + b"\4" * 100 + b"\0" * 10
    second.close()


@pytest.mark.parametrize(("every", "kept"), [(ALWAYS, [3, 9]), (NEVER, [])])
def test_after_a_power_cut_what_was_synced_counts(
    tmp_path: Path, every: float, kept: list[int]
) -> None:
    first = open_spool(tmp_path, every=every)
    put_part(first, 3)
    put_part(first, 9)
    first.close()
    second = open_spool(tmp_path, boot=NEXT_BOOT)
    assert numbers_done(second) == kept
    second.close()


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=12), st.data())
def test_any_torn_write_of_the_map_loses_at_most_the_last(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, bool]],
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    states, files = [set[int]()], list[bytes]()
    for number, is_reopened in steps:
        spool = open_spool(folder, every=ALWAYS)
        put_part(spool, number)
        states.append(states[-1] | {number})
        spool.close()
        files.append((folder / "name.map").read_bytes())
        if is_reopened:
            open_spool(folder).close()
    before = files[-2] if len(files) > 1 else files[-1]
    cut = data.draw(st.integers(0, len(before)))
    (folder / "name.map").write_bytes(files[-1][:cut] + before[cut:])
    spool = open_spool(folder, boot=NEXT_BOOT)
    assert set(numbers_done(spool)) in (states[-1], states[-2])
    spool.close()


@pytest.mark.parametrize(
    "wanted", [PartMap(1000, 100, "another"), PartMap(999, 100, "one"), PartMap(2000, 100, "one")]
)
def test_what_is_of_another_state_of_the_file_is_not_gone_on_with(
    tmp_path: Path, wanted: PartMap
) -> None:
    first = open_spool(tmp_path)
    put_part(first, 3)
    first.close()
    second = open_spool(tmp_path, wanted=wanted)
    assert numbers_done(second) == []
    assert (tmp_path / "name.data").stat().st_size == wanted.size
    second.close()


def test_the_size_of_parts_is_that_of_the_beginning(tmp_path: Path) -> None:
    first = open_spool(tmp_path)
    put_part(first, 3)
    first.close()
    second = open_spool(tmp_path, wanted=PartMap(1000, 333, "one"))
    assert (second.parts.part_size, numbers_done(second)) == (100, [3])
    second.close()


def test_data_without_their_length_say_nothing(tmp_path: Path) -> None:
    first = open_spool(tmp_path)
    put_part(first, 3)
    first.close()
    os.truncate(tmp_path / "name.data", 999)
    second = open_spool(tmp_path)
    assert numbers_done(second) == []
    second.close()


def test_begun_anew_nothing_counts_any_more(tmp_path: Path) -> None:
    first = open_spool(tmp_path)
    put_part(first, 3)
    first.begin_anew("two")
    first.close()
    second = open_spool(tmp_path, wanted=PartMap(1000, 100, "two"))
    assert numbers_done(second) == []
    second.close()


@pytest.mark.parametrize(
    ("error", "kind"), [(EIO, OSError), (ENOSPC, InsufficientStorageClientError)]
)
def test_after_an_error_of_the_sync_all_is_thrown_away(
    tmp_path: Path, error: int, kind: type[Exception]
) -> None:
    system = FailingSystem("fsync", error)
    spool = open_spool(tmp_path, system=system)
    put_part(spool, 1)
    system.is_failing = True
    with pytest.raises(kind):
        put_part(spool, 2)
    assert list(tmp_path.iterdir()) == []
    spool.close()


def test_after_an_error_of_the_last_sync_all_is_thrown_away(tmp_path: Path) -> None:
    system = FailingSystem("fsync", EIO)
    spool = open_spool(tmp_path, every=NEVER, system=system)
    put_part(spool, 1)
    spool.write_out()
    system.is_failing = True
    with pytest.raises(OSError, match="as the test wants it"):
        spool.write_out()
    assert list(tmp_path.iterdir()) == []
    spool.close()


def test_a_disk_without_room_leaves_nothing_behind(tmp_path: Path) -> None:
    system = FailingSystem("allocate", ENOSPC)
    system.is_failing = True
    with pytest.raises(InsufficientStorageClientError):
        open_spool(tmp_path, system=system)
    assert list(tmp_path.iterdir()) == []


def test_of_two_who_take_room_at_once_the_second_leaves_what_is_to_stay_free(
    tmp_path: Path,
) -> None:
    spool = Spool.open(tmp_path, "name", no_pause, Syncing(BOOT), CrowdedSystem())
    with pytest.raises(InsufficientStorageClientError):
        spool.prepare(WANTED, 150)
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_who_settles_while_another_syncs_does_not_wait(tmp_path: Path) -> None:
    is_syncing, may_end = threading.Event(), threading.Event()

    class SlowSystem(System):
        def fsync(self, fd: int) -> None:
            if is_slow:
                is_syncing.set()
                may_end.wait(60)
            super().fsync(fd)

    is_slow = False
    spool = open_spool(tmp_path, system=SlowSystem())
    is_slow = True
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(put_part, spool, 1)
        assert is_syncing.wait(60)
        put_part(spool, 2)
        spool.write_out()
        assert not first.done()
        may_end.set()
        first.result()
    assert numbers_done(spool) == [1, 2]
    spool.close()
    # What came while it was synced was not: it counts as written.
    second = open_spool(tmp_path, boot=NEXT_BOOT)
    assert numbers_done(second) == [1]
    second.close()


def test_a_held_spool_is_waited_for(tmp_path: Path) -> None:
    first = open_spool(tmp_path)
    with pytest.raises(StuckError):
        open_spool(tmp_path)
    first.close()
    open_spool(tmp_path).close()


def test_a_spool_that_was_finished_while_waiting_is_opened_anew(tmp_path: Path) -> None:
    first = open_spool(tmp_path)
    put_part(first, 1)

    def finish(_: float) -> None:
        first.discard()
        first.close()

    class LateSystem(System):
        """Another process finishes between opening and locking."""

        calls = 0

        def try_lock(self, fd: int) -> bool:
            self.calls += 1
            if self.calls == 1:
                finish(0.0)
            return super().try_lock(fd)

    second = Spool.open(tmp_path, "name", no_pause, Syncing(BOOT), LateSystem())
    second.prepare(WANTED, 0)
    assert numbers_done(second) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["name.data", "name.map"]
    second.close()


def test_data_that_have_become_a_blob_are_not_touched_by_who_waited(tmp_path: Path) -> None:
    first = open_spool(tmp_path)
    for number in range(WANTED.count):
        put_part(first, number)
    blob = tmp_path / "blob"

    class LateSystem(System):
        """Another process finishes between opening and locking."""

        def try_lock(self, fd: int) -> bool:
            if not blob.exists():
                os.rename(first.path, blob)
                first.discard()
                first.close()
            return super().try_lock(fd)

    second = Spool.open(tmp_path, "name", no_pause, Syncing(BOOT), LateSystem())
    second.prepare(WANTED, 0)
    put_part(second, 0)
    second.discard()
    second.close()
    assert blob.read_bytes() == b"".join(bytes([number + 1]) * 100 for number in range(10))


@pytest.mark.parametrize("is_another_at_it", [False, True])
def test_a_map_whose_data_have_become_a_blob_says_nothing(
    tmp_path: Path, is_another_at_it: bool
) -> None:
    first = open_spool(tmp_path)
    put_part(first, 1)
    os.rename(first.path, tmp_path / "blob")
    if is_another_at_it:
        with pytest.raises(StuckError):
            open_spool(tmp_path)
    first.close()  # killed before it could remove the map
    second = open_spool(tmp_path)
    assert numbers_done(second) == []
    second.close()


def test_who_has_thrown_it_away_takes_nothing_from_the_next(tmp_path: Path) -> None:
    first = open_spool(tmp_path)
    first.discard()
    second = open_spool(tmp_path)
    put_part(second, 1)
    first.discard()
    first.close()
    second.close()
    third = open_spool(tmp_path)
    assert numbers_done(third) == [1]
    third.close()


def test_the_map_goes_last_for_its_name_is_the_lock(tmp_path: Path) -> None:
    system = RecordingSystem()
    spool = open_spool(tmp_path, system=system)
    spool.discard()
    assert system.told(str(tmp_path))[-2:] == ["unlink name.data", "unlink name.map"]
    spool.close()


def test_it_is_worth_keeping_where_something_came_and_is_there(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    found = [spool.is_worth_keeping]
    put_part(spool, 1)
    found.append(spool.is_worth_keeping)
    os.unlink(spool.path)
    assert [*found, spool.is_worth_keeping] == [False, True, False]
    spool.close()


def test_data_that_have_become_shorter_are_an_error(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    os.truncate(spool.path, 150)
    with pytest.raises(OSError, match="shorter"):
        read(spool, 100, 200)
    spool.close()


@pytest.mark.parametrize("name", ["name.data", "name.map"])
def test_a_link_in_place_of_a_spool_is_not_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / "precious").write_bytes(b"x")
    (tmp_path / name).symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic"):
        open_spool(tmp_path)
    assert (tmp_path / "precious").read_bytes() == b"x"


# Swept.


def test_old_spools_are_swept_and_others_are_left(tmp_path: Path) -> None:
    held = open_spool(tmp_path)
    for name in ("old", "new"):
        spool = Spool.open(tmp_path, name, no_pause, Syncing(BOOT))
        spool.prepare(WANTED, 0)
        spool.close()
    now = time.time()
    for name in ("old.data", "old.map", "name.data", "name.map"):
        os.utime(tmp_path / name, (now - 1000, now - 1000))
    (tmp_path / "lone.map").write_bytes(b"")
    os.utime(tmp_path / "lone.map", (now - 1000, now - 1000))
    (tmp_path / "stray.data").write_bytes(b"")
    os.utime(tmp_path / "stray.data", (now - 1000, now - 1000))
    (tmp_path / "of somebody else").write_bytes(b"")
    os.utime(tmp_path / "of somebody else", (now - 1000, now - 1000))
    assert sweep_spools(tmp_path, 500) == 3
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["name.data", "name.map", "new.data", "new.map", "of somebody else"]
    held.close()
    assert sweep_spools(tmp_path, 500, now) == 1


def test_what_was_finished_before_it_was_locked_is_not_swept_from_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_spool(tmp_path).close()
    lock = fcntl.flock
    later: list[Spool] = []

    def lock_late(fd: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        (tmp_path / "name.map").unlink()
        (tmp_path / "name.data").unlink()
        later.append(open_spool(tmp_path))
        lock(fd, operation)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    assert sweep_spools(tmp_path, -1) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["name.data", "name.map"]
    later[0].close()


def test_a_spool_whose_map_was_touched_is_not_old(tmp_path: Path) -> None:
    open_spool(tmp_path).close()
    os.utime(tmp_path / "name.data", (1000, 1000))
    assert sweep_spools(tmp_path, 500) == 0


def test_where_there_is_no_folder_nothing_is_swept(tmp_path: Path) -> None:
    assert sweep_spools(tmp_path / "none", 0) == 0


# The start of the system.


def test_the_start_of_the_system_has_one_name(tmp_path: Path) -> None:
    named = tmp_path / "boot_id"
    named.write_text("abc\n")
    assert boot_id(named) == "abc"
    assert boot_id() == boot_id()


def test_where_no_start_is_named_no_two_are_the_same(tmp_path: Path) -> None:
    assert boot_id(tmp_path / "none") != boot_id(tmp_path / "none")
