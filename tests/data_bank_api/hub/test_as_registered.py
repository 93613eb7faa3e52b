"""What a repository is registered as while it is worked on is worked on, too."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from data_bank_api.db.database import Database
from data_bank_api.hub.as_registered import as_registered
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.sync import download, sync
from data_bank_client.errors import ConflictError, DigestMismatchError, NotFoundError
from tests.fakes.hub_in_memory import NAME, Mirrored, plain

ONCE_MORE = "its registration is another by now: once more"


@pytest.fixture
def mirrored(database: Database) -> Mirrored:
    mirrored = Mirrored(database)
    mirrored.hub.commit({"a.txt": plain("a"), "b.txt": plain("b")})
    mirrored.register()
    return mirrored


def when_listed(mirrored: Mirrored, act: Callable[[Registry], object]) -> None:
    """Once."""

    def listed() -> None:
        mirrored.hub.on_listed = lambda: None
        act(mirrored.mirror.registry)

    mirrored.hub.on_listed = listed


def remove(registry: Registry) -> None:
    registry.remove(registry.find(NAME).repository_id)


def register_anew(registry: Registry) -> None:
    remove(registry)
    registry.register(Registration.parse(NAME))


def ask_for(patterns: Patterns) -> Callable[[Registry], object]:
    def change(registry: Registry) -> object:
        repository_id = registry.find(NAME).repository_id
        return registry.change(repository_id, lambda asked: replace(asked, patterns=patterns))

    return change


def test_what_is_registered_anew_during_its_sync_is_synced(mirrored: Mirrored) -> None:
    when_listed(mirrored, register_anew)
    outcome = as_registered(sync, mirrored.mirror, NAME, mirrored.told)
    assert outcome.repository == mirrored.mirror.registry.find(NAME)
    assert (outcome.repository.state, outcome.sums.of("completed").files) == ("synced", 2)
    assert ONCE_MORE in mirrored.told.lines


def test_what_is_asked_for_otherwise_during_a_sync_is_there_after_it(mirrored: Mirrored) -> None:
    when_listed(mirrored, ask_for(Patterns(include=("b*",))))
    outcome = as_registered(sync, mirrored.mirror, NAME, mirrored.told)
    assert list(mirrored.states(outcome.repository)) == ["b.txt"]


def test_a_mistake_that_is_mended_meanwhile_fails_nothing(mirrored: Mirrored) -> None:
    mirrored.fetcher.wrong.add("a.txt")
    when_listed(mirrored, ask_for(Patterns(exclude=("a*",))))
    outcome = as_registered(sync, mirrored.mirror, NAME, mirrored.told)
    assert mirrored.states(outcome.repository) == {"b.txt": "completed"}


def test_words_for_people_are_no_reason_to_do_it_again(mirrored: Mirrored) -> None:
    repository_id = mirrored.mirror.registry.find(NAME).repository_id
    when_listed(
        mirrored,
        lambda registry: registry.change(repository_id, lambda asked: replace(asked, label="A")),
    )
    as_registered(sync, mirrored.mirror, NAME, mirrored.told)
    assert ONCE_MORE not in mirrored.told.lines


def test_what_is_removed_meanwhile_ends_the_work(mirrored: Mirrored) -> None:
    when_listed(mirrored, remove)
    with pytest.raises(ConflictError, match="was removed"):
        as_registered(sync, mirrored.mirror, NAME, mirrored.told)
    with pytest.raises(NotFoundError, match="is not registered"):
        as_registered(download, mirrored.mirror, NAME, mirrored.told)


def test_an_error_of_the_same_registration_is_raised(mirrored: Mirrored) -> None:
    mirrored.fetcher.wrong.add("a.txt")
    with pytest.raises(DigestMismatchError):
        as_registered(sync, mirrored.mirror, NAME, mirrored.told)
