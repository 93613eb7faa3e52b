"""Which folders may be scanned is said by the operator, and checked at the start."""

import os
from errno import EACCES
from pathlib import Path

import pytest

from data_bank_api.config import SettingsError
from data_bank_api.hub.scan_path import ScanPath
from data_bank_api.hub.scan_roots import ScanRoots
from data_bank_client.errors import (
    DataBankClientError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    ServiceUnavailableError,
)
from tests.fakes.scanning import fail_to_open, make_files


def opens(roots: ScanRoots, path: str) -> tuple[str, ...]:
    """The parts of the place, and that it is a folder in its tree."""
    with roots.open(ScanPath.parse(path)) as place, place.tree.folder(place.parts):
        return place.parts


@pytest.fixture
def roots(tmp_path: Path) -> ScanRoots:
    make_files(tmp_path, {"elsewhere/x": b"", "own/x": b""})
    first = make_files(tmp_path / "first", {"a/file": b"", "link": "a", "out": "../elsewhere"})
    second = make_files(tmp_path / "second", {"b/file": b"", "a/b/file": b""})
    return ScanRoots((first, second), (tmp_path / "own",))


def test_a_folder_is_below_the_first_root_that_has_it(roots: ScanRoots) -> None:
    assert opens(roots, ".") == ()
    assert opens(roots, "a") == opens(roots, "link") == ("a",)
    assert opens(roots, "b") == ("b",)
    assert opens(roots, "a/b") == ("a", "b")
    assert opens(roots, f"{roots.roots[1]}/a") == ("a",)


@pytest.mark.parametrize(
    ("path", "error", "says"),
    [
        ("missing", NotFoundError, "there is no folder missing below SCAN_ROOTS"),
        ("/etc", ForbiddenError, "/etc leads out of SCAN_ROOTS"),
        ("/", ForbiddenError, "leads out"),
        ("b/file", InvalidInputError, "path: b/file is no folder"),
    ],
)
def test_what_cannot_be_scanned_is_refused_in_the_words_it_was_asked_in(
    roots: ScanRoots, path: str, error: type[DataBankClientError], says: str
) -> None:
    with pytest.raises(error, match=says):
        opens(roots, path)


def test_a_link_out_the_banks_own_folder_and_what_is_too_deep_are_refused(tmp_path: Path) -> None:
    root = make_files(tmp_path / "root", {"out": "../elsewhere", "bank/files/x": b""})
    roots = ScanRoots((root,), (root / "bank",))
    with pytest.raises(ForbiddenError, match="out leads out of SCAN_ROOTS"):
        opens(roots, "out")
    with pytest.raises(ForbiddenError, match="is in the bank's own folder"):
        opens(roots, "bank/files")
    deep = "/".join("d" * 65)
    (root / deep).mkdir(parents=True)
    with pytest.raises(InvalidInputError, match="is too deep"):
        opens(roots, deep)


def test_a_folder_that_the_bank_may_not_read_is_refused(
    roots: ScanRoots, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_to_open(monkeypatch, "b", EACCES)
    with pytest.raises(ForbiddenError, match="the bank may not read b"):
        opens(roots, "b")


def test_without_roots_scanning_is_off() -> None:
    with pytest.raises(ForbiddenError, match="scanning is off: SCAN_ROOTS"):
        opens(ScanRoots(), ".")


def test_a_root_that_went_is_told_without_its_place(roots: ScanRoots) -> None:
    os.rename(roots.roots[0], roots.roots[0].parent / "gone")
    with pytest.raises(ServiceUnavailableError) as raised:
        opens(roots, "a")
    assert raised.value.message == (
        "a folder of SCAN_ROOTS cannot be opened: No such file or directory"
    )


def test_roots_are_checked_at_the_start(roots: ScanRoots, tmp_path: Path) -> None:
    assert roots.checked() is roots
    with pytest.raises(SettingsError, match=r"\ASCAN_ROOTS: .*/missing: No such file"):
        ScanRoots((tmp_path / "missing",)).checked()
    with pytest.raises(SettingsError, match=r"\ASCAN_ROOTS: .*/file: Not a directory"):
        ScanRoots((tmp_path / "first" / "a" / "file",)).checked()


def test_a_root_in_the_banks_own_folder_is_refused_by_whatever_name(roots: ScanRoots) -> None:
    [own] = roots.own
    (own / "inner").mkdir()
    alias = own.parent / "alias"
    alias.symlink_to(own / "inner")
    for root in (own, own / "inner", alias):
        with pytest.raises(SettingsError, match="is in the bank's own folder"):
            ScanRoots((root,), roots.own).checked()
