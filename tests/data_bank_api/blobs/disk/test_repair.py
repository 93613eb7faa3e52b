"""Repairing: each defect is cured or named with the reason; a rehearsal changes nothing."""

import os
from collections.abc import Iterator
from errno import EACCES, EIO
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from data_bank_api.blobs import checking
from data_bank_api.blobs.disk import defects
from data_bank_api.blobs.disk.defects import Finding, look_inside
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.mend import Ward
from data_bank_api.blobs.disk.pace import SteadyPace, StoppedError
from data_bank_api.blobs.disk.remedies import Cures, Rehearsal, Remedies
from data_bank_api.blobs.disk.repair import Repair
from data_bank_api.blobs.disk.sidecar import format_sidecar, read_sidecar
from data_bank_api.blobs.disk.system import System
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE, FileInfo
from tests.fakes.disk import (
    SCENARIOS,
    Scenario,
    condemned,
    cut_short,
    files_in,
    grown,
    is_sidecar_valid,
    look,
    names_of,
    open_store,
    overwritten,
    stored,
    with_broken_sidecar,
    with_stray_sidecar,
    without_sidecar,
)
from tests.fakes.files import describe, neighbours, put
from tests.fakes.listing import listing
from tests.fakes.systems import FailingSystem

CONTENT, NEIGHBOUR = neighbours()
DIGEST = Digest.of(CONTENT)
BLOB, SIDECAR = names_of(DIGEST)
CONDEMNED = BLOB.replace(".bin", ".bad")
HEAL = "upload the file again to heal it"


@pytest.fixture(autouse=True)
def captured_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A logger of our own, whatever other tests set up."""
    structlog.reset_defaults()
    monkeypatch.setattr(checking, "log", structlog.get_logger())
    with capture_logs():
        yield


def repair(
    root: Path,
    *,
    is_thorough: bool = False,
    system: System | None = None,
    remedies: Remedies | None = None,
    seen: list[Digest] | None = None,
) -> list[Finding]:
    system = system or System()
    remedies = remedies or Cures(str(root), open_store(root, system), system)
    ward = Ward(Layout(str(root)), system, remedies, look_inside)
    pass_by = (lambda _: None) if seen is None else seen.append
    return list(Repair(ward, SteadyPace(0), pass_by, is_thorough=is_thorough).run())


def told(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(each.path, each.defect.name, each.because or each.defect.cure) for each in findings]


def foreign_sidecar(root: Path, content: bytes) -> None:
    """The sidecar of another file, as a copy by hand leaves it."""
    stored(root, content)
    (root / SIDECAR).write_bytes(format_sidecar(describe(NEIGHBOUR)))


def cut_sidecar(root: Path, content: bytes) -> None:
    stored(root, content)
    os.truncate(root / SIDECAR, 90)


def missized_sidecar(root: Path, content: bytes) -> None:
    stored(root, content)
    sidecar = root / SIDECAR
    sidecar.write_text(sidecar.read_text().replace(f"size={len(content)}", "size=7"))


def replaced_copy(root: Path, content: bytes) -> None:
    """As an upload leaves it that was killed after its rename."""
    stored(root, content)
    (root / CONDEMNED).write_bytes(b"damaged")


def left_over_draft(root: Path, content: bytes) -> None:
    open_store(root)
    (root / "tmp" / "0123").write_bytes(content)


CURES: list[tuple[Scenario, list[tuple[str, str, str]]]] = [
    (stored, []),
    (without_sidecar, [(SIDECAR, "blob without a sidecar", "rebuilt")]),
    (with_stray_sidecar, [(SIDECAR, "sidecar without a blob", "removed")]),
    (with_broken_sidecar, [(SIDECAR, "sidecar that is not valid", "rebuilt")]),
    (cut_sidecar, [(SIDECAR, "sidecar that is not valid", "rebuilt")]),
    (foreign_sidecar, [(SIDECAR, "sidecar that is not valid", "rebuilt")]),
    (missized_sidecar, [(SIDECAR, "sidecar of another size", "rebuilt")]),
    (replaced_copy, [(CONDEMNED, "replaced copy", "removed")]),
    (left_over_draft, [("tmp/0123", "unfinished upload", "removed")]),
    (cut_short, [(BLOB, "damaged blob", "put into quarantine")]),
    (grown, [(BLOB, "damaged blob", "put into quarantine")]),
]
BEYOND_CURE = [(CONDEMNED, "copy in quarantine", HEAL)]


@pytest.mark.parametrize(("before", "expected"), CURES)
def test_what_is_wrong_is_told_and_the_second_time_it_is_right(
    tmp_path: Path, before: Scenario, expected: list[tuple[str, str, str]]
) -> None:
    before(tmp_path, CONTENT)
    assert told(repair(tmp_path)) == expected
    again = told(repair(tmp_path, is_thorough=True))
    assert again == (BEYOND_CURE if before in (cut_short, grown) else [])


@pytest.mark.parametrize(
    "before", [without_sidecar, with_broken_sidecar, cut_sidecar, foreign_sidecar]
)
def test_a_rebuilt_sidecar_says_what_the_blob_says(tmp_path: Path, before: Scenario) -> None:
    before(tmp_path, CONTENT)
    repair(tmp_path)
    assert is_sidecar_valid(tmp_path, DIGEST)
    found = open_store(tmp_path).stat(DIGEST)
    assert (found.size, found.content_type) == (len(CONTENT), DEFAULT_CONTENT_TYPE)


def test_a_sidecar_of_another_size_keeps_its_type_and_date(tmp_path: Path) -> None:
    missized_sidecar(tmp_path, CONTENT)
    assert look(tmp_path, DIGEST) == "damaged"
    repair(tmp_path)
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


@pytest.mark.parametrize("before", SCENARIOS)
@pytest.mark.parametrize("is_thorough", [False, True], ids=["plain", "all"])
def test_a_rehearsal_says_the_same_and_changes_nothing(
    tmp_path: Path, before: Scenario, is_thorough: bool
) -> None:
    before(tmp_path, CONTENT)
    left_over_draft(tmp_path, CONTENT)
    there = listing(tmp_path)
    rehearsed = repair(tmp_path, is_thorough=is_thorough, remedies=Rehearsal())
    assert listing(tmp_path) == there
    assert told(rehearsed) == told(repair(tmp_path, is_thorough=is_thorough))
    assert listing(tmp_path) != there


def test_wrong_bytes_of_the_right_size_are_found_only_by_hashing_all(tmp_path: Path) -> None:
    overwritten(tmp_path, CONTENT)
    assert repair(tmp_path) == []
    expected = [(BLOB, "damaged blob", "put into quarantine")]
    assert told(repair(tmp_path, is_thorough=True)) == expected
    assert look(tmp_path, DIGEST) == "damaged"


def test_a_blob_is_never_removed(tmp_path: Path) -> None:
    for before in (without_sidecar, cut_short, with_broken_sidecar, overwritten):
        before(tmp_path, CONTENT)
        inode = (tmp_path / BLOB).stat().st_ino
        repair(tmp_path, is_thorough=True)
        kept = [path for path in (tmp_path / BLOB, tmp_path / CONDEMNED) if path.exists()]
        assert inode in [path.stat().st_ino for path in kept]


def test_a_copy_in_quarantine_stays_and_is_told(tmp_path: Path) -> None:
    condemned(tmp_path, CONTENT)
    before = files_in(tmp_path)
    assert told(repair(tmp_path)) == BEYOND_CURE
    assert files_in(tmp_path) == before


def test_the_draft_of_a_living_upload_stays(tmp_path: Path) -> None:
    draft = open_store(tmp_path).draft(None)
    draft.write(CONTENT)
    left_over_draft(tmp_path, CONTENT)
    assert told(repair(tmp_path)) == [("tmp/0123", "unfinished upload", "removed")]
    draft.commit(describe(CONTENT))
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_a_blob_that_is_healed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    cut_short(tmp_path, CONTENT)

    class Late(System):
        def lock(self, fd: int) -> None:
            put(open_store(tmp_path), CONTENT)
            super().lock(fd)

    assert repair(tmp_path, system=Late()) == []
    assert look(tmp_path, DIGEST) == (describe(CONTENT), CONTENT)


def test_a_blob_that_cannot_be_read_is_told_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missized_sidecar(tmp_path, CONTENT)

    def fail(*_: object) -> bytes:
        raise OSError(EIO, os.strerror(EIO))

    before = listing(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(os, "pread", fail)
        found = told(repair(tmp_path))
    assert found == [(BLOB, "blob that cannot be read", "Input/output error")]
    assert listing(tmp_path) == before


def test_a_folder_in_the_place_of_a_sidecar_is_told_with_the_reason(tmp_path: Path) -> None:
    without_sidecar(tmp_path, CONTENT)
    (tmp_path / SIDECAR).mkdir()
    [(path, name, because)] = told(repair(tmp_path))
    assert (path, name) == (SIDECAR, "sidecar that is not valid")
    assert because == os.strerror(21)
    assert files_in(tmp_path) == [BLOB]


def test_a_draft_that_cannot_be_removed_is_told_with_the_reason(tmp_path: Path) -> None:
    left_over_draft(tmp_path, CONTENT)
    expected = [("tmp/0123", "unfinished upload", "Permission denied")]
    assert told(repair(tmp_path, system=FailingSystem(1, EACCES))) == expected


def test_a_shard_that_cannot_be_locked_does_not_stop_it(tmp_path: Path) -> None:
    without_sidecar(tmp_path, CONTENT)
    without_sidecar(tmp_path, b"elsewhere")
    found = told(repair(tmp_path, system=FailingSystem(1, EIO)))
    assert sorted(each[1:] for each in found) == [
        ("blob without a sidecar", "rebuilt"),
        ("files that cannot be looked at", "Input/output error"),
    ]


def test_a_shard_that_cannot_be_read_does_not_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_sidecar(tmp_path, CONTENT)
    without_sidecar(tmp_path, b"elsewhere")
    scandir, shard = os.scandir, os.path.dirname(BLOB)

    def fail(path: str) -> object:
        if path.endswith(shard):
            raise OSError(EIO, os.strerror(EIO))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fail)
    found = told(repair(tmp_path))
    assert (f"{shard}/*", "files that cannot be looked at", "Input/output error") in found
    assert len(found) == 2


def test_a_blob_that_goes_while_it_is_looked_at_is_no_defect(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    store = open_store(tmp_path)

    class Removing(list[Digest]):
        def append(self, digest: Digest) -> None:
            store.remove(digest)

    assert repair(tmp_path, seen=Removing()) == []


def test_a_blob_that_goes_while_its_sidecar_is_read_is_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, CONTENT)

    def remove_and_read(path: str, digest: Digest) -> FileInfo | None:
        kept = read_sidecar(path, digest)
        open_store(tmp_path).remove(digest)
        return kept

    monkeypatch.setattr(defects, "read_sidecar", remove_and_read)
    assert repair(tmp_path) == []


def test_each_digest_is_passed_by_in_order(tmp_path: Path) -> None:
    for content in (CONTENT, NEIGHBOUR, b"elsewhere"):
        stored(tmp_path, content)
    seen: list[Digest] = []
    repair(tmp_path, seen=seen)
    assert seen == sorted(map(Digest.of, (CONTENT, NEIGHBOUR, b"elsewhere")))


def test_a_stop_ends_it_between_two_files(tmp_path: Path) -> None:
    without_sidecar(tmp_path, CONTENT)
    without_sidecar(tmp_path, NEIGHBOUR)
    seen: list[Digest] = []
    system = System()
    ward = Ward(Layout(str(tmp_path)), system, Rehearsal(), look_inside)
    pace = SteadyPace(0, lambda: len(seen) == 1)
    with pytest.raises(StoppedError):
        list(Repair(ward, pace, seen.append, is_thorough=True).run())
    assert len(seen) == 1
