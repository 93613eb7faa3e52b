"""The full refresh, from a stand-in Hub on a socket, into a real Redis."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import redis

from data_bank_api.catalog.document import Document, stored_json
from data_bank_api.catalog.keys import (
    BUILDING,
    CURRENT,
    FULL_LEASE,
    RETIRED,
    SORTS,
    UPDATES,
    GenerationKeys,
)
from data_bank_api.catalog.lease import LeaseLostError
from data_bank_api.catalog.refresh import MOST_TRIES, CrawlEndedError
from data_bank_client.errors import (
    ConflictError,
    ExternalServiceError,
    ForbiddenError,
    InternalError,
    RateLimitError,
    ServiceUnavailableError,
)
from tests.data_bank_api.catalog.refreshing import Desk, listing_of
from tests.fakes.hub.faults import Fault, Respond, longer, shorter, status
from tests.fakes.hub.limits import Limit
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.hub.messages import Answer, Request, json_answer
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.fakes.refresher import Index, Listing

FIFTY = sorted(str(each["id"]) for each in ManyDatasets(50).between(0, 50))
EMPTY: list[str] = []

Damage = Callable[[redis.Redis, GenerationKeys], None]


@pytest.fixture
def hub(stand_in_hub: StandInHub) -> StandInHub:
    """It lists fifty datasets in five pages."""
    stand_in_hub.page_size = 10
    stand_in_hub.list_many(ManyDatasets(50))
    return stand_in_hub


def pages_asked(hub: StandInHub) -> int:
    return len(hub.requests.of("list"))


def test_all_that_the_hub_lists_is_read_afterwards(desk: Desk, hub: StandInHub) -> None:
    done = desk.full().run()
    assert (done.total, done.pages, done.skipped) == (50, 5, 0)
    assert desk.ids() == FIFTY
    assert list(desk.index.built.values()) == [FIFTY]
    assert desk.told.percents == sorted(desk.told.percents)
    assert desk.told.messages[-1] == "50 datasets: this is the catalog now"


def test_a_dataset_is_taken_as_the_hub_tells_of_it(desk: Desk, stand_in_hub: StandInHub) -> None:
    stand_in_hub.add(
        RepoSpec(
            "org/name",
            {"a.csv": b"1"},
            "dataset",
            tags=("task:qa",),
            downloads=5,
            likes=2,
            told={
                "description": "Words.",
                "mainSize": 10,
                "usedStorage": 20,
                "gated": "manual",
                "lastModified": "2026-11-21T10:00:00.000Z",
                "createdAt": "2026-11-20T10:00:00.000Z",
                "sha": "a" * 40,
            },
        )
    )
    desk.full().run()
    assert desk.documents() == [
        Document(
            id="org/name",
            author="org",
            description="Words.",
            tags=("task:qa",),
            downloads=5,
            likes=2,
            size_bytes=10,
            last_modified=datetime(2026, 11, 21, 10, tzinfo=UTC),
            created_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
            gated=True,
            sha="a" * 40,
        )
    ]


def test_the_hub_is_asked_with_the_token_for_large_pages(desk: Desk, hub: StandInHub) -> None:
    desk.full().run()
    first = hub.requests[0]
    assert first.headers["authorization"] == f"Bearer {hub.token}"
    assert (first.one("limit"), first.one("sort")) == ("1000", "createdAt")
    assert ("expand", "mainSize") in first.query


def test_who_reads_sees_the_last_catalog_until_the_new_one_is_whole(
    desk: Desk, hub: StandInHub
) -> None:
    desk.full().run()
    seen: list[tuple[list[str], bool]] = []

    def look() -> None:
        seen.append((desk.ids(), desk.catalog.status().is_refreshing))

    hub.list_many(ManyDatasets(49))
    replace(desk.full(), index=Index(look)).run()
    assert seen == [(FIFTY, True)]
    assert len(desk.ids()) == 49


@pytest.mark.parametrize(
    "fault", [status(500), shorter(5), longer(b"]")], ids=["500", "cut", "more"]
)
def test_a_page_that_fails_is_asked_for_again(desk: Desk, hub: StandInHub, fault: Fault) -> None:
    hub.faults.add("list", fault, skip=2, times=2)
    desk.full().run()
    assert desk.ids() == FIFTY
    assert (pages_asked(hub), desk.rests) == (7, [1.0, 4.0])
    assert any("asked again in 4 seconds" in each for each in desk.told.messages)


def test_where_page_3_of_5_stays_away_the_next_run_goes_on_there(
    desk: Desk, hub: StandInHub
) -> None:
    hub.faults.add("list", status(503), skip=2)
    with pytest.raises(ExternalServiceError):
        desk.full().run()
    assert desk.catalog.current() is None
    hub.faults.clear()
    hub.requests.clear()
    assert desk.full("another job").run().pages == 5
    assert (pages_asked(hub), desk.ids()) == (3, FIFTY)


def test_bad_json_that_stays_ends_in_an_error(desk: Desk, hub: StandInHub) -> None:
    hub.faults.add("list", lambda request, respond: _with(respond(request), b"[[[{" * 100_000))
    with pytest.raises(ExternalServiceError, match="a form that is not known"):
        desk.full().run()


def test_a_cursor_that_repeats_ends_the_crawl_and_the_next_begins_anew(
    desk: Desk, hub: StandInHub
) -> None:
    def back(request: Request, respond: Respond) -> Answer:
        link = f'<{hub.endpoint}/api/datasets?cursor=same>; rel="next"'
        return json_answer([{"id": "org/name"}], {"Link": link})

    hub.faults.add("list", back)
    with pytest.raises(CrawlEndedError, match="lead back"):
        desk.full().run()
    assert (pages_asked(hub), desk.generations()) == (2, set())
    hub.faults.clear()
    desk.full().run()
    assert desk.ids() == FIFTY


def test_where_the_hub_asks_for_a_pause_it_is_made(desk: Desk, hub: StandInHub) -> None:
    hub.faults.add("list", status(429, {"Retry-After": "120"}), skip=1, times=1)
    desk.full().run()
    assert (desk.rests, desk.ids()) == ([120.0], FIFTY)


def test_a_long_pause_is_left_to_the_jobs_next_try(desk: Desk, hub: StandInHub) -> None:
    hub.faults.add("list", status(429, {"Retry-After": "3000"}), skip=1, times=1)
    with pytest.raises(RateLimitError) as caught:
        desk.full().run()
    assert (caught.value.retry_after, desk.rests) == (3000.0, [])


def test_few_requests_that_are_left_are_spread(desk: Desk, hub: StandInHub) -> None:
    hub.limits["api"] = Limit(5, window=300)
    desk.full().run()
    assert desk.ids() == FIFTY


def test_a_token_that_is_refused_ends_it_and_leaves_nothing(desk: Desk, hub: StandInHub) -> None:
    hub.faults.add("list", status(401))
    with pytest.raises(ForbiddenError, match="HF_TOKEN"):
        desk.full().run()
    assert list(desk.client.scan_iter()) == EMPTY


def test_a_next_page_elsewhere_is_not_asked_for(desk: Desk, hub: StandInHub) -> None:
    link = f'<{hub.elsewhere}/api/datasets>; rel="next"'
    hub.faults.add("list", lambda request, respond: json_answer([], {"Link": link}))
    with pytest.raises(ExternalServiceError, match="another host"):
        desk.full().run()
    assert hub.requests.to("elsewhere") == []


def test_a_checkpoint_that_leads_elsewhere_is_not_followed(desk: Desk, hub: StandInHub) -> None:
    hub.faults.add("list", status(503), skip=2)
    with pytest.raises(ExternalServiceError):
        desk.full().run()
    (building,) = desk.generations()
    desk.client.hset(GenerationKeys(building).checkpoint, "address", f"{hub.elsewhere}/x")
    with pytest.raises(ExternalServiceError, match="another host"):
        desk.full().run()
    assert hub.requests.to("elsewhere") == []


def test_a_bad_entry_is_left_out_and_counted(desk: Desk, stand_in_hub: StandInHub) -> None:
    entries = [{"id": "org/a"}, {"id": "../b"}, {"id": "c", "downloads": -1}, 7, {"id": "org/d"}]
    stand_in_hub.faults.add("list", lambda request, respond: json_answer(entries))
    assert desk.full().run().skipped == 3
    assert desk.ids() == ["org/a", "org/d"]


def test_what_changes_while_it_is_crawled_is_there_once(
    desk: Desk, stand_in_hub: StandInHub
) -> None:
    def born(day: int, **told: object) -> RepoSpec:
        moment = f"2026-01-{day:02}T00:00:00.000Z"
        return RepoSpec(f"org/{day:02}", {}, "dataset", told={"createdAt": moment, **told})

    stand_in_hub.page_size = 3
    known = [stand_in_hub.add(born(day)) for day in range(1, 12)]
    changes: Iterator[Callable[[], object]] = iter(
        [lambda: stand_in_hub.add(born(20)), lambda: stand_in_hub.remove(known[8])]
    )

    def changing(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        next(changes, int)()
        return answer

    stand_in_hub.faults.add("list", changing)
    desk.full().run()
    # One that is new is left to the next increment, one that is gone to the next crawl.
    assert desk.ids() == [f"org/{day:02}" for day in range(1, 12)]


def test_one_that_is_listed_twice_is_there_once(desk: Desk) -> None:
    listing = Listing([Document("a"), Document("b"), Document("a", likes=7)], size=2)
    replace(desk.full(), source=listing).run()
    assert desk.documents() == [Document("a", likes=7), Document("b")]


def test_far_fewer_datasets_than_before_are_not_taken_for_true(desk: Desk, hub: StandInHub) -> None:
    desk.full().run()
    current = desk.generations()
    hub.list_many(ManyDatasets(39))
    with pytest.raises(ConflictError, match="39 datasets, the catalog has 50"):
        desk.full().run()
    assert (desk.ids(), desk.generations()) == (FIFTY, current)
    hub.list_many(ManyDatasets(40))
    assert desk.full().run().total == 40
    hub.list_many(ManyDatasets(1))
    assert desk.full().run(force=True).total == 1


def test_what_the_stream_got_meanwhile_is_taken_over(desk: Desk) -> None:
    def change(page: int) -> None:
        if page == 1:
            desk.increment_of(Document("a", likes=9), Document("new"))

    desk.full_of("abcd")
    desk.full_of("abcd", meanwhile=change)
    assert [each.id for each in desk.documents()] == ["a", "b", "c", "d", "new"]
    assert desk.documents()[0].likes == 9


def test_what_comes_before_the_flip_is_taken_over_too(desk: Desk) -> None:
    desk.full_of("a")
    index = Index(lambda: desk.increment_of(Document("late")))
    replace(desk.full(), source=Listing([Document("a")]), index=index).run()
    assert desk.ids() == ["a", "late"]


def test_what_the_crawl_saw_later_is_not_overwritten(desk: Desk) -> None:
    old, new = desk.clock.now, desk.clock.now + timedelta(hours=1)
    stale = Document("a", likes=1, last_modified=old)
    desk.full_of("a")
    newer = Document("a", likes=2, last_modified=new)
    listing = Listing([newer], meanwhile=lambda _: desk.increment_of(stale))
    replace(desk.full(), source=listing).run()
    assert desk.documents() == [newer]


def test_a_stream_that_is_too_short_for_the_crawl_is_left_to_the_next_increment(desk: Desk) -> None:
    def change(_: int) -> None:
        desk.increment_of(Document("b"), Document("c"))
        desk.client.xtrim(UPDATES, 1, approximate=False)

    begun = desk.clock.now
    desk.full_of("a")
    desk.full_of("a", meanwhile=change)
    assert desk.ids() == ["a"]
    assert desk.catalog.status().last_update == begun


def test_a_second_one_at_the_same_time_is_told_when_to_come_again(desk: Desk) -> None:
    errors: list[ServiceUnavailableError] = []

    def ask() -> None:
        with pytest.raises(ServiceUnavailableError, match="under way") as caught:
            desk.full("another job").run()
        errors.append(caught.value)

    replace(desk.full(), source=Listing(), index=Index(ask)).run()
    assert [0 < (each.retry_after or 0) <= 30 for each in errors] == [True]


def test_who_has_lost_the_lease_changes_nothing_any_more(desk: Desk) -> None:
    def overtake(page: int) -> None:
        if page == 1:
            desk.client.delete(FULL_LEASE)  # as when it has run out
            desk.full_of("abxy", holder="another job")

    with pytest.raises(LeaseLostError):
        desk.full_of("abcd", meanwhile=overtake)
    assert (desk.ids(), len(desk.generations())) == ([*"abxy"], 1)


def test_redis_killed_meanwhile_costs_nothing_that_was_crawled(
    own_redis: RedisServer, hub: StandInHub
) -> None:
    with own_redis.connect() as client, listing_of(hub) as source:
        desk = Desk(client, source)

        def killing(request: Request, respond: Respond) -> Answer:
            own_redis.kill()
            return respond(request)

        hub.faults.add("list", killing, skip=2, times=1)
        with pytest.raises(ServiceUnavailableError):
            desk.full().run()
        own_redis.start()
        hub.requests.clear()
        desk.full().run()
        assert (pages_asked(hub), desk.ids()) == (3, FIFTY)


def test_redis_that_has_lost_all_ends_the_run_and_the_next_begins_anew(
    desk: Desk, hub: StandInHub
) -> None:
    def losing(request: Request, respond: Respond) -> Answer:
        desk.client.flushall()
        return respond(request)

    hub.faults.add("list", losing, skip=2, times=1)
    with pytest.raises(LeaseLostError):
        desk.full().run()
    assert list(desk.client.scan_iter()) == EMPTY
    desk.full().run()
    assert desk.ids() == FIFTY


def test_a_redis_without_room_gets_back_what_was_crawled(own_redis: RedisServer) -> None:
    with own_redis.connect() as client:
        desk = Desk(client, Listing())
        desk.full_of("ab")
        before = desk.generations()

        def fill(page: int) -> None:
            if page == 1:
                client.config_set("maxmemory", "1mb")

        with pytest.raises(ServiceUnavailableError, match="OutOfMemoryError"):
            desk.full_of("abcd", meanwhile=fill)
        assert (desk.ids(), desk.generations()) == (["a", "b"], before)


@pytest.mark.parametrize(("hours", "asked"), [(23, 3), (25, 5)])
def test_a_checkpoint_is_good_for_a_day(
    desk: Desk, hub: StandInHub, hours: int, asked: int
) -> None:
    hub.faults.add("list", status(503), skip=2)
    with pytest.raises(ExternalServiceError):
        desk.full().run()
    hub.faults.clear()
    hub.requests.clear()
    desk.clock.pass_by(timedelta(hours=hours))
    desk.full().run()
    assert (pages_asked(hub), desk.ids(), len(desk.generations())) == (asked, FIFTY, 1)


def test_a_checkpoint_that_leads_nowhere_is_tried_a_few_times_only(
    desk: Desk, hub: StandInHub
) -> None:
    def over(request: Request, respond: Respond) -> Answer:
        return status(400)(request, respond) if request.one("cursor") else respond(request)

    hub.faults.add("list", over)
    firsts = []
    for _ in range(MOST_TRIES + 2):
        hub.requests.clear()
        with pytest.raises(ExternalServiceError):
            desk.full().run()
        firsts.append(not hub.requests[0].one("cursor"))
    assert firsts == [True, *[False] * MOST_TRIES, True]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_command_shows_no_half_a_catalog_and_leaves_nothing(
    redis_server: RedisServer, moment: str
) -> None:
    command = [sys.executable, "-m", "tests.fakes.refresh_killed", redis_server.url, moment]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) > 30


def without_a_document(client: redis.Redis, keys: GenerationKeys) -> None:
    client.hdel(keys.documents, "a")


def with_a_line_that_is_none(client: redis.Redis, keys: GenerationKeys) -> None:
    client.hset(keys.documents, "a", "{")


def with_another_documents_line(client: redis.Redis, keys: GenerationKeys) -> None:
    client.hset(keys.documents, "d", stored_json(Document("c")))


def with_one_order_longer(client: redis.Redis, keys: GenerationKeys) -> None:
    client.zadd(keys.sorted_by("likes"), {"x": 1})


@pytest.mark.parametrize(
    "damage",
    [
        without_a_document,
        with_a_line_that_is_none,
        with_another_documents_line,
        with_one_order_longer,
    ],
)
def test_a_generation_that_contradicts_itself_is_never_read(desk: Desk, damage: Damage) -> None:
    def do_damage(page: int) -> None:
        for building in desk.generations() if page == 2 else ():
            damage(desk.client, GenerationKeys(building))

    with pytest.raises(InternalError, match="the new catalog"):
        desk.full_of("abcde", meanwhile=do_damage)
    assert (desk.catalog.current(), desk.generations()) == (None, set())


def test_after_a_refresh_there_is_what_is_read_and_nothing_else(desk: Desk) -> None:
    desk.full_of("ab")
    desk.full_of("abc")
    keys = GenerationKeys(desk.catalog.current() or "")
    kept = {CURRENT, keys.meta, keys.documents, keys.blob, *map(keys.sorted_by, SORTS)}
    assert {key.decode() for key in desk.client.scan_iter()} == kept


def test_what_others_left_is_removed_before_the_crawl(desk: Desk) -> None:
    seen: list[set[str]] = []
    desk.full_of("ab")
    desk.client.sadd(RETIRED, "retired")
    desk.client.set(BUILDING, "lost")
    for left in ("retired", "lost"):
        desk.client.hset(GenerationKeys(left).documents, "a", "{}")
    desk.full_of("ab", meanwhile=lambda _: seen.append(desk.generations()))
    assert len(seen[0]) == 2
    assert not seen[0] & {"retired", "lost"}


def test_pieces_of_a_blob_that_was_not_finished_are_not_in_the_next(desk: Desk) -> None:
    def leave(page: int) -> None:
        for building in desk.generations() if page == 1 else ():
            desk.client.hset(GenerationKeys(building).blob, "7", "of another run")

    desk.full_of("abcd", meanwhile=leave)
    assert desk.client.hlen(GenerationKeys(desk.catalog.current() or "").blob) == 1


def test_a_generation_whose_checkpoint_is_lost_is_removed(desk: Desk, hub: StandInHub) -> None:
    lost = GenerationKeys("0" * 32)
    desk.client.set(BUILDING, lost.generation)
    desk.client.hset(lost.documents, "a", "{}")
    desk.full().run()
    assert (desk.ids(), desk.client.exists(lost.documents)) == (FIFTY, 0)


def test_a_listing_without_end_ends_a_refresh(desk: Desk) -> None:
    desk.full_of("ab")
    listing = Listing([Document(f"{number}") for number in range(10)], size=1)
    patience = replace(desk.patience, most_pages=3)
    full = replace(desk.full(), source=listing, patience=patience)
    increment = replace(desk.increment(), source=listing, patience=patience)
    for run in (full.run, increment.run):
        listing.asked.clear()
        with pytest.raises(ExternalServiceError, match="no end"):
            run()
        assert len(listing.asked) == 3
    assert desk.generations() == {desk.catalog.current()}


def _with(answer: Answer, body: bytes) -> Answer:
    return replace(
        json_answer([]), status=answer.status, body=replace(answer.body, more=body, count=0)
    )
