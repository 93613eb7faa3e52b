import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index import child
from data_bank_api.catalog.index.building import IndexMaker
from data_bank_api.catalog.index.folders import IndexFolders
from data_bank_api.catalog.index.question import Question
from data_bank_api.catalog.index.schema import open_index
from data_bank_api.catalog.index.searching import search
from data_bank_client.errors import ServiceUnavailableError

SOME = [Document(f"org/{number}", description="öne\nline") for number in range(30)]


@pytest.fixture
def folders(tmp_path: Path) -> IndexFolders:
    return IndexFolders(tmp_path / "catalog")


def test_an_index_is_made_of_batches_in_a_process_of_its_own(folders: IndexFolders) -> None:
    IndexMaker(folders).build("a", iter([SOME[:10], SOME[10:], []]), "7-0")
    folder = folders.of("a")
    assert (folder.is_usable(), folder.position) == (True, "7-0")
    assert search(open_index(str(folder.path)), Question("öne")).total == 30
    assert [each.name for each in folders.root.iterdir()] == ["a"]


def test_nothing_is_there_when_the_datasets_end_in_an_error(folders: IndexFolders) -> None:
    def failing() -> Iterator[Sequence[Document]]:
        yield SOME
        raise ServiceUnavailableError("Redis does not answer")

    with pytest.raises(ServiceUnavailableError, match="Redis"):
        IndexMaker(folders).build("a", failing())
    assert list(folders.root.iterdir()) == []


def test_nothing_is_there_when_its_maker_fails(folders: IndexFolders) -> None:
    def endless() -> Iterator[Sequence[Document]]:
        yield [msgspec.structs.replace(SOME[0], tags=(5,))]  # which no reader takes
        while True:
            yield SOME

    with pytest.raises(ServiceUnavailableError, match="could not be made"):
        IndexMaker(folders).build("a", endless())
    assert list(folders.root.iterdir()) == []


def test_a_maker_whose_datasets_end_early_makes_no_index(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", child.__name__, str(tmp_path)]
    ended = subprocess.run(command, input=b'{"id":"org/x"}\n', timeout=60, check=False)
    assert ended.returncode == 1
    assert open_index(str(tmp_path)).searcher().num_docs == 0


def test_an_index_that_was_made_before_is_not_taken_for_one_of_now(folders: IndexFolders) -> None:
    maker = IndexMaker(folders)
    maker.build("a", iter([SOME[:10]]))  # by a refresh that was killed before the flip
    maker.build("a", iter([SOME]))
    assert open_index(str(folders.of("a").path)).searcher().num_docs == 30
    assert [each.name for each in folders.root.iterdir()] == ["a"]
