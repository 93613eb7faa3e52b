"""Start-up: the folders are made and durable, and what cannot keep the promise is refused."""

import errno
import os
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from data_bank_api.blobs.disk import prepare as prepare_room
from data_bank_api.blobs.disk.prepare import file_system_of, prepare, warn_of_file_system
from data_bank_api.blobs.disk.system import System
from data_bank_api.config import SettingsError
from tests.fakes.disk import files_in
from tests.fakes.systems import FailingSystem, RecordingSystem

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
23 22 0:5 / /dev rw shared:2 master:3 - devtmpfs devtmpfs rw
30 22 0:30 / /data rw - nfs4 server:/export rw
31 30 0:31 /sub /data/two\\040words\\134\\011end rw shared:9 - tmpfs tmpfs rw
32 22 0:32 / /m\u00fcll rw - 9p host rw
33 22 0:33 / /over rw - ext4 /dev/a rw
34 33 0:34 / /over rw - fuse.sshfs me@host: rw
"""


@pytest.fixture(autouse=True)
def unbound_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger of our own, whatever other tests set up."""
    structlog.reset_defaults()
    monkeypatch.setattr(prepare_room, "log", structlog.get_logger())


def prepare_in(root: Path, system: System | None = None) -> list[object]:
    """What was warned of, by its reason."""
    with capture_logs() as logs:
        prepare(root, root / "state", system or System())
        warn_of_file_system(root)
    return [entry["because"] for entry in logs]


def test_the_folders_are_made(tmp_path: Path) -> None:
    root = tmp_path / "a" / "b"
    prepare_in(root)
    assert sorted(os.listdir(root)) == ["spool", "state", "tmp"]
    assert files_in(root) == []


def test_a_start_on_what_is_there_changes_nothing(tmp_path: Path) -> None:
    prepare_in(tmp_path)
    (tmp_path / "tmp" / "draft").write_text("of another process")
    prepare_in(tmp_path)
    assert files_in(tmp_path) == ["tmp/draft"]


@pytest.mark.parametrize("is_there", [False, True])
def test_the_root_and_the_folders_above_it_are_durable(tmp_path: Path, is_there: bool) -> None:
    root = tmp_path / "a" / "b"
    if is_there:  # whoever made it may have died before it was synced
        root.mkdir(parents=True)
    system = RecordingSystem()
    prepare_in(root, system)
    inodes = [os.stat(folder).st_ino for folder in (root, tmp_path / "a", tmp_path)]
    assert [call.subject for call in system.calls][:3] == inodes
    assert {call.name for call in system.calls[:3]} == {"fsync"}


def test_a_folder_above_that_may_not_be_read_is_not_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Guarded(System):
        def fsync(self, fd: int) -> None:
            if os.fstat(fd).st_ino == os.stat(tmp_path).st_ino:
                raise PermissionError(errno.EACCES, "Permission denied")
            super().fsync(fd)

    prepare_in(tmp_path / "root", Guarded())
    assert files_in(tmp_path) == []


def test_folders_above_the_mount_point_are_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    system = RecordingSystem()
    elsewhere(tmp_path, monkeypatch)
    prepare_in(root, system)
    assert os.stat(tmp_path).st_ino not in [call.subject for call in system.calls]


def test_the_disk_is_tried_by_the_steps_of_an_upload(tmp_path: Path) -> None:
    system = RecordingSystem()
    prepare_in(tmp_path, system)
    names = [call.name for call in system.calls]
    assert names[-6:] == ["create", "lock", "write", "fsync", "rename", "fsync"]


@pytest.mark.parametrize("call", ["create", "lock", "write", "fsync", "rename"])
def test_a_disk_that_fails_the_trial_stops_the_start(tmp_path: Path, call: str) -> None:
    with pytest.raises(SettingsError, match=r"^DATA_ROOT: .*: Input/output error$"):
        prepare_in(tmp_path, FailingSystem(0, errno.EIO, never=call))
    assert files_in(tmp_path) == []


def test_a_disk_that_gives_back_other_bytes_stops_the_start(tmp_path: Path) -> None:
    class Lying(System):
        def write(self, fd: int, chunk: bytes | memoryview) -> int:
            return super().write(fd, b"?" * len(chunk))

    with pytest.raises(SettingsError, match=r"^DATA_ROOT: .*not what is read"):
        prepare_in(tmp_path, Lying())
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("name", ["root", "root/tmp", "root/spool"])
def test_a_file_in_the_way_of_the_data_root_stops_the_start(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("in the way")
    with pytest.raises(SettingsError, match=r"^DATA_ROOT: "):
        prepare_in(tmp_path / "root")


def test_a_file_in_the_way_of_the_state_root_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(SettingsError, match=r"^STATE_ROOT: .*: File exists$"):
        prepare_in(tmp_path)


def elsewhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `path` look as if it lay on another file system."""
    stat = os.stat

    def look(asked: str | Path, **options: bool) -> os.stat_result:
        found = stat(asked, **options)
        if Path(asked) != path:
            return found
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:]))

    monkeypatch.setattr(os, "stat", look)


@pytest.mark.parametrize("name", ["tmp", "spool"])
def test_a_folder_of_unfinished_files_on_another_file_system_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    elsewhere(tmp_path / name, monkeypatch)
    with pytest.raises(SettingsError, match=rf"{name} inside .* is on another file system"):
        prepare_in(tmp_path)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/home/me", "ext4"),
        ("/database", "ext4"),
        ("/data", "nfs4"),
        ("/data/files", "nfs4"),
        ("/data/two words\\\tend/files", "tmpfs"),
        ("/m\u00fcll/files", "9p"),
        ("/over", "fuse.sshfs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_mount_next_above(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind


def test_the_file_system_is_unknown_where_nothing_is_told() -> None:
    assert file_system_of(Path("/data"), "") == ""


def tell_mounts(tmp_path: Path, text: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mountinfo").write_bytes(text)
    monkeypatch.setattr(prepare_room, "_MOUNTS", tmp_path / "mountinfo")
    return tmp_path / "root"


def test_a_file_system_that_keeps_nothing_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tell_mounts(tmp_path, b"1 0 0:1 / / rw - tmpfs tmpfs rw\n", monkeypatch)
    assert prepare_in(root) == ["files are lost when the machine stops"]


def test_the_file_system_is_looked_up_where_a_link_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "memory")
    mounts = f"1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / {tmp_path}/memory rw - ramfs a rw\n"
    root = tell_mounts(tmp_path, mounts.encode(), monkeypatch)
    assert prepare_in(root) == ["files are lost when the machine stops"]


def test_a_mount_whose_name_is_no_text_is_not_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tell_mounts(tmp_path, b"1 0 0:1 / /\xff\xfe rw - tmpfs tmpfs rw\n", monkeypatch)
    assert prepare_in(root) == []


def test_nothing_is_warned_of_where_mounts_are_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_room, "_MOUNTS", tmp_path / "absent")
    assert prepare_in(tmp_path) == []
