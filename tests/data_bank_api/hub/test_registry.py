"""Repositories are registered once, told of, and removed with all but their files."""

from datetime import timedelta

import pytest

from data_bank_api.db.database import Database
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Snapshots
from data_bank_api.hub.sync import sync
from data_bank_api.hub.trouble import Trouble, trouble_of
from data_bank_client.errors import ConflictError, InternalError, InvalidInputError, NotFoundError
from data_bank_client.wire.digest import Digest
from tests.fakes.clock import Clock
from tests.fakes.hub_in_memory import NAME, Mirrored, plain

OTHER = RepoName("dataset", NAME.repo_id)


@pytest.fixture
def registry(database: Database) -> Registry:
    return Registry(database, Clock())


def test_a_repository_is_found_as_it_was_registered(registry: Registry) -> None:
    asked = Registration.parse(
        NAME,
        revision="refs/pr/1",
        vendor="Org, Inc.",
        label="Small \N{SPARKLES}",
        patterns=Patterns.parse(["*.json"], ["a*"]),
        sync_hours=24,
    )
    made = registry.register(asked)
    assert made.asked == asked
    assert (made.state, made.error, made.commit, made.head) == ("registered", None, None, None)
    assert registry.get(made.repository_id) == registry.find(NAME) == made


def test_a_repository_is_registered_once(registry: Registry) -> None:
    registry.register(Registration.parse(NAME))
    with pytest.raises(ConflictError, match="the model org/small is registered already"):
        registry.register(Registration.parse(NAME, revision="dev"))
    assert registry.register(Registration.parse(OTHER)).name == OTHER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revision", "a..b"),
        ("vendor", " "),
        ("vendor", "v" * 201),
        ("label", "two\nlines"),
        ("sync_hours", 0),
        ("sync_hours", 8761),
    ],
)
def test_a_registration_is_judged(field: str, value: str | int) -> None:
    wrong: dict[str, dict[str, str | int]] = {field: {field: value}}
    with pytest.raises(InvalidInputError):
        _parse(**wrong[field])


def _parse(
    revision: object = "main",
    vendor: object = None,
    label: object = None,
    sync_hours: object = None,
) -> Registration:
    return Registration.parse(
        NAME,
        revision=str(revision),
        vendor=None if vendor is None else str(vendor),
        label=None if label is None else str(label),
        sync_hours=sync_hours if isinstance(sync_hours, int) else None,
    )


def test_the_newest_repositories_come_first_page_by_page(database: Database) -> None:
    clock = Clock()
    registry = Registry(database, clock)
    made = []
    for number in range(5):
        kind = "model" if number % 2 else "dataset"
        made.append(registry.register(Registration.parse(RepoName.parse(kind, f"org/r{number}"))))
        clock.pass_by(timedelta(seconds=number % 2))  # some at the same moment
    found = registry.newest(None, 2)
    while page := registry.newest(found[-1].place, 2):
        found += page
    key = [(each.registered_at, each.repository_id) for each in found]
    assert key == sorted(key, reverse=True)
    assert {each.repository_id for each in found} == {each.repository_id for each in made}
    assert {each.name.repo_type for each in registry.newest(None, 9, "model")} == {"model"}


def test_a_repository_that_is_not_there_is_not_found(registry: Registry) -> None:
    for ask in (registry.get, registry.remove):
        with pytest.raises(NotFoundError, match="there is no such repository"):
            ask("0" * 32)
    with pytest.raises(NotFoundError, match="the model org/small is not registered"):
        registry.find(NAME)


def test_how_the_last_try_went_is_kept(registry: Registry) -> None:
    made = registry.register(Registration.parse(NAME))
    trouble = trouble_of(InternalError("odd \0 name" + "x" * 3000))
    registry.mark(made.repository_id, "error", trouble)
    found = registry.find(NAME)
    assert found.state == "error"
    assert found.error == Trouble(
        code="INTERNAL_ERROR", message="odd \N{REPLACEMENT CHARACTER} name" + "x" * 1990
    )
    registry.mark(made.repository_id, "synced")
    assert registry.find(NAME).error is None


def test_a_removal_takes_all_but_the_files(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_bank_api.hub.registry.SOME", 2)
    mirrored = Mirrored(database)
    registry = mirrored.mirror.registry
    files = {f"{number}.txt": plain(str(number)) for number in range(5)}
    for name in (NAME, OTHER):
        mirrored.hub.commit(files, name)
        mirrored.register(name)
        sync(mirrored.mirror, name, mirrored.told)
    gone, kept = registry.find(NAME).repository_id, registry.find(OTHER).repository_id
    registry.remove(gone)
    snapshots = Snapshots(database)
    assert [each.name for each in registry.newest(None, 9)] == [OTHER]
    assert mirrored.mirror.artifacts.list(gone, Wanted(), None, 9) == []
    assert snapshots.newest(gone, None, 9) == []
    assert len(snapshots.files(snapshots.newest(kept, None, 9)[0], None, 9)) == 5
    assert mirrored.store.stat(Digest.of(b"0")).size == 1
    assert [each.name for each in snapshots.needs(Digest.of(b"0"), 9)] == [OTHER]
