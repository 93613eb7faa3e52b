"""Files of a repository that is not registered come into the bank, by one id."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from data_bank_api.corpus.ingested import SHOWN, Ingested
from data_bank_api.corpus.repository import WantedFiles, ingest_repository
from data_bank_api.db.database import Database
from data_bank_api.hub.located import Located
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.repository_name import RepoName
from data_bank_client.errors import (
    DigestMismatchError,
    ExternalServiceError,
    NotFoundError,
    ServiceUnavailableError,
)
from data_bank_client.wire.digest import Digest
from tests.fakes.hub_in_memory import Mirrored, lfs, plain

NAME = RepoName("dataset", "org/data")
FILES = {
    "data/b.parquet": lfs("rows of b"),
    "data/a.parquet": lfs("rows of a"),
    "README.md": plain("# Data"),
    "empty.txt": plain(""),
}


@pytest.fixture
def mirrored(sqlite_url: str) -> Iterator[Mirrored]:
    with closing(Database(sqlite_url)) as database:
        yield Mirrored(database)


def ingest(mirrored: Mirrored, *include: str) -> Ingested:
    wanted = WantedFiles(NAME, "main", Patterns.parse(include, []))
    return ingest_repository(mirrored.mirror, wanted, mirrored.told)


def manifest_of(mirrored: Mirrored, ingested: Ingested) -> dict[str, object]:
    blob = mirrored.store.open(ingested.result.digest)
    found: dict[str, object] = json.loads(blob.read(0, blob.info.size))
    return found


def test_several_files_come_by_a_manifest_that_is_a_file_itself(mirrored: Mirrored) -> None:
    commit = mirrored.hub.commit(FILES, NAME)
    ingested = ingest(mirrored)
    expected = [
        {
            "lfs": FILES[path].is_lfs,
            "oid": FILES[path].listed_as(path).oid,
            "path": path,
            "sha256": Digest.of(FILES[path].data).hex,
            "size": len(FILES[path].data),
        }
        for path in sorted(FILES)
    ]
    assert manifest_of(mirrored, ingested) == {
        "commit": commit,
        "files": expected,
        "repo_id": "org/data",
        "repo_type": "dataset",
        "version": 1,
    }
    assert ingested.result.content_type == "application/json"
    for content in FILES.values():
        assert mirrored.store.stat(Digest.of(content.data)).size == len(content.data)
    told = ingested.tell()
    assert (told["files"], told["bytes"], told["bytes_moved"], told["commit"]) == (
        4,
        24,
        24,
        commit,
    )
    first = {
        "path": "README.md",
        "file_id": Digest.of(b"# Data").hex,
        "size": 6,
    }
    assert isinstance(told["first"], list)
    assert told["first"][0] == first
    assert mirrored.told.lines == [
        f"main is the commit {commit}",
        "4 files are asked for, 4 of them are to be fetched",
    ]


def test_one_file_is_its_own_result(mirrored: Mirrored) -> None:
    mirrored.hub.commit(FILES, NAME)
    ingested = ingest(mirrored, "*/a.parquet")
    assert ingested.result.digest == Digest.of(b"rows of a")
    assert (ingested.files, mirrored.hub.located) == (1, ["data/a.parquet"])


def test_only_what_matches_is_fetched(mirrored: Mirrored) -> None:
    mirrored.hub.commit(FILES, NAME)
    assert ingest(mirrored, "*.parquet").files == 2
    assert sorted(mirrored.hub.located) == ["data/a.parquet", "data/b.parquet"]


def test_patterns_that_match_nothing_fail_with_the_repository_named(mirrored: Mirrored) -> None:
    commit = mirrored.hub.commit(FILES, NAME)
    with pytest.raises(NotFoundError, match=f"the dataset org/data has none .* at {commit}"):
        ingest(mirrored, "*.csv")


def test_what_the_bank_holds_moves_no_byte(mirrored: Mirrored) -> None:
    mirrored.keep("rows of a")
    mirrored.hub.commit(FILES, NAME)
    assert ingest(mirrored, "*.parquet").moved == 9
    again = ingest(mirrored, "*.parquet")
    assert mirrored.told.lines[-1] == "2 files are asked for, 0 of them are to be fetched"
    assert (again.moved, again.result) == (0, ingest(mirrored, "*.parquet").result)
    assert mirrored.hub.located == ["data/b.parquet"]


def test_a_plain_file_is_known_again_by_what_git_calls_it(mirrored: Mirrored) -> None:
    mirrored.hub.commit(FILES, NAME)
    ingest(mirrored, "*.md")
    ingest(mirrored, "*.md")
    assert mirrored.hub.located == ["README.md"]


def test_nothing_is_registered(mirrored: Mirrored) -> None:
    mirrored.hub.commit(FILES, NAME)
    ingest(mirrored)
    with pytest.raises(NotFoundError):
        mirrored.mirror.registry.find(NAME)


def test_a_registration_of_the_same_repository_is_not_touched(mirrored: Mirrored) -> None:
    mirrored.hub.commit(FILES, NAME)
    registered = mirrored.register(NAME)
    ingest(mirrored)
    assert mirrored.mirror.registry.get(registered.repository_id) == registered
    assert mirrored.states(registered) == {}


def test_the_same_content_at_several_paths_is_one_file_of_the_bank(mirrored: Mirrored) -> None:
    mirrored.hub.commit({"a": lfs("same"), "b": plain("same")}, NAME)
    ingested = ingest(mirrored)
    assert {each.digest for each in ingested.first} == {Digest.of(b"same")}
    assert ingested.files == 2


def test_a_file_that_is_not_what_it_should_be_fails_it_and_the_others_are_kept(
    mirrored: Mirrored,
) -> None:
    mirrored.hub.commit(FILES, NAME)
    mirrored.fetcher.wrong.add("data/b.parquet")
    with pytest.raises(DigestMismatchError, match="1 of 2 files failed"):
        ingest(mirrored, "*.parquet")
    assert mirrored.store.stat(Digest.of(b"rows of a")).size == 9
    mirrored.fetcher.wrong.clear()
    assert ingest(mirrored, "*.parquet").moved == 9


def test_a_hub_that_is_lost_in_the_middle_leaves_what_had_come(mirrored: Mirrored) -> None:
    mirrored.hub.commit(FILES, NAME)
    mirrored.fetcher.ends["data/b.parquet"] = [ExternalServiceError("lost")]
    with pytest.raises(ExternalServiceError, match="lost"):
        ingest(mirrored, "*.parquet")
    assert ingest(mirrored, "*.parquet").moved == 9


def test_a_file_that_goes_meanwhile_makes_no_manifest(
    mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored.hub.commit(FILES, NAME)
    mirrored.keep("rows of a")

    def read(_: Located) -> bytes:
        mirrored.store.remove(Digest.of(b"rows of a"))
        return b"rows of b"

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(mirrored.hub, "read", read)
        with pytest.raises(ServiceUnavailableError, match="removed from the bank"):
            ingest(mirrored, "*.parquet")
    assert [each.size for each in mirrored.store.list("", None, 10)] == [9]
    assert ingest(mirrored, "*.parquet").moved == 9


def test_many_files_are_told_by_the_first_of_them(mirrored: Mirrored) -> None:
    mirrored.keep("x")
    mirrored.hub.commit({f"{number:04}": lfs("x") for number in range(1200)}, NAME)
    ingested = ingest(mirrored)
    assert (ingested.files, len(ingested.first)) == (1200, SHOWN)
    assert ingested.first[-1].path == "0099"
    files = manifest_of(mirrored, ingested)["files"]
    assert isinstance(files, list)
    assert len(files) == 1200
