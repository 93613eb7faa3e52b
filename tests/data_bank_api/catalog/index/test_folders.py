import os
import time
from pathlib import Path

import pytest
import tantivy

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index.folders import KEPT_SECONDS, IndexFolder, IndexFolders
from data_bank_api.catalog.index.schema import open_index
from data_bank_api.catalog.index.soundness import is_sound
from data_bank_api.catalog.index.writing import UPDATE_HEAP, write_again, write_all
from data_bank_client.errors import NotFoundError

SOME = [Document(f"org/{number}", description="some words") for number in range(20)]


def made(folder: IndexFolder) -> IndexFolder:
    folder.path.mkdir(parents=True)
    write_all(open_index(str(folder.path)), SOME, UPDATE_HEAP)
    folder.write_position(None)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return made(IndexFolders(tmp_path).of("a"))


def parts_of(folder: IndexFolder) -> list[Path]:
    others = {".lock", ".json"}
    return [each for each in folder.path.iterdir() if each.suffix not in others]


def test_an_index_that_is_as_it_was_written_is_usable(folder: IndexFolder) -> None:
    assert folder.is_usable()
    write_again(open_index(str(folder.path)), SOME[:5])
    (folder.path / f"{'0' * 32}.term").write_bytes(b"left by a writer that was killed")
    assert folder.is_usable()


def test_one_wrong_bit_anywhere_makes_an_index_unusable(folder: IndexFolder) -> None:
    write_again(open_index(str(folder.path)), SOME[:5])
    parts = parts_of(folder)
    assert len(parts) > 8
    for part in parts:
        sound = part.read_bytes()
        part.write_bytes(bytes([sound[0] ^ 1]) + sound[1:])
        assert not folder.is_usable(), part.name
        part.write_bytes(sound)
    assert folder.is_usable()


@pytest.mark.parametrize("left", [0, 7, 40, -1])
def test_a_file_that_was_cut_off_makes_an_index_unusable(folder: IndexFolder, left: int) -> None:
    part = max(parts_of(folder), key=lambda each: each.stat().st_size)
    part.write_bytes(part.read_bytes()[:left])
    assert not folder.is_usable()


@pytest.mark.parametrize("text", ["", "{}", '{"segments": 5}', "\0"])
def test_an_index_whose_list_cannot_be_read_is_unusable(folder: IndexFolder, text: str) -> None:
    (folder.path / "meta.json").write_text(text)
    assert not folder.is_usable()


def test_a_file_that_says_too_much_of_its_end_is_damaged(folder: IndexFolder) -> None:
    part = parts_of(folder)[0]
    part.write_bytes(part.read_bytes()[:-8] + b"\xff\xff\xff\x00" + part.read_bytes()[-4:])
    assert not folder.is_usable()


def test_an_index_of_another_form_is_unusable(folder: IndexFolder) -> None:
    (folder.path / "catalog.json").write_text('{"form": 0, "position": "1-0"}')
    assert not folder.is_usable()
    assert folder.position == "1-0"


def test_an_index_of_other_fields_is_unusable(tmp_path: Path) -> None:
    other = tantivy.SchemaBuilder()
    other.add_integer_field("number")
    tantivy.Index(other.build(), path=str(tmp_path))
    folder = IndexFolder(tmp_path)
    folder.write_position(None)
    assert is_sound(tmp_path)
    assert not folder.is_usable()


def test_a_folder_remembers_how_far_it_is(folder: IndexFolder) -> None:
    assert folder.position is None
    folder.write_position("5-1")
    assert folder.is_usable()
    assert IndexFolder(folder.path).position == "5-1"


def test_each_change_gives_another_version(folder: IndexFolder) -> None:
    before = folder.version()
    write_again(open_index(str(folder.path)), SOME[:5])
    assert before != folder.version()
    assert IndexFolder(folder.path / "none").version() is None


def test_a_folder_is_suspect_until_it_was_looked_through(folder: IndexFolder) -> None:
    assert not folder.is_suspect()
    folder.suspect()
    assert folder.is_suspect()
    folder.clear()
    folder.clear()
    assert not folder.is_suspect()
    IndexFolder(folder.path / "none").suspect()  # nobody minds


def test_what_was_made_takes_its_place_at_once(tmp_path: Path) -> None:
    folders = IndexFolders(tmp_path / "catalog")
    part = folders.begin("a")
    (part.path / "x").touch()
    assert not folders.of("a").path.exists()
    folders.complete(part, "a")
    assert [each.name for each in folders.of("a").path.iterdir()] == ["x"]


def test_one_that_is_there_already_stays(tmp_path: Path) -> None:
    folders = IndexFolders(tmp_path)
    for name in ("first", "second"):
        part = folders.begin("a")
        (part.path / name).touch()
        folders.complete(part, "a")
    assert [each.name for each in folders.of("a").path.iterdir()] == ["first"]
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_what_cannot_take_its_place_is_told(tmp_path: Path) -> None:
    folders = IndexFolders(tmp_path)
    part = folders.begin("a")
    folders.of("a").path.touch()
    with pytest.raises(OSError, match="Not a directory"):
        folders.complete(part, "a")


def test_old_folders_are_removed_but_for_the_current_one(tmp_path: Path) -> None:
    folders, now = IndexFolders(tmp_path), time.time()
    for name in ("current", "old", "old.x.part", "new"):
        (tmp_path / name).mkdir()
    (tmp_path / "keeper.lock").touch()
    long_ago = now - KEPT_SECONDS - 1
    for each in ("current", "old", "old.x.part", "keeper.lock"):
        os.utime(tmp_path / each, (long_ago, long_ago))
    folders.tidy("current", now)
    assert {each.name for each in tmp_path.iterdir()} == {"current", "new", "keeper.lock"}


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc", "a/b", "a.part", "a\n", "a" * 65])
def test_what_is_no_name_of_a_generation_is_never_a_path(tmp_path: Path, name: str) -> None:
    folders = IndexFolders(tmp_path)
    for use in (folders.of, folders.begin):
        with pytest.raises(NotFoundError):
            use(name)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "catalog.json").mkdir()
    with pytest.raises(IsADirectoryError):
        IndexFolder(tmp_path).write_position("5-1")
    assert [each.name for each in tmp_path.iterdir()] == ["catalog.json"]
