from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs
from tantivy import Query

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index.folders import KEPT_SECONDS, IndexFolders
from data_bank_api.catalog.index.keeper import IndexKeeper, IndexParts
from data_bank_api.catalog.index.question import Question
from data_bank_api.catalog.index.schema import schema
from data_bank_api.catalog.index.shelf import RETRY_SECONDS, IndexNotReadyError, Shelf
from data_bank_api.catalog.store import Update
from data_bank_client.errors import ConflictError, NotFoundError, ServiceUnavailableError
from tests.running_bank import until

SOME = [Document(f"org/{number}", description="some words") for number in range(20)]


@dataclass
class Source:
    """A CatalogSource in memory."""

    generations: dict[str, list[Document]] = field(default_factory=dict)
    news: list[Update] = field(default_factory=list)
    generation: str | None = None
    failures: int = 0  # still to come
    dropped: str = ""  # up to this place
    during_scan: Callable[[], None] = lambda: None

    def current(self) -> str | None:
        if self.failures:
            self.failures -= 1
            raise ServiceUnavailableError("Redis does not answer")
        return self.generation

    def updates_from(self, generation: str) -> str:
        return "0"

    def scan(self, generation: str) -> Iterator[Sequence[Document]]:
        for start in range(0, len(self.generations[generation]), 5):
            self.during_scan()
            yield self.generations[generation][start : start + 5]

    def updates(self, after: str, limit: int) -> Sequence[Update]:
        if after < self.dropped:
            raise ConflictError("dropped")
        return [each for each in self.news if each.position > after][:limit]

    def end(self) -> str:
        return max([each.position for each in self.news], default="0")

    def flip(self, generation: str, documents: list[Document]) -> None:
        self.generations[generation] = documents
        self.generation = generation

    def tell(self, *documents: Document) -> None:
        for each in documents:
            self.news.append(Update(str(len(self.news) + 1), each))


def panicking(_text: str) -> list[Query]:
    return [Query.phrase_query(schema(), "trigrams", ["one"])]  # of one, which tantivy cannot do


@dataclass
class Node:
    """A process of the API: its keeper, run by hand."""

    source: Source
    folders: IndexFolders
    shelf: Shelf = field(default_factory=Shelf)
    now: float = 0.0

    def __post_init__(self) -> None:
        parts = IndexParts(self.source, self.source.end, self.folders, self.shelf, lambda: self.now)
        self.keeper = IndexKeeper(replace(parts, pulse=0.01, pause=0.01))
        self.step = self.keeper.step

    def total(self, text: str) -> int:
        return self.shelf.search(Question(text)).total


@pytest.fixture
def source() -> Source:
    source = Source()
    source.flip("a", SOME)
    return source


@pytest.fixture
def node(source: Source, tmp_path: Path) -> Node:
    return Node(source, IndexFolders(tmp_path / "catalog"))


def test_before_there_is_an_index_a_search_is_asked_to_wait(node: Node) -> None:
    with pytest.raises(IndexNotReadyError) as caught:
        node.total("words")
    assert (caught.value.retry_after, node.shelf.count()) == (RETRY_SECONDS, None)


def test_an_index_is_made_of_the_current_generation(node: Node) -> None:
    node.step()
    assert (node.total("words"), node.shelf.count()) == (20, 20)


def test_an_index_that_a_refresh_has_made_is_taken(node: Node, source: Source) -> None:
    node.step()
    node.folders.of("a").path.rename(node.folders.root / "b")
    source.flip("b", [])  # of which none could be made
    node.step()
    assert node.total("words") == 20


def test_what_comes_by_the_stream_is_found(node: Node, source: Source) -> None:
    node.step()
    source.tell(Document("org/1", description="other"), Document("org/new", description="words"))
    source.tell(Document("org/1", description="others"))
    node.step()
    assert (node.total("words"), node.total("other"), node.total("others")) == (20, 1, 1)
    assert node.folders.of("a").position == "3"
    node.step()
    assert node.total("words") == 20


def test_another_process_shows_the_same_and_writes_nothing(node: Node, source: Source) -> None:
    node.step()
    other = Node(source, node.folders)
    other.step()
    source.tell(Document("org/new", description="words"))
    other.step()
    assert (other.total("words"), node.folders.of("a").position) == (20, "0")
    node.step()
    other.step()
    assert other.total("words") == 21


def test_another_process_keeps_the_index_when_the_first_has_ended(
    node: Node, source: Source
) -> None:
    node.keeper.start()
    until(lambda: node.shelf.count() is not None)
    other = Node(source, node.folders)
    node.keeper.stop()
    source.tell(Document("org/new", description="words"))
    other.step()
    assert other.total("words") == 21


def test_an_index_that_missed_a_part_of_the_stream_is_made_anew(node: Node, source: Source) -> None:
    node.step()
    source.flip("a", SOME[:7])
    source.tell(SOME[0], SOME[1])
    source.dropped = "1"
    node.step()
    assert (node.total("words"), node.folders.of("a").position) == (7, "2")


def test_a_damaged_index_is_made_anew(node: Node, source: Source) -> None:
    node.step()
    for each in node.folders.of("a").path.glob("*.term"):
        spoilt = each.with_suffix(".spoilt")  # under what is open it is not pulled away
        spoilt.write_bytes(bytes(each.stat().st_size))
        spoilt.replace(each)
    other = Node(source, node.folders)
    other.step()  # not by one that does not keep it
    with pytest.raises(IndexNotReadyError):
        other.total("words")
    node.step()  # which has it open still, and is told
    other.step()
    assert (node.total("words"), other.total("words")) == (20, 20)


def test_an_index_of_another_version_is_neither_read_nor_suspect(
    node: Node, source: Source
) -> None:
    node.step()
    (node.folders.of("a").path / "catalog.json").write_text('{"form": 0}')
    other = Node(source, node.folders)
    other.step()
    assert (node.folders.of("a").is_suspect(), other.shelf.count()) == (False, None)


def test_an_index_that_fails_in_a_search_is_looked_through(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.step()
    with monkeypatch.context() as patched:
        patched.setattr("data_bank_api.catalog.index.searching.matching", panicking)
        with pytest.raises(IndexNotReadyError):
            node.total("a")
    assert (node.folders.of("a").is_suspect(), node.shelf.count()) == (True, None)
    node.step()
    assert (node.folders.of("a").is_suspect(), node.total("words")) == (False, 20)


def test_an_index_that_was_spoilt_meanwhile_is_made_anew(node: Node) -> None:
    node.step()
    (node.folders.of("a").path / "meta.json").write_text("{}")
    node.step()
    assert node.shelf.count() is None
    node.step()
    assert node.total("words") == 20


def test_while_one_is_made_the_index_of_the_last_generation_answers(
    node: Node, source: Source
) -> None:
    node.step()
    source.flip("b", SOME[:5])
    totals: list[int] = []
    source.during_scan = lambda: totals.append(node.total("words"))
    node.step()
    assert (totals, node.total("words")) == ([20], 5)


def test_where_redis_has_lost_the_catalog_nothing_is_found(node: Node, source: Source) -> None:
    node.step()
    source.generation = None
    node.step()
    with pytest.raises(IndexNotReadyError):
        node.total("words")


def test_old_indexes_are_removed(node: Node, source: Source) -> None:
    node.step()
    source.flip("b", SOME)
    node.step()
    assert node.folders.of("a").path.exists()
    node.now = 2 * KEPT_SECONDS + node.folders.of("b").path.stat().st_mtime
    node.step()
    assert {each.name for each in node.folders.root.iterdir()} == {"b", "keeper.lock"}


def test_a_stop_ends_the_making_of_an_index(node: Node, source: Source) -> None:
    source.during_scan = node.keeper._stop.set
    node.keeper.start()
    node.keeper._thread.join()
    assert [each.name for each in node.folders.root.iterdir()] == ["keeper.lock"]


def test_a_failure_is_told_once_and_tried_again(node: Node, source: Source) -> None:
    source.failures = 3
    with capture_logs() as told:
        node.keeper.start()
        until(lambda: node.shelf.count() == 20)
        node.keeper.stop()
    warnings = [each for each in told if each["log_level"] == "warning"]
    assert [each["reason"] for each in warnings] == ["Redis does not answer"]


def test_a_generation_whose_name_is_a_path_costs_nobody_a_folder(
    node: Node, source: Source
) -> None:
    elsewhere = node.folders.root.parent / "files"
    elsewhere.mkdir()
    source.flip("../files", SOME)  # by somebody who reaches Redis
    with pytest.raises(NotFoundError):
        node.step()
    assert elsewhere.is_dir()


def test_whatever_else_fails_is_tried_again_too(node: Node, source: Source) -> None:
    left = [1, 2]

    def fail() -> None:
        if left and left.pop():
            raise msgspec.ValidationError("no dataset")

    source.during_scan = fail
    with capture_logs() as told:
        node.keeper.start()
        until(lambda: node.shelf.count() == 20)
        node.keeper.stop()
    assert [each["log_level"] for each in told].count("error") == 1
