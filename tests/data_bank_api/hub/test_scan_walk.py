"""A walk finds every regular file below a folder, and says why it takes nothing else."""

import os
import socket
import sys
from contextlib import closing
from errno import EACCES, EIO
from pathlib import Path

import pytest

from data_bank_api.hub import scan_walk
from data_bank_api.hub.scan_skips import DEEPEST, Reason, SkippedError
from tests.fakes.scanning import fail_to_open, make_files, seen_below, tree_of


def test_files_of_any_names_are_found_and_a_part_of_the_tree_by_its_names(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "a/b/one": b"1",
        "a/two words #1%.bin": b"2",
        "odd\nname\x1b": b"3",
        ".hidden": b"4",
        "back\\slash": b"",
    }
    root = make_files(tmp_path, files)
    assert seen_below(root) == files
    assert seen_below(root, "a") == {"a/b/one": b"1", "a/two words #1%.bin": b"2"}


def test_the_order_is_that_of_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_files(tmp_path, {f"{name}/{name}": b"" for name in "cabed"})
    assert list(seen_below(root)) == [f"{name}/{name}" for name in "abcde"]
    monkeypatch.setattr(scan_walk, "SORTED", 4)
    assert sorted(seen_below(root)) == [f"{name}/{name}" for name in "abcde"]


def test_the_hubs_cache_is_taken_by_the_names_of_its_snapshots_first(tmp_path: Path) -> None:
    repo = tmp_path / "hub" / "models--org--name"
    make_files(
        repo,
        {
            "blobs/aaa": b"{}",
            "blobs/bbb": b"orphan",
            "blobs/ccc.incomplete": b"half",
            "refs/main": b"c1",
            ".no_exist/c1/missing.json": b"",
            "snapshots/c1/config.json": "../../blobs/aaa",
            "snapshots/c1/sub/config.json": "../../../blobs/aaa",
        },
    )
    (tmp_path / "hub" / ".locks").mkdir()
    at = "hub/models--org--name"
    assert list(seen_below(tmp_path).items()) == [
        ("hub/.locks", "bookkeeping"),
        (f"{at}/.no_exist", "bookkeeping"),
        (f"{at}/refs", "bookkeeping"),
        (f"{at}/snapshots/c1/config.json", b"{}"),
        (f"{at}/snapshots/c1/sub/config.json", b"{}"),
        (f"{at}/blobs/aaa", b"{}"),
        (f"{at}/blobs/bbb", b"orphan"),
        (f"{at}/blobs/ccc.incomplete", "unfinished"),
    ]
    # The root's own name counts, too.
    assert seen_below(repo)["refs"] == "bookkeeping"


def test_what_git_and_the_hubs_client_keep_for_themselves_is_left(tmp_path: Path) -> None:
    root = make_files(
        tmp_path,
        {
            "CACHEDIR.TAG": b"",
            "repo/.git/config": b"",
            "repo/file": b"1",
            "local/.cache/huggingface/download/file.metadata": b"",
            "local/.cache/huggingface/upload/x": b"",
            "huggingface/token": b"hf_secret",
            "huggingface/stored_tokens": b"hf_secret",
            "words/token": b"2",
            "by/link": "../huggingface/token",
            "by/another": "../repo/.git/config",
        },
    )
    assert seen_below(root) == {
        "CACHEDIR.TAG": "bookkeeping",
        "by/another": "bookkeeping",
        "by/link": "bookkeeping",
        "huggingface/stored_tokens": "bookkeeping",
        "huggingface/token": "bookkeeping",
        "local/.cache/huggingface/download": "bookkeeping",
        "local/.cache/huggingface/upload": "bookkeeping",
        "repo/.git": "bookkeeping",
        "repo/file": b"1",
        "words/token": b"2",
    }


def test_the_names_of_the_root_count_both_where_it_is_a_link(tmp_path: Path) -> None:
    make_files(tmp_path, {"huggingface/token": b"hf_secret", "hf/token": b"hf_secret"})
    (tmp_path / "words").symlink_to("huggingface")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "huggingface").symlink_to("../hf")
    assert seen_below(tmp_path / "words") == {"token": "bookkeeping"}
    assert seen_below(tmp_path / "other" / "huggingface") == {"token": "bookkeeping"}


def test_links_are_followed_to_regular_files_below_the_root_alone(tmp_path: Path) -> None:
    make_files(tmp_path, {"outside": b"secret"})
    root = make_files(
        tmp_path / "root",
        {
            "a/file": b"1",
            "b/link": "../a/file",
            "b/out": "../../outside",
            "b/gone": "nowhere",
            "b/folder": "../a",
            "b/all": "..",
            "b/pipe": "../pipe",
        },
    )
    os.mkfifo(root / "pipe")
    assert seen_below(root, "b") == {
        "b/all": "folder_link",
        "b/folder": "folder_link",
        "b/gone": "leads_nowhere",
        "b/link": b"1",
        "b/out": "leads_out",
        "b/pipe": "not_regular",
    }


def test_pipes_sockets_and_devices_are_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        assert seen_below(tmp_path) == {"pipe": "not_regular", "socket": "not_regular"}


@pytest.mark.skipif(sys.platform == "darwin", reason="has no such names")
def test_a_name_that_is_not_utf_8_is_told_in_ascii(tmp_path: Path) -> None:
    os.mkdir(os.fsencode(tmp_path) + b"/folder\xff")
    assert seen_below(tmp_path) == {"folder\\udcff": "odd_name"}


def test_what_the_bank_may_not_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_files(tmp_path, {"shut/file": b"1", "open/file": b"2"})
    fail_to_open(monkeypatch, "shut", EACCES)
    assert seen_below(root) == {"shut": "unreadable", "open/file": b"2"}
    assert seen_below(root, "shut") == {"shut": "unreadable"}


def test_a_folder_that_cannot_be_listed_to_its_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(EIO, "Input/output error")

    monkeypatch.setattr(os, "scandir", fail)
    assert seen_below(tmp_path) == {".": "unreadable"}


def test_a_file_that_goes_after_it_was_found_is_not_opened(tmp_path: Path) -> None:
    root = make_files(tmp_path, {"a": b"1"})
    with tree_of(root) as tree, closing(scan_walk.walk(tree, ())) as walked:
        found = next(walked)
        (root / "a").unlink()
        assert isinstance(found, scan_walk.Found)
        with pytest.raises(SkippedError) as raised:
            found.open()
    assert raised.value.reason is Reason.CHANGED


def test_folders_are_entered_to_a_depth(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (DEEPEST + 1))
    deep.mkdir(parents=True)
    (deep / "file").touch()
    (deep.parent / "file").touch()
    told = seen_below(tmp_path)
    assert sorted(told.values(), key=str) == [b"", "too_deep"]


def test_the_banks_own_folders_are_not_entered(tmp_path: Path) -> None:
    root = make_files(tmp_path, {"files/ab/cd": b"1", "state/x": b"2", "other": b"3"})
    (root / "alias").symlink_to("files/ab/cd")
    told = seen_below(root, own=(root / "files", root / "state"))
    assert told == {"alias": "own", "files": "own", "other": b"3", "state": "own"}


def test_a_file_of_several_names_may_be_met_again(tmp_path: Path) -> None:
    root = make_files(tmp_path, {"a": b"1", "c": b"2"})
    os.link(root / "a", root / "b")
    with tree_of(root) as tree:
        walked = [each for each in scan_walk.walk(tree, ()) if isinstance(each, scan_walk.Found)]
    assert [(each.path, each.is_shared) for each in walked] == [
        ("a", True),
        ("b", True),
        ("c", False),
    ]
