"""Repositories are registered once, told of, and removed with all but their files."""

from dataclasses import replace
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
        auto_sync=True,
    )
    made = registry.register(asked)
    assert made.asked == asked
    assert (made.state, made.error, made.commit, made.head) == ("registered", None, None, None)
    assert made.next_sync_at == made.registered_at + timedelta(hours=24)
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
    for ask in (registry.get, registry.remove, lambda each: registry.change(each, by_hand)):
        with pytest.raises(NotFoundError, match="there is no such repository"):
            ask("0" * 32)
    with pytest.raises(NotFoundError, match="the model org/small is not registered"):
        registry.find(NAME)


def test_a_repository_is_found_among_all_by_its_name(registry: Registry) -> None:
    made = [registry.register(Registration.parse(name)) for name in (NAME, OTHER)]
    registry.register(Registration.parse(RepoName("model", "org/another")))
    assert registry.newest(None, 9, repo_id=NAME.repo_id) == sorted(
        made, key=lambda each: each.repository_id, reverse=True
    )
    assert registry.newest(None, 9, "model", NAME.repo_id) == [made[0]]
    assert registry.newest(None, 9, repo_id="org/nowhere") == []


def by_hand(asked: Registration) -> Registration:
    return replace(asked, auto_sync=False, sync_hours=None)


def test_a_change_is_told_as_it_was_made(registry: Registry) -> None:
    made = registry.register(Registration.parse(NAME))
    wanted = Registration.parse(
        NAME,
        revision="v2",
        vendor="Org",
        label="Small",
        patterns=Patterns(("*.json",), ("a*",)),
    )
    changed = registry.change(made.repository_id, lambda _: wanted)
    assert changed == replace(made, asked=wanted)
    assert registry.find(NAME) == changed


def test_a_change_that_is_refused_changes_nothing(registry: Registry) -> None:
    made = registry.register(Registration.parse(NAME))

    def refuse(asked: Registration) -> Registration:
        return Registration.parse(asked.name, revision="a..b")

    with pytest.raises(InvalidInputError):
        registry.change(made.repository_id, refuse)
    assert registry.find(NAME) == made


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [
        pytest.param((False, None), (True, None), 0, id="what-keeps-itself-whole-begins-now"),
        pytest.param((False, 24), (True, 24), 0, id="also-where-it-had-a-schedule"),
        pytest.param((False, None), (False, 24), 21, id="hours-count-from-the-last-sync"),
        pytest.param((False, 24), (False, 2), 0, id="what-is-overdue-is-due"),
        pytest.param((True, None), (False, None), None, id="by-hand"),
        pytest.param((True, None), (True, 24), 19, id="the-same-hours-leave-it"),
        pytest.param((True, 24), (False, 24), 19, id="without-the-download-too"),
    ],
)
def test_a_change_of_the_schedule_plans_the_next_sync(
    database: Database,
    before: tuple[bool, int | None],
    after: tuple[bool, int | None],
    hours: int | None,
) -> None:
    """Registered five hours ago, synced three hours ago."""
    mirrored = Mirrored(database)
    registry, clock = mirrored.mirror.registry, mirrored.clock
    first, second = (
        Registration.parse(NAME, auto_sync=auto_sync, sync_hours=sync_hours)
        for auto_sync, sync_hours in (before, after)
    )
    made = registry.register(first)
    clock.pass_by(2 * HOUR)
    mirrored.hub.commit({"a.txt": plain("a")})
    sync(mirrored.mirror, NAME, mirrored.told)
    clock.pass_by(3 * HOUR)
    changed = registry.change(made.repository_id, lambda _: second)
    assert changed.next_sync_at == (None if hours is None else clock() + hours * HOUR)


def test_what_keeps_another_whole_begins_with_that_now(database: Database) -> None:
    clock = Clock()
    registry = Registry(database, clock)
    made = registry.register(Registration.parse(NAME, auto_sync=True))
    clock.pass_by(HOUR)
    named = registry.change(made.repository_id, lambda asked: replace(asked, label="Small"))
    assert named.next_sync_at == made.next_sync_at
    for change in (
        lambda asked: replace(asked, revision="v2"),
        lambda asked: replace(asked, patterns=Patterns(("*.json",))),
    ):
        clock.pass_by(HOUR)
        assert registry.change(made.repository_id, change).next_sync_at == clock()


def test_a_removal_that_is_cut_off_leaves_what_is_synced_by_hand(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    registry = Registry(database, clock)
    made = registry.register(Registration.parse(NAME, auto_sync=True))

    def cut_off(*_: object) -> bool:
        raise OSError("killed")

    with monkeypatch.context() as killed:
        killed.setattr(Registry, "_remove_snapshot", cut_off)
        with pytest.raises(OSError, match="killed"):
            registry.remove(made.repository_id)
    clock.pass_by(100 * HOUR)
    assert (registry.due(9), registry.find(NAME).next_sync_at) == ([], None)
    registry.remove(made.repository_id)
    assert registry.newest(None, 9) == []


def test_hours_count_from_the_registration_where_it_was_never_synced(database: Database) -> None:
    clock = Clock()
    registry = Registry(database, clock)
    made = registry.register(Registration.parse(NAME))
    clock.pass_by(HOUR)
    changed = registry.change(made.repository_id, lambda asked: replace(asked, sync_hours=24))
    assert changed.next_sync_at == clock() + 23 * HOUR


def test_the_longest_due_come_first_and_are_due_until_the_next_is_planned(
    database: Database,
) -> None:
    clock = Clock()
    registry = Registry(database, clock)
    registry.register(Registration.parse(RepoName("model", "org/by-hand")))
    slow = registry.register(Registration.parse(NAME, auto_sync=True))
    fast = registry.register(Registration.parse(OTHER, sync_hours=1))
    assert registry.due(9) == []
    clock.pass_by(25 * HOUR)
    assert registry.due(9) == [fast, slow]
    assert registry.due(1) == [fast]
    with database.transaction() as session:
        registry.plan_next(session, fast)
    assert registry.due(9) == [slow]
    assert registry.find(OTHER).next_sync_at == clock() + HOUR


def test_of_two_who_plan_the_next_sync_one_does(registry: Registry, database: Database) -> None:
    due = registry.register(Registration.parse(NAME, sync_hours=1))
    with database.transaction() as session:
        registry.plan_next(session, due)
    with (
        pytest.raises(ConflictError, match="somebody else"),
        database.transaction() as session,
    ):
        registry.plan_next(session, due)
    registry.remove(due.repository_id)
    with pytest.raises(ConflictError), database.transaction() as session:
        registry.plan_next(session, due)


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
