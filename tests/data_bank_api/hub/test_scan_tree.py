"""Nothing that is opened lies outside of the root, whatever its names and links say."""

import os
import stat
from contextlib import suppress
from errno import EMFILE
from pathlib import Path

import pytest

from data_bank_api.hub.scan_skips import DEEPEST, Reason, SkippedError
from data_bank_api.hub.scan_tree import LINKS, NAMES, Parts, Tree
from tests.fakes.scanning import fail_to_open, make_files, tree_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_files(tmp_path, {"outside.txt": b"secret"})
    return make_files(tmp_path / "root", {"a/b/file": b"inside", "c/other": b"too"})


def refusal(tree: Tree, at: Parts, path: str) -> Reason:
    with pytest.raises(SkippedError) as raised:
        tree.follow(at, path)
    return raised.value.reason


def test_a_path_leads_over_links_below_the_root(root: Path) -> None:
    (root / "a" / "up").symlink_to("../c")
    (root / "absolute").symlink_to(root / "a" / "up" / "other")
    (root / "all").symlink_to(".")
    with tree_of(root) as tree:
        assert tree.follow(("a", "b"), "../up/./other") == ("c", "other")
        assert tree.follow((), "absolute") == ("c", "other")
        assert tree.follow((), "all//all/a/b/../..") == ()
        assert tree.follow((), str(root / "a")) == ("a",)


def test_a_root_may_be_a_link_and_links_may_name_it_either_way(root: Path) -> None:
    linked = root.parent / "linked"
    linked.symlink_to(root)
    (root / "one").symlink_to(root / "c" / "other")
    (root / "two").symlink_to(linked / "c" / "other")
    with tree_of(linked) as tree:
        assert tree.follow((), "one") == tree.follow((), "two") == ("c", "other")
        with tree.open(("c", "other")) as file:
            assert file.read() == b"too"


@pytest.mark.parametrize(
    "link", ["../outside.txt", "/etc/passwd", "a/../../outside.txt", "..", "../root/a"]
)
def test_a_link_that_leads_out_is_not_followed(root: Path, link: str) -> None:
    (root / "link").symlink_to(link)
    (root / "over").symlink_to("link")
    with tree_of(root) as tree:
        assert refusal(tree, (), "link") is Reason.LEADS_OUT
        assert refusal(tree, (), "over") is Reason.LEADS_OUT


def test_links_that_lead_nowhere_or_in_a_circle_end(root: Path) -> None:
    (root / "nowhere").symlink_to("missing")
    (root / "x").symlink_to("y")
    (root / "y").symlink_to("x")
    (root / "deep").symlink_to("/".join(["."] * 9 + ["deep"]))
    with tree_of(root) as tree:
        for name in ("nowhere", "x", "deep"):
            assert refusal(tree, (), name) is Reason.LEADS_NOWHERE
        assert refusal(tree, (), "c/other/beyond") is Reason.CHANGED


def test_as_many_links_as_a_system_follows_are_followed(root: Path) -> None:
    for number in range(LINKS + 1):
        (root / f"l{number}").symlink_to(f"l{number - 1}" if number else "c/other")
    with tree_of(root) as tree:
        assert tree.follow((), f"l{LINKS - 1}") == ("c", "other")
        assert refusal(tree, (), f"l{LINKS}") is Reason.LEADS_NOWHERE


def test_a_link_that_goes_to_and_fro_is_not_followed_for_long(root: Path) -> None:
    with tree_of(root) as tree:
        assert tree.follow((), "a/../" * (NAMES // 2 - 1) + "c/other") == ("c", "other")
        assert refusal(tree, (), "a/../" * (NAMES // 2) + "c/other") is Reason.LEADS_NOWHERE


def test_a_link_does_not_lead_deeper_than_folders_are_opened(root: Path) -> None:
    name = "/".join(["d"] * (DEEPEST + 1))
    (root / name).mkdir(parents=True)
    with tree_of(root) as tree:
        assert refusal(tree, (), name) is Reason.TOO_DEEP


def test_the_banks_own_folder_is_not_entered_by_any_name(root: Path) -> None:
    (root / "link").symlink_to("a/b/file")
    with tree_of(root, root / "a", root / "missing") as tree:
        assert refusal(tree, (), "a/b/file") is Reason.OWN
        assert refusal(tree, (), "link") is Reason.OWN


def test_what_becomes_a_link_after_it_was_looked_at_is_not_opened(root: Path) -> None:
    with tree_of(root) as tree:
        parts = tree.follow((), "a/b/file")
        os.rename(root / "a", root / "was")
        (root / "a").symlink_to("was")
        with pytest.raises(SkippedError) as folder:
            tree.open(parts)
        (root / "c" / "other").unlink()
        (root / "c" / "other").symlink_to(root.parent / "outside.txt")
        with pytest.raises(SkippedError) as file:
            tree.open(("c", "other"))
    assert (folder.value.reason, file.value.reason) == (Reason.CHANGED, Reason.CHANGED)


def test_a_pipe_is_neither_waited_for_nor_read(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with tree_of(root) as tree, pytest.raises(SkippedError) as raised:
        tree.open(("pipe",))
    assert raised.value.reason is Reason.NOT_REGULAR


def test_the_root_itself_has_a_status(root: Path) -> None:
    with tree_of(root) as tree:
        assert stat.S_ISDIR(tree.status(()).st_mode)
        assert tree.status(("c", "other")).st_size == 3


def test_what_this_process_lacks_is_not_the_files_fault(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tree_of(root) as tree:
        fail_to_open(monkeypatch, "other", EMFILE)
        with pytest.raises(OSError, match="EMFILE"):
            tree.open(("c", "other"))


def test_what_was_opened_on_the_way_is_closed(root: Path) -> None:
    (root / "link").symlink_to("a/b/file")
    before = len(os.listdir("/dev/fd"))
    with tree_of(root, root / "c") as tree:
        for path in ("link", "a/../a/b", "c/other", "nowhere/at/all"):
            with suppress(SkippedError):
                tree.open(tree.follow((), path)).close()
    assert len(os.listdir("/dev/fd")) == before
