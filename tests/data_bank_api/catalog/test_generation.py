"""A generation being written: a step is done under the lease or not at all, and may come twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import redis

from data_bank_api.catalog.checkpoint import Checkpoint
from data_bank_api.catalog.document import Document
from data_bank_api.catalog.generation import Generation, find_building
from data_bank_api.catalog.keys import CURRENT
from data_bank_api.catalog.lease import Lease, LeaseLostError
from data_bank_api.catalog.listing_source import ListingPage
from tests.fakes.redis_server import RedisServer

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
FIRST = Checkpoint(NOW, "0-0", NOW)
SECOND = Checkpoint(NOW, "0-0", NOW, address="https://hub/next", pages=1, skipped=2)

STEPS: dict[str, Callable[[Generation], object]] = {
    "begin": lambda generation: generation.begin(FIRST),
    "add": lambda generation: generation.add([Document("b")]),
    "take_up": lambda generation: generation.take_up(SECOND),
    "move_on": lambda generation: generation.move_on(SECOND),
    "note_updates_from": lambda generation: generation.note_updates_from("1-1"),
    "keep_piece": lambda generation: generation.keep_piece(0, b"piece"),
    "drop_blob": lambda generation: generation.drop_blob(),
    "flip": lambda generation: generation.flip("0-0"),
    "abandon": lambda generation: generation.abandon(),
}


@pytest.fixture
def generation(redis_server: RedisServer) -> Iterator[Generation]:
    """Begun, with a document, under a lease."""
    with redis_server.connect() as client, Lease(client, "lease", "job").held() as held:
        generation = Generation(client, held)
        generation.begin(FIRST)
        generation.add([Document("a")])
        generation.keep_piece(1, b"old")
        yield generation


def dump(client: redis.Redis) -> dict[bytes, bytes | str | None]:
    """All that there is, but for the lease."""
    return {key: client.dump(key) for key in client.scan_iter() if key != b"lease"}


@pytest.mark.parametrize("step", STEPS)
def test_who_has_lost_the_lease_changes_nothing(generation: Generation, step: str) -> None:
    generation.client.set("lease", "another's")
    before = dump(generation.client)
    with pytest.raises(LeaseLostError):
        STEPS[step](generation)
    assert dump(generation.client) == before


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_comes_twice_is_as_one_that_comes_once(
    generation: Generation, step: str
) -> None:
    once = STEPS[step](generation)
    after = dump(generation.client)
    assert STEPS[step](generation) == once
    assert dump(generation.client) == after


def test_a_checkpoint_is_found_as_it_was_left(generation: Generation) -> None:
    assert generation.move_on(SECOND)
    assert find_building(generation.client) == (generation.name, SECOND)


def test_a_page_that_came_makes_up_for_tries_without_one() -> None:
    tried = FIRST.tried_again().tried_again()
    assert tried.tries == 2
    assert tried.after(ListingPage((), None), NOW).tries == 0


def test_what_is_abandoned_or_read_is_not_being_built(generation: Generation) -> None:
    generation.abandon()
    assert find_building(generation.client) is None
    assert dump(generation.client) == {}


def test_who_is_read_is_not_abandoned(generation: Generation) -> None:
    assert generation.flip("0-0")
    generation.abandon()
    assert generation.client.get(CURRENT) == generation.name.encode()
    assert generation.total() == 1


@pytest.mark.parametrize("value", [None, "x", "\xff"], ids=["missing", "odd", "bytes"])
@pytest.mark.parametrize("field", ["pages", "begun_at"])
def test_a_checkpoint_that_cannot_be_read_is_none(
    generation: Generation, field: str, value: str | None
) -> None:
    key = generation.keys.checkpoint
    if value is None:
        generation.client.hdel(key, field)
    else:
        generation.client.hset(key, field, value.encode("latin-1"))
    assert find_building(generation.client) is None
