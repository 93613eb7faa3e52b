"""A sync lists and fetches what is small, a download the rest; a snapshot when all is here."""

import json
from dataclasses import replace

import pytest

from data_bank_api.db.database import Database
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Snapshots
from data_bank_api.hub.sync import bring_in, download, download_some, sync
from data_bank_client.errors import ConflictError, DigestMismatchError, NotFoundError
from data_bank_client.wire.digest import Digest
from tests.fakes.hub_in_memory import NAME, Mirrored, lfs, plain

OTHER = RepoName("dataset", "org/other")
MODEL = {
    "config.json": plain("{}"),
    "model.safetensors": lfs("weights" * 100),
    "README.md": plain("# A model"),
    "empty.txt": plain(""),
}


@pytest.fixture
def mirrored(database: Database) -> Mirrored:
    return Mirrored(database)


def test_a_sync_lists_all_and_fetches_what_is_small(mirrored: Mirrored) -> None:
    commit = mirrored.hub.commit(MODEL)
    repository = mirrored.register()
    outcome = sync(mirrored.mirror, NAME, mirrored.told)
    assert mirrored.states(repository) == {
        "README.md": "completed",
        "config.json": "completed",
        "empty.txt": "completed",
        "model.safetensors": "pending",
    }
    found = outcome.repository
    assert (found.state, found.commit, found.head, outcome.snapshot) == (
        "synced",
        commit,
        None,
        None,
    )
    assert (outcome.sums.all.files, outcome.sums.of("pending").bytes) == (4, 700)
    assert mirrored.told.lines == [f"main is the commit {commit}", "4 files are listed"]


def test_a_download_completes_the_snapshot_and_moves_the_head(mirrored: Mirrored) -> None:
    commit = mirrored.hub.commit(MODEL)
    mirrored.register()
    sync(mirrored.mirror, NAME, mirrored.told)
    outcome = download(mirrored.mirror, NAME, mirrored.told)
    assert outcome.snapshot is not None
    assert (outcome.repository.head, outcome.snapshot.commit) == (commit, commit)
    assert (outcome.snapshot.files, outcome.snapshot.bytes, outcome.moved) == (4, 711, 700)
    blob = mirrored.store.open(outcome.snapshot.manifest)
    manifest = json.loads(blob.read(0, blob.info.size))
    assert [each["path"] for each in manifest["files"]] == sorted(MODEL)
    assert manifest["files"][3] == {
        "lfs": True,
        "oid": MODEL["model.safetensors"].listed_as("x").oid,
        "path": "model.safetensors",
        "sha256": Digest.of(MODEL["model.safetensors"].data).hex,
        "size": 700,
    }
    assert mirrored.told.payload is not None
    assert mirrored.told.payload["files"] == 1


def test_what_is_fetched_is_of_the_type_that_its_name_suggests(mirrored: Mirrored) -> None:
    mirrored.hub.commit({"a/config.json": plain("{}"), "data:text/html,x": plain("x")})
    mirrored.register()
    sync(mirrored.mirror, NAME, mirrored.told)
    types = [mirrored.store.stat(Digest.of(each)).content_type for each in (b"{}", b"x")]
    assert types == ["application/json", "application/octet-stream"]


def test_a_repository_is_brought_in_whole_its_metadata_first(database: Database) -> None:
    mirrored = Mirrored(database, places=1)
    files = {"a.safetensors": lfs("weights"), "config.json": plain("{}"), "z.bin": lfs("more")}
    commit = mirrored.hub.commit(files)
    mirrored.register()
    outcome = bring_in(mirrored.mirror, NAME, mirrored.told)
    assert (outcome.repository.head, outcome.moved) == (commit, len("weights{}more"))
    assert mirrored.hub.located == ["config.json", "a.safetensors", "z.bin"]
    listed, metadata, weights, all_of_it = mirrored.told.percents
    assert (listed, metadata, all_of_it) == (0, 0, 100)
    assert weights == pytest.approx(100 * 7 / 11)
    assert mirrored.told.lines[-1] == f"the snapshot of {commit} is complete"


def test_metadata_that_fails_keeps_nothing_else_away(mirrored: Mirrored) -> None:
    mirrored.hub.commit(MODEL)
    repository = mirrored.register()
    mirrored.fetcher.wrong.add("config.json")
    with pytest.raises(DigestMismatchError, match="1 of 2 files failed"):
        bring_in(mirrored.mirror, NAME, mirrored.told)
    states = mirrored.states(repository)
    assert (states["config.json"], states["model.safetensors"]) == ("failed", "completed")
    assert mirrored.mirror.registry.find(NAME).state == "error"


def test_what_the_bank_has_is_completed_without_moving_a_byte(mirrored: Mirrored) -> None:
    mirrored.keep("weights" * 100)
    mirrored.hub.commit({"a.safetensors": MODEL["model.safetensors"]})
    mirrored.register()
    outcome = sync(mirrored.mirror, NAME, mirrored.told)
    assert outcome.snapshot is not None
    assert (mirrored.fetcher.moved, mirrored.hub.located) == (0, [])


def test_what_one_repository_brought_is_not_fetched_for_another(mirrored: Mirrored) -> None:
    mirrored.hub.commit(MODEL)
    mirrored.hub.commit({f"copy/{path}": content for path, content in MODEL.items()}, OTHER)
    mirrored.register()
    mirrored.register(OTHER)
    sync(mirrored.mirror, NAME, mirrored.told)
    download(mirrored.mirror, NAME, mirrored.told)
    before = mirrored.fetcher.moved
    assert sync(mirrored.mirror, OTHER, mirrored.told).snapshot is not None
    assert mirrored.fetcher.moved == before


def test_the_next_revision_fetches_what_changed_and_forgets_what_is_gone(
    mirrored: Mirrored,
) -> None:
    first = mirrored.hub.commit({"a.txt": plain("a"), "gone.txt": plain("gone")})
    repository = mirrored.register()
    sync(mirrored.mirror, NAME, mirrored.told)
    mirrored.hub.located.clear()
    second = mirrored.hub.commit({"a.txt": plain("a"), "b.txt": plain("b")})
    outcome = sync(mirrored.mirror, NAME, mirrored.told)
    assert mirrored.hub.located == ["b.txt"]
    assert list(mirrored.states(repository)) == ["a.txt", "b.txt"]
    assert outcome.repository.head == second
    snapshots = Snapshots(mirrored.database).newest(repository.repository_id, None, 10)
    assert [each.commit for each in snapshots] == [second, first]


def test_a_snapshot_stays_while_the_next_is_not_complete(mirrored: Mirrored) -> None:
    first = mirrored.hub.commit({"a.txt": plain("a")})
    mirrored.register()
    sync(mirrored.mirror, NAME, mirrored.told)
    second = mirrored.hub.commit(MODEL)
    outcome = sync(mirrored.mirror, NAME, mirrored.told)
    assert (outcome.repository.commit, outcome.repository.head) == (second, first)


def test_a_sync_that_is_repeated_changes_nothing(mirrored: Mirrored) -> None:
    mirrored.hub.commit({"a.txt": plain("a")})
    repository = mirrored.register()
    first = sync(mirrored.mirror, NAME, mirrored.told)
    again = sync(mirrored.mirror, NAME, mirrored.told)
    assert first.snapshot is not None
    assert (again.snapshot, again.moved) == (first.snapshot, 0)
    found = Snapshots(mirrored.database).newest(repository.repository_id, None, 10)
    assert found == [first.snapshot]


def test_other_patterns_make_another_snapshot_of_the_same_commit(mirrored: Mirrored) -> None:
    commit = mirrored.hub.commit({"a.txt": plain("a"), "b.txt": plain("b")})
    repository = mirrored.register(patterns=Patterns.parse(["a*"], []))
    first = sync(mirrored.mirror, NAME, mirrored.told).snapshot
    mirrored.mirror.registry.remove(repository.repository_id)
    mirrored.register(patterns=Patterns.parse([], ["a*"]))
    second = sync(mirrored.mirror, NAME, mirrored.told).snapshot
    assert first is not None
    assert second is not None
    assert (first.commit, second.commit, second.files) == (commit, commit, 1)
    assert first.manifest != second.manifest


def test_files_that_no_pattern_asks_for_are_not_listed(mirrored: Mirrored) -> None:
    mirrored.hub.commit(MODEL)
    repository = mirrored.register(patterns=Patterns.parse(["*.json", "*.md"], ["READ*"]))
    assert sync(mirrored.mirror, NAME, mirrored.told).snapshot is not None
    assert list(mirrored.states(repository)) == ["config.json"]


def test_an_empty_repository_has_an_empty_snapshot(mirrored: Mirrored) -> None:
    mirrored.hub.commit({})
    mirrored.register()
    outcome = sync(mirrored.mirror, NAME, mirrored.told)
    assert outcome.snapshot is not None
    assert outcome.snapshot.files == 0


def test_what_the_bank_has_lost_is_fetched_again_before_the_snapshot(mirrored: Mirrored) -> None:
    mirrored.hub.commit(MODEL)
    repository = mirrored.register()
    sync(mirrored.mirror, NAME, mirrored.told)
    mirrored.store.remove(Digest.of(b"{}"))
    lost = download(mirrored.mirror, NAME, mirrored.told)
    assert (lost.snapshot, lost.repository.state) == (None, "synced")
    assert mirrored.states(repository)["config.json"] == "pending"
    assert download(mirrored.mirror, NAME, mirrored.told).snapshot is not None


def test_a_sync_of_what_the_hub_has_not_says_so_in_the_repository(mirrored: Mirrored) -> None:
    repository = mirrored.register()
    with pytest.raises(NotFoundError):
        sync(mirrored.mirror, NAME, mirrored.told)
    found = mirrored.mirror.registry.get(repository.repository_id)
    assert found.state == "error"
    assert found.error == {"code": "NOT_FOUND", "message": "the Hub has no model org/small"}


def test_a_sync_that_is_ended_in_the_middle_says_so_and_can_be_repeated(
    mirrored: Mirrored,
) -> None:
    mirrored.hub.commit(MODEL)
    repository = mirrored.register()

    def end() -> None:
        raise KeyboardInterrupt

    mirrored.hub.on_listed = end
    with pytest.raises(KeyboardInterrupt):
        sync(mirrored.mirror, NAME, mirrored.told)
    found = mirrored.mirror.registry.get(repository.repository_id)
    assert (found.state, found.error) == (
        "error",
        {"code": "INTERNAL_ERROR", "message": "it was ended in the middle"},
    )
    mirrored.hub.on_listed = lambda: None
    assert sync(mirrored.mirror, NAME, mirrored.told).repository.error is None


def test_a_half_listing_makes_no_snapshot(mirrored: Mirrored) -> None:
    mirrored.hub.commit({"a.txt": plain("a")})
    repository = mirrored.register()
    sync(mirrored.mirror, NAME, mirrored.told)
    first = mirrored.hub.commit({"a.txt": plain("a2")})

    def end() -> None:
        raise KeyboardInterrupt

    mirrored.hub.on_listed = end
    with pytest.raises(KeyboardInterrupt):
        sync(mirrored.mirror, NAME, mirrored.told)
    assert mirrored.mirror.publisher.publish(repository.repository_id) is None
    outcome = download(mirrored.mirror, NAME, mirrored.told)
    assert outcome.snapshot is None
    assert outcome.repository.head != first


def test_a_sync_that_is_overtaken_by_another_gives_up(mirrored: Mirrored) -> None:
    mirrored.hub.commit({"a.txt": plain("a")})
    repository = mirrored.register()

    def overtake() -> None:
        mirrored.hub.on_listed = lambda: None
        mirrored.hub.commit({"b.txt": plain("b")})
        sync(mirrored.mirror, NAME, mirrored.told)

    mirrored.hub.on_listed = overtake
    with pytest.raises(ConflictError, match="is listed anew"):
        sync(mirrored.mirror, NAME, mirrored.told)
    assert mirrored.states(repository) == {"b.txt": "completed"}
    found = mirrored.mirror.registry.find(NAME)
    assert (found.state, found.error) == ("synced", None)


def test_a_sync_of_a_repository_that_is_removed_meanwhile_gives_up(mirrored: Mirrored) -> None:
    mirrored.hub.commit({"a.txt": plain("a")})
    repository = mirrored.register()
    mirrored.hub.on_listed = lambda: mirrored.mirror.registry.remove(repository.repository_id)
    with pytest.raises(ConflictError, match="was removed"):
        sync(mirrored.mirror, NAME, mirrored.told)
    with pytest.raises(NotFoundError, match="is not registered"):
        sync(mirrored.mirror, NAME, mirrored.told)


def test_a_repository_that_was_never_listed_cannot_be_downloaded(mirrored: Mirrored) -> None:
    mirrored.register()
    with pytest.raises(ConflictError, match="sync it first"):
        download(mirrored.mirror, NAME, mirrored.told)


def test_artifacts_are_downloaded_by_their_ids_from_several_repositories(
    mirrored: Mirrored,
) -> None:
    ids = []
    for name in (NAME, OTHER):
        mirrored.hub.commit({"a.bin": lfs(f"a of {name}"), "b.bin": lfs(f"b of {name}")}, name)
        repository = mirrored.register(name)
        sync(mirrored.mirror, name, mirrored.told)
        found = mirrored.mirror.artifacts.list(repository.repository_id, Wanted(), None, 10)
        ids += [each.artifact_id for each in found]
    outcomes = download_some(mirrored.mirror, ids[:3], mirrored.told)
    assert {each.snapshot is not None for each in outcomes} == {True, False}
    assert sorted(mirrored.hub.located) == ["a.bin", "a.bin", "b.bin"]
    with pytest.raises(NotFoundError, match="no artifact nowhere"):
        download_some(mirrored.mirror, ["nowhere"], mirrored.told)


def test_wrong_bytes_are_told_of_the_file_and_of_the_repository(mirrored: Mirrored) -> None:
    mirrored.hub.commit(MODEL)
    mirrored.fetcher.wrong.add("README.md")
    repository = mirrored.register()
    with pytest.raises(DigestMismatchError, match="1 of 3 files failed, the first: the bytes"):
        sync(mirrored.mirror, NAME, mirrored.told)
    assert mirrored.states(repository)["README.md"] == "failed"
    assert mirrored.states(repository)["config.json"] == "completed"
    failed = mirrored.mirror.artifacts.list(repository.repository_id, Wanted(("failed",)), None, 10)
    assert failed[0].error is not None
    assert failed[0].error["code"] == "DIGEST_MISMATCH"
    assert mirrored.mirror.registry.get(repository.repository_id).state == "error"
    mirrored.fetcher.wrong.clear()
    outcome = download(mirrored.mirror, NAME, mirrored.told)
    assert (outcome.snapshot is not None, outcome.repository.state) == (True, "synced")


def test_thousands_of_files_are_taken_in_batches(mirrored: Mirrored) -> None:
    few = plain("the same")
    mirrored.hub.commit({f"{number:05}.txt": few for number in range(1201)})
    mirrored.register()
    quick = replace(mirrored.mirror, places=8)
    assert sync(quick, NAME, mirrored.told).sums.of("completed").files == 1201
