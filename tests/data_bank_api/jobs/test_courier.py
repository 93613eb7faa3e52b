"""What is due to webhooks is delivered, again and again if it must be, and nobody waits long."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.jobs.courier import PLACES, SHARE, Courier
from data_bank_api.jobs.webhook_outcome import PAUSES, TRIES, Reply
from data_bank_api.jobs.webhook_post import HttpsPost, Post
from data_bank_api.queue.clock import utc_now
from data_bank_api.queue.deliveries import CLAIM, Deliveries, DueCall, Outcome, WebhookCall
from data_bank_api.queue.fan_out import fan_out
from data_bank_api.queue.webhooks import Webhooks, WebhookWish
from data_bank_client import webhooks as client
from data_bank_client.wire.events import EVENT_TYPES, JobStarted
from data_bank_client.wire.webhook_signature import make_secret
from data_bank_client.wire.webhooks import DeliveryAnswer
from tests.fakes.clock import Clock, seconds
from tests.fakes.receiver import Receiver, answer, receiving
from tests.running_bank import until

SECRET = make_secret()
AT = "2026-11-21T10:00:00.000000Z"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving("localhost") as receiver:
        yield receiver


class Hooks:
    """The webhooks of a database, and what is to be told them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self.webhooks = Webhooks(database, clock)
        self.deliveries = Deliveries(database, clock)

    def make(self, url: str = "https://a.example/") -> str:
        return self.webhooks.create(WebhookWish(url, EVENT_TYPES, SECRET))["webhook_id"]

    def publish(self, *event_ids: str) -> None:
        with self.webhooks.database.transaction() as session:
            for event_id in event_ids:
                event = JobStarted(event_id=event_id, at=AT, job_id="job")
                fan_out(session, event, self.clock())

    def told(self, webhook_id: str) -> list[DeliveryAnswer]:
        return [each for _, each in self.webhooks.deliveries(webhook_id, None, 1000)]

    def states(self, webhook_id: str) -> Counter[str]:
        return Counter(each["state"] for each in self.told(webhook_id))

    def was_tried(self, webhook_id: str, tries: int) -> bool:
        return self.told(webhook_id)[0]["tries"] == tries

    @contextmanager
    def courier(self, post: Post) -> Iterator[Courier]:
        courier = Courier(self.deliveries, post, lambda: 0.0)
        try:
            yield courier
        finally:
            courier.close()


@pytest.fixture
def hooks(database: Database, clock: Clock) -> Hooks:
    return Hooks(database, clock)


@pytest.fixture
def lite(sqlite_url: str, clock: Clock) -> Iterator[Hooks]:
    """Of one database, where both would tell the same."""
    database = Database(sqlite_url)
    yield Hooks(database, clock)
    database.close()


class Slow:
    """Answers 200, to webhooks whose address is among `held` only when it is let go."""

    def __init__(self, *held: str) -> None:
        self.held = held
        self.go = threading.Event()
        self.lock = threading.Lock()
        self.under_way: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def __call__(self, call: WebhookCall) -> Reply:
        with self.lock:
            self.under_way[call.url] += 1
            self.most[call.url] = max(self.most[call.url], self.under_way[call.url])
            self.most["all"] = max(self.most["all"], self.under_way.total())
        if call.url in self.held:
            assert self.go.wait(60)
        with self.lock:
            self.under_way[call.url] -= 1
        return Reply(200)


def real(receiver: Receiver) -> HttpsPost:
    return HttpsPost(receiver.trust, may_be_private=True)


def test_an_event_is_delivered_signed_with_the_webhooks_secret(
    hooks: Hooks, receiver: Receiver
) -> None:
    webhook_id = hooks.make(receiver.url("localhost"))
    hooks.publish("e1")
    with hooks.courier(real(receiver)) as courier:
        courier.tick()
        until(lambda: hooks.states(webhook_id)["delivered"] == 1)
    [told] = hooks.told(webhook_id)
    assert (told["tries"], told["status"], told["error"]) == (1, 204, None)
    [call] = receiver.calls
    event = JobStarted(event_id="e1", at=AT, job_id="job")
    assert client.verify(SECRET, call.headers, call.body) == event


def test_what_failed_is_tried_again_with_the_same_id_until_it_is_taken(
    hooks: Hooks, receiver: Receiver
) -> None:
    webhook_id = hooks.make(receiver.url("localhost"))
    hooks.publish("e1")
    receiver.script = [answer(500), answer(503, Retry_After="77")]
    with hooks.courier(real(receiver)) as courier:
        for tries, pause in ((1, 5), (2, 77)):
            courier.tick()
            until(partial(hooks.was_tried, webhook_id, tries))
            hooks.clock.pass_by(seconds(pause - 1))
            assert hooks.deliveries.due((), 1) == []
            hooks.clock.pass_by(seconds(1))
        courier.tick()
        until(lambda: hooks.states(webhook_id)["delivered"] == 1)
    [told] = hooks.told(webhook_id)
    assert (told["tries"], told["status"], told["error"]) == (3, 204, None)
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["e1"] * 3


def test_who_is_gone_is_called_once(lite: Hooks, receiver: Receiver) -> None:
    webhook_id = lite.make(receiver.url("localhost"))
    lite.publish("e1")
    receiver.script = [answer(410)]
    with lite.courier(real(receiver)) as courier:
        courier.tick()
        until(lambda: lite.states(webhook_id)["failed"] == 1)
    [told] = lite.told(webhook_id)
    assert (told["tries"], told["status"]) == (1, 410)
    lite.clock.pass_by(timedelta(days=1))
    assert lite.deliveries.due((), 1) == []


def test_after_the_last_try_a_delivery_has_failed(lite: Hooks, receiver: Receiver) -> None:
    webhook_id = lite.make("https://localhost:1/")
    lite.publish("e1")
    with lite.courier(real(receiver)) as courier:
        for tries in range(1, TRIES + 1):
            courier.tick()
            until(partial(lite.was_tried, webhook_id, tries))
            lite.clock.pass_by(seconds(max(PAUSES)))
    [told] = lite.told(webhook_id)
    assert (told["state"], told["error"]) == ("failed", "the connection was refused")
    assert told["status"] is None
    assert lite.deliveries.due((), 1) == []


def test_a_private_address_is_not_called_and_the_delivery_says_so(
    lite: Hooks, receiver: Receiver
) -> None:
    webhook_id = lite.make(receiver.url("localhost"))  # which resolves to 127.0.0.1
    lite.publish("e1")
    with lite.courier(HttpsPost(receiver.trust)) as courier:
        courier.tick()
        until(partial(lite.was_tried, webhook_id, 1))
    assert lite.told(webhook_id)[0]["error"] == "the address is private"
    assert receiver.asked_names == []


def test_a_webhook_that_is_removed_is_not_called_again(lite: Hooks, receiver: Receiver) -> None:
    webhook_id = lite.make(receiver.url("localhost"))
    lite.publish("e1")
    receiver.script = [answer(500)]
    with lite.courier(real(receiver)) as courier:
        courier.tick()
        until(partial(lite.was_tried, webhook_id, 1))
        lite.webhooks.remove(webhook_id)
        lite.clock.pass_by(seconds(5))
        courier.tick()
    assert len(receiver.calls) == 1


def test_a_slow_webhook_with_much_to_come_holds_up_no_other(hooks: Hooks) -> None:
    slow, quick = hooks.make("https://slow.example/"), hooks.make("https://quick.example/")
    hooks.publish(*(f"e{number}" for number in range(20)))
    post = Slow("https://slow.example/")
    with hooks.courier(post) as courier:

        def quick_is_done() -> bool:
            courier.tick()
            return hooks.states(quick)["delivered"] == 20

        until(quick_is_done)
        assert hooks.states(slow)["delivered"] == 0
        until(lambda: post.under_way["https://slow.example/"] == SHARE)
        post.go.set()
    assert post.most["https://slow.example/"] == SHARE


def test_no_more_are_called_at_once_than_there_are_places_and_a_tick_does_not_wait(
    lite: Hooks,
) -> None:
    urls = [f"https://{number}.example/" for number in range(PLACES + 4)]
    for url in urls:
        lite.make(url)
    lite.publish("e1")
    post = Slow(*urls)
    with lite.courier(post) as courier:

        def all_places_are_taken() -> bool:
            courier.tick()
            return post.under_way.total() == PLACES

        until(all_places_are_taken)
        courier.tick()
        post.go.set()
        until(
            lambda: (
                sum(
                    lite.states(each["webhook_id"])["delivered"]
                    for _, each in lite.webhooks.newest(None, 100)
                )
                == PLACES + 4
            )
        )
    assert post.most["all"] == PLACES


def test_who_is_done_takes_the_next_without_being_told(lite: Hooks) -> None:
    webhook_id = lite.make()
    lite.publish(*(f"e{number}" for number in range(30)))
    with lite.courier(Slow()) as courier:
        courier.tick()
        until(lambda: lite.states(webhook_id)["delivered"] == 30)


def test_a_courier_that_is_closed_ends_what_it_began_and_begins_nothing(lite: Hooks) -> None:
    url = "https://slow.example/"
    webhook_id = lite.make(url)
    lite.publish(*(f"e{number}" for number in range(5)))
    post = Slow(url)
    with lite.courier(post) as courier:
        courier.tick()
        until(lambda: post.under_way[url] == SHARE)
        closing = threading.Thread(target=courier.close)
        closing.start()
        post.go.set()
        closing.join()
        courier.tick()
    assert lite.states(webhook_id) == {"delivered": SHARE, "pending": 5 - SHARE}


def test_a_courier_that_is_closed_waits_for_nobody_for_long(lite: Hooks) -> None:
    url = "https://slow.example/"
    webhook_id = lite.make(url)
    lite.publish("e1")
    post = Slow(url)
    courier = Courier(lite.deliveries, post)
    courier.tick()
    until(lambda: post.under_way[url] == 1)
    courier.close(0.0)
    assert lite.states(webhook_id) == {"pending": 1}
    post.go.set()
    until(lambda: lite.states(webhook_id)["delivered"] == 1)


class Failing(Deliveries):
    """The database goes away while a try is made."""

    def end(self, call: WebhookCall, outcome: Outcome) -> None:
        raise DatabaseAwayError


def test_a_try_whose_outcome_was_lost_is_made_again(lite: Hooks) -> None:
    webhook_id = lite.make()
    lite.publish("e1")
    with capture_logs() as lines:
        courier = Courier(Failing(lite.webhooks.database, lite.clock), Slow())
        courier.tick()
        until(lambda: lines != [])
        courier.close()
    assert [line["event"] for line in lines] == ["a webhook waits for the database"]
    lite.clock.pass_by(CLAIM)
    with lite.courier(Slow()) as courier:
        courier.tick()
        until(lambda: lite.states(webhook_id)["delivered"] == 1)


def test_a_fault_of_the_service_is_logged_without_secrets_and_the_try_made_again(
    lite: Hooks,
) -> None:
    webhook_id = lite.make("https://a.example/?token=hidden")
    lite.publish("e1")

    def broken(call: WebhookCall) -> Reply:
        raise ZeroDivisionError

    with capture_logs() as lines, lite.courier(broken) as courier:
        courier.tick()
        until(lambda: lines != [])
    assert [line["event"] for line in lines] == ["a webhook's delivery failed"]
    assert not [secret for secret in ("hidden", SECRET) if secret in str(lines)]
    lite.clock.pass_by(CLAIM)
    with lite.courier(Slow()) as courier:
        courier.tick()
        until(lambda: lite.states(webhook_id)["delivered"] == 1)


def test_a_courier_that_is_killed_in_the_middle_delivers_again_with_the_same_id(
    lite: Hooks, sqlite_url: str, receiver: Receiver, tmp_path: Path
) -> None:
    lite.clock.now = utc_now()  # as the other process has it
    webhook_id = lite.make(receiver.url("localhost"))
    lite.publish("e1")
    authority = tmp_path / "authority.pem"
    receiver.authority.cert_pem.write_to_path(str(authority))
    receiver.script = [receiver.hang]
    command = [sys.executable, "-m", "tests.fakes.courier_process", sqlite_url, str(authority)]
    with subprocess.Popen(command) as process:
        try:
            until(lambda: len(receiver.calls) == 1)
        finally:
            process.kill()
    assert lite.states(webhook_id) == {"pending": 1}
    lite.clock.now = utc_now() + CLAIM
    with lite.courier(real(receiver)) as courier:
        courier.tick()
        until(lambda: lite.states(webhook_id)["delivered"] == 1)
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["e1", "e1"]


class Late(Deliveries):
    """Whatever this one finds, another courier claims first."""

    def due(self, but_for: Collection[str], limit: int) -> list[DueCall]:
        found = super().due(but_for, limit)
        assert [self.claim(each.letter_id) is not None for each in found] == [True] * len(found)
        return found


def test_what_another_courier_has_claimed_is_left_to_it(lite: Hooks) -> None:
    webhook_id = lite.make("https://a.example/")
    lite.publish("e1")
    post = Slow()
    courier = Courier(Late(lite.webhooks.database, lite.clock), post)
    courier.tick()
    courier.close()
    assert post.most.total() == 0
    assert lite.told(webhook_id)[0]["tries"] == 0
