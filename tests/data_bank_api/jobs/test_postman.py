"""Letters are delivered in their order, at least once, and none keeps the others waiting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from data_bank_api.db.schema import OutboxRow
from data_bank_api.events.stream import EventStream
from data_bank_api.jobs.destinations import Events, Runs
from data_bank_api.jobs.note import queue_of
from data_bank_api.jobs.postman import BATCH, LONGEST_REST, Postman, rest_after
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.letters import post_event
from data_bank_api.queue.webhooks import Webhooks, WebhookWish
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.events import EVENT_TYPES, JobEvent, JobStarted, decode_event
from tests.fakes.clock import Clock, seconds
from tests.fakes.job_events import entries_in

KEPT = 10_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(shop: Shop, clock: Clock) -> Shop:
    """A shop whose clock stands."""
    return replace(shop, clock=clock)


def post(shop: Shop, *event_ids: str) -> None:
    with shop.database.transaction() as session:
        for each in event_ids:
            post_event(session, JobStarted(event_id=each, at="now", job_id="job"))


def spoil(shop: Shop, position: int, content: dict[str, object]) -> int:
    """The letter at this position has another content; its id."""
    letter_id = shop.outbox.due(position + 1)[position].letter_id
    with shop.database.transaction() as session:
        session.execute(
            update(OutboxRow).where(OutboxRow.letter_id == letter_id).values(content=content)
        )
    return letter_id


def to_stream(shop: Shop) -> Postman:
    return Postman(shop.outbox, Events(EventStream(shop.redis, KEPT).publish, shop.clock))


def to_workers(shop: Shop) -> Postman:
    return Postman(shop.outbox, Runs(shop.redis))


def published(shop: Shop) -> list[str]:
    entries = entries_in(shop.redis)
    return [decode_event(each.content).event_id for each in entries]


def notes(shop: Shop) -> list[str]:
    return queue_of(shop.redis).job_ids


@dataclass
class Listeners:
    """Who fails `failures` times, before or after the events came through."""

    publish: Callable[[Sequence[JobEvent]], None]
    failures: int
    is_after: bool = False
    asked: list[list[str]] = field(default_factory=list)

    def __call__(self, events: Sequence[JobEvent]) -> None:
        self.asked.append([each.event_id for each in events])
        fails = len(self.asked) <= self.failures
        if not fails or self.is_after:
            self.publish(events)
        if fails:
            raise ServiceUnavailableError("Redis does not answer")


def test_events_go_to_the_stream_in_their_order_and_are_removed(office: Shop) -> None:
    post(office, "a", "b")
    post(office, "c")
    assert not to_stream(office).go()
    assert published(office) == ["a", "b", "c"]
    assert office.outbox.due(10) == []


def test_attempts_go_to_the_queue_of_the_workers(office: Shop) -> None:
    first, second = (office.jobs.enqueue(NewJob("ping", {"n": n})).job_id for n in range(2))
    assert not to_workers(office).go()
    assert notes(office) == [f"{first}-1", f"{second}-1"]
    assert office.outbox.due(10) == []


def test_a_postman_takes_only_letters_of_its_own_topic(office: Shop) -> None:
    office.jobs.enqueue(NewJob("ping", {}))
    to_stream(office).go()
    assert (notes(office), len(office.outbox.due(10))) == ([], 1)


def test_a_batch_is_bounded_and_there_may_be_more(office: Shop) -> None:
    post(office, *(f"{number:03}" for number in range(BATCH + 1)))
    postman = to_stream(office)
    assert [postman.go(), len(published(office))] == [True, BATCH]
    assert [postman.go(), len(published(office))] == [False, BATCH + 1]


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
def test_while_redis_is_away_nothing_is_removed_and_nothing_counted(
    office: Shop, is_after: bool
) -> None:
    post(office, "a", "b")
    waiting = office.outbox.due(10)
    listeners = Listeners(EventStream(office.redis, KEPT).publish, 2, is_after)
    postman = Postman(office.outbox, Events(listeners, office.clock))
    for _ in range(2):
        with pytest.raises(ServiceUnavailableError):
            postman.go()
        assert office.outbox.due(10) == waiting
    postman.go()
    assert listeners.asked == [["a", "b"]] * 3
    assert (published(office), office.outbox.due(10)) == (["a", "b"], [])


def test_what_was_delivered_but_not_removed_is_delivered_again_and_is_there_once(
    office: Shop,
) -> None:
    job_id = office.jobs.enqueue(NewJob("ping", {})).job_id
    letters = office.outbox.due(10)
    for _ in range(2):
        Runs(office.redis).deliver(letters)  # killed before it is removed
    to_workers(office).go()
    assert set(notes(office)) == {f"{job_id}-1"}
    assert office.claims.claim(job_id, 1) is not None
    assert office.claims.claim(job_id, 1) is None


@pytest.mark.parametrize(
    "content",
    [{}, {"attempt": 0}, {"attempt": "one"}, {"type": "databank.job.other.v1"}],
    ids=["empty", "no-attempt", "a-word", "unknown-type"],
)
def test_a_letter_that_cannot_be_read_is_set_aside_and_blocks_no_other(
    office: Shop, clock: Clock, content: dict[str, object]
) -> None:
    office.jobs.enqueue(NewJob("ping", {"n": 1}))
    good = office.jobs.enqueue(NewJob("ping", {"n": 2})).job_id
    bad = spoil(office, 0, content)
    with capture_logs() as logs:
        to_workers(office).go()
    [line] = logs
    assert (line["event"], line["letter"]) == (
        "a letter cannot be delivered and is set aside",
        bad,
    )
    assert notes(office) == [f"{good}-1"]
    assert office.outbox.due(10) == []
    clock.pass_by(seconds(1))
    assert [(each.letter_id, each.tries) for each in office.outbox.due(10)] == [(bad, 1)]


def test_an_event_that_cannot_be_read_is_set_aside(office: Shop) -> None:
    post(office, "a", "b", "c")
    spoil(office, 1, {"type": "databank.job.other.v1"})
    to_stream(office).go()
    assert published(office) == ["a", "c"]


def test_a_letter_that_fails_again_and_again_rests_longer_and_longer() -> None:
    rests = [rest_after(tries).total_seconds() for tries in range(20)]
    assert rests[:4] == [1, 2, 4, 8]
    assert rests == sorted(rests)
    assert timedelta(seconds=rests[-1]) == LONGEST_REST


def test_a_webhook_gets_a_delivery_when_its_event_is_removed(office: Shop) -> None:
    webhooks = Webhooks(office.database, office.clock)
    webhook = webhooks.create(WebhookWish("https://a.example/", EVENT_TYPES, "secret"))
    post(office, "a")
    to_stream(office).go()
    [(_, delivery)] = webhooks.deliveries(webhook["webhook_id"], None, 10)
    assert delivery["event_id"] == "a"
    assert [each.topic for each in office.outbox.due(10, ("webhook",))] == ["webhook"]


def test_an_event_that_the_table_refuses_keeps_no_other_from_its_webhook(
    shop_at: Callable[[str], Shop], postgresql_url: str, clock: Clock
) -> None:
    office = replace(shop_at(postgresql_url), clock=clock)
    webhooks = Webhooks(office.database, office.clock)
    webhook = webhooks.create(WebhookWish("https://a.example/", EVENT_TYPES, "secret"))
    post(office, "a", "longer than the table takes " * 10, "c")
    with capture_logs() as logs:
        to_stream(office).go()
    assert [each["event"] for each in logs] == ["a letter cannot be delivered and is set aside"]
    deliveries = webhooks.deliveries(webhook["webhook_id"], None, 10)
    assert {delivery["event_id"] for _, delivery in deliveries} == {"a", "c"}
    assert office.outbox.due(10, ("event",)) == []


def test_a_letter_of_no_job_cannot_be_read(office: Shop) -> None:
    office.jobs.enqueue(NewJob("ping", {}))
    [letter] = office.outbox.due(1)
    with pytest.raises(msgspec.ValidationError):
        Runs(office.redis).check(replace(letter, job_id=None))
