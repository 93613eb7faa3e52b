"""A snapshot is all there, knows what it needs, and is never made of a half."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from data_bank_api.blobs.receive import Declared, Intake, Receiver
from data_bank_api.db.database import Database
from data_bank_api.hub.artifact import Artifact
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.listing import begin_listing
from data_bank_api.hub.publisher import Publisher
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Need, SnapshotFile, Snapshots
from data_bank_api.hub.sync import download, sync
from data_bank_client.errors import NotFoundError, ServiceUnavailableError
from data_bank_client.wire.digest import Digest
from tests.fakes.hub_in_memory import NAME, Mirrored, lfs, plain

OTHER = RepoName("dataset", "org/other")


@pytest.fixture
def mirrored(database: Database) -> Mirrored:
    return Mirrored(database)


def mirror(mirrored: Mirrored, name: RepoName = NAME) -> str:
    """All of it: the repository's id."""
    sync(mirrored.mirror, name, mirrored.told)
    return download(mirrored.mirror, name, mirrored.told).repository.repository_id


def test_the_files_of_a_snapshot_come_in_the_order_of_their_bytes(mirrored: Mirrored) -> None:
    paths = ["Z.txt", "a/b.txt", "a.txt", "\u00e4.txt", "_.txt", "a b.txt", "\U0001f600.txt"]
    mirrored.hub.commit({path: plain(path) for path in paths})
    mirrored.register()
    snapshots = Snapshots(mirrored.database)
    snapshot = snapshots.newest(mirror(mirrored), None, 1)[0]
    found: list[SnapshotFile] = []
    while page := snapshots.files(snapshot, found[-1].path.text if found else None, 2):
        found += page
    assert [each.path.text for each in found] == sorted(paths)
    assert {each.digest for each in found} == {Digest.of(path.encode()) for path in paths}


def test_a_file_of_a_snapshot_is_told_as_git_has_it(mirrored: Mirrored) -> None:
    content = lfs("weights")
    commit = mirrored.hub.commit({"a.bin": content})
    mirrored.register()
    repository_id = mirror(mirrored)
    snapshots = Snapshots(mirrored.database)
    snapshot = snapshots.get(repository_id, commit)
    oid = content.listed_as("a.bin").oid
    file = SnapshotFile(HubPath("a.bin"), Digest.of(b"weights"), 7, oid, is_lfs=True)
    assert snapshots.files(snapshot, None, 10) == [file]
    with pytest.raises(NotFoundError, match="no snapshot of this commit"):
        snapshots.get(repository_id, "0" * 40)


def test_snapshots_are_told_newest_first_page_by_page(mirrored: Mirrored) -> None:
    repository_id = mirrored.register().repository_id
    commits = []
    for number in range(3):
        commits.append(mirrored.hub.commit({"a.txt": plain(str(number))}))
        mirror(mirrored)
    snapshots = Snapshots(mirrored.database)
    first = snapshots.newest(repository_id, None, 2)
    rest = snapshots.newest(repository_id, first[-1].snapshot_id, 2)
    assert [each.commit for each in first + rest] == commits[::-1]


def test_whoever_needs_a_file_is_known(mirrored: Mirrored) -> None:
    one = mirrored.hub.commit({"a.txt": plain("shared"), "b.txt": plain("shared")})
    two = mirrored.hub.commit({"c.txt": plain("shared")}, OTHER)
    for name in (NAME, OTHER):
        mirrored.register(name)
    repository_ids = [mirror(mirrored, name) for name in (NAME, OTHER)]
    snapshots = Snapshots(mirrored.database)
    both = [Need(NAME, one), Need(OTHER, two)]
    assert snapshots.needs(Digest.of(b"shared"), 10) == both
    assert len(snapshots.needs(Digest.of(b"shared"), 1)) == 1
    manifest = snapshots.newest(repository_ids[1], None, 1)[0].manifest
    assert snapshots.needs(manifest, 10) == [Need(OTHER, two)]
    assert snapshots.needs(Digest.of(b"somebody else's"), 10) == []


@dataclass
class Meddling(Receiver):
    """Before each file that comes in, something is done."""

    mirrored: Mirrored
    meddle: Callable[[], object]

    def begin(self, declared: Declared) -> Intake:
        self.meddle()
        return self.mirrored.mirror.receiver.begin(declared)


def publish(mirrored: Mirrored, repository_id: str, meanwhile: Callable[[], object]) -> object:
    mirror = mirrored.mirror
    receiver = Meddling(mirrored, meanwhile)
    publisher = Publisher(mirror.database, mirror.holdings, receiver, mirror.clock)
    return publisher.publish(repository_id)


def test_of_two_who_publish_at_once_both_get_the_same(mirrored: Mirrored) -> None:
    mirrored.hub.commit({"a.bin": lfs("a")})
    repository_id = mirrored.register().repository_id
    sync(mirrored.mirror, NAME, mirrored.told)
    found: list[object] = []

    def finish() -> None:
        found.append(download(mirrored.mirror, NAME, mirrored.told).snapshot)

    mirrored.keep("a")
    mirrored.mirror.artifacts.complete(
        [(each, Digest.of(b"a")) for each in listed(mirrored, repository_id)]
    )
    assert [publish(mirrored, repository_id, finish)] == found
    assert found == Snapshots(mirrored.database).newest(repository_id, None, 10)


def listed(mirrored: Mirrored, repository_id: str) -> list[Artifact]:
    return mirrored.mirror.artifacts.list(repository_id, Wanted(), None, 10)


def test_what_is_listed_anew_while_it_is_published_makes_no_snapshot(mirrored: Mirrored) -> None:
    mirrored.hub.commit({"a.txt": plain("a")})
    repository_id = mirrored.register().repository_id
    mirror(mirrored)

    def list_anew() -> None:
        begin_listing(mirrored.database, repository_id, "0" * 40, {})

    assert publish(mirrored, repository_id, list_anew) is None
    assert publish(mirrored, "0" * 32, list_anew) is None


def test_a_commit_of_which_the_hub_tells_otherwise_has_its_snapshot_replaced(
    mirrored: Mirrored,
) -> None:
    commit = mirrored.hub.commit({"a.txt": plain("a")})
    mirrored.register()
    mirror(mirrored)
    mirrored.hub.retell(commit, {"b.txt": plain("b")})
    repository_id = mirror(mirrored)
    snapshots = Snapshots(mirrored.database)
    [snapshot] = snapshots.newest(repository_id, None, 10)
    assert [each.path.text for each in snapshots.files(snapshot, None, 10)] == ["b.txt"]


def test_a_file_that_is_removed_while_its_snapshot_is_made_is_fetched_again(
    mirrored: Mirrored,
) -> None:
    """Nothing says that it is needed before the snapshot is there."""
    commit = mirrored.hub.commit({"a.bin": lfs("weights"), "b.txt": plain("b")})
    repository = mirrored.register()
    sync(mirrored.mirror, NAME, mirrored.told)
    lost = mirrored.keep("weights")
    [weights, _] = listed(mirrored, repository.repository_id)
    mirrored.mirror.artifacts.complete([(weights, lost)])
    with pytest.raises(ServiceUnavailableError, match="was removed while"):
        publish(mirrored, repository.repository_id, lambda: mirrored.store.remove(lost))
    assert mirrored.states(repository) == {"a.bin": "pending", "b.txt": "completed"}
    outcome = download(mirrored.mirror, NAME, mirrored.told)
    assert (outcome.repository.head, outcome.snapshot is None) == (commit, False)
    assert mirrored.store.stat(lost).size == len("weights")
