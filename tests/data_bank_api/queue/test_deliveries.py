"""A try is claimed before it is made, and written down after."""

import pytest

from data_bank_api.db.database import Database
from data_bank_api.queue.deliveries import CLAIM, Deliveries, Outcome, WebhookCall
from data_bank_api.queue.fan_out import fan_out
from data_bank_api.queue.outbox import Outbox
from data_bank_api.queue.webhooks import Webhooks, WebhookWish
from data_bank_client.wire.events import EVENT_TYPES, JobStarted
from data_bank_client.wire.webhooks import DeliveryAnswer
from tests.fakes.clock import Clock, seconds

AT = "2026-11-21T10:00:00.000000Z"


class Hooks:
    """Webhooks and the calls that are due to them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self.webhooks = Webhooks(database, clock)
        self.deliveries = Deliveries(database, clock)

    def make(self, url: str = "https://a.example/") -> str:
        wish = WebhookWish(url, EVENT_TYPES, "a secret of words")
        return self.webhooks.create(wish)["webhook_id"]

    def publish(self, *event_ids: str) -> None:
        with self.webhooks.database.transaction() as session:
            for event_id in event_ids:
                event = JobStarted(event_id=event_id, at=AT, job_id="job")
                fan_out(session, event, self.clock())

    def due(self, *but_for: str, limit: int = 10) -> list[str]:
        """The webhooks whose calls are due."""
        return [each.webhook_id for each in self.deliveries.due(but_for, limit)]

    def claim(self) -> WebhookCall:
        [due] = self.deliveries.due((), 1)
        call = self.deliveries.claim(due.letter_id)
        assert call is not None
        return call

    def told(self, webhook_id: str) -> DeliveryAnswer:
        [(_, delivery)] = self.webhooks.deliveries(webhook_id, None, 10)
        return delivery


@pytest.fixture
def hooks(database: Database, clock: Clock) -> Hooks:
    return Hooks(database, clock)


def test_a_claim_has_all_that_a_try_needs(hooks: Hooks) -> None:
    webhook_id = hooks.make("https://a.example/?token=t")
    hooks.publish("e1")
    call = hooks.claim()
    assert (call.webhook_id, call.event_id, call.tries) == (webhook_id, "e1", 0)
    assert (call.url, call.secret) == ("https://a.example/?token=t", "a secret of words")
    assert "token" not in repr(call)
    assert "secret of words" not in repr(call)


def test_what_is_claimed_is_due_again_only_when_nothing_came_of_it(hooks: Hooks) -> None:
    webhook_id = hooks.make()
    hooks.publish("e1")
    hooks.claim()
    assert hooks.due() == []
    hooks.clock.pass_by(CLAIM)
    assert hooks.due() == [webhook_id]


def test_of_two_who_claim_one_gets_it(hooks: Hooks) -> None:
    hooks.make()
    hooks.publish("e1")
    [due] = hooks.deliveries.due((), 10)
    assert hooks.deliveries.claim(due.letter_id) is not None
    assert hooks.deliveries.claim(due.letter_id) is None


def test_who_has_waited_longest_comes_first_and_some_may_be_left_out(hooks: Hooks) -> None:
    first, second = hooks.make(), hooks.make()
    hooks.publish("e1", "e2")
    last = hooks.claim().webhook_id
    hooks.clock.pass_by(CLAIM)
    assert sorted(hooks.due()) == sorted([first, first, second, second])
    assert hooks.due()[-1] == last
    assert hooks.due(first) == [second, second]
    assert hooks.due(first, second) == []
    assert len(hooks.due(limit=3)) == 3


def test_a_delivery_is_over_when_it_was_taken(hooks: Hooks) -> None:
    webhook_id = hooks.make()
    hooks.publish("e1")
    call = hooks.claim()
    hooks.clock.pass_by(seconds(2))
    hooks.deliveries.end(call, Outcome("delivered", 204))
    told = hooks.told(webhook_id)
    assert (told["state"], told["tries"], told["status"], told["error"]) == (
        "delivered",
        1,
        204,
        None,
    )
    assert told["finished_at"] == "2026-11-21T10:00:02.000000Z"
    hooks.clock.pass_by(CLAIM)
    assert hooks.due() == []


def test_a_try_that_failed_is_made_again_after_its_pause(hooks: Hooks) -> None:
    webhook_id = hooks.make()
    hooks.publish("e1")
    failed = Outcome("pending", 500, "answered 500", seconds(5))
    hooks.deliveries.end(hooks.claim(), failed)
    told = hooks.told(webhook_id)
    assert (told["state"], told["tries"], told["status"], told["error"]) == (
        "pending",
        1,
        500,
        "answered 500",
    )
    assert told["finished_at"] is None
    assert hooks.due() == []
    hooks.clock.pass_by(seconds(5))
    assert hooks.claim().tries == 1


def test_the_last_try_ends_it(hooks: Hooks) -> None:
    webhook_id = hooks.make()
    hooks.publish("e1")
    hooks.deliveries.end(hooks.claim(), Outcome("failed", None, "no connection"))
    told = hooks.told(webhook_id)
    assert (told["state"], told["status"], told["error"]) == ("failed", None, "no connection")
    assert told["finished_at"] == AT
    hooks.clock.pass_by(CLAIM)
    assert hooks.due() == []


def test_a_try_that_was_overtaken_undoes_nothing(hooks: Hooks) -> None:
    webhook_id = hooks.make()
    hooks.publish("e1")
    slow = hooks.claim()
    hooks.clock.pass_by(CLAIM)
    hooks.deliveries.end(hooks.claim(), Outcome("delivered", 200))
    hooks.deliveries.end(slow, Outcome("pending", None, "no answer in time", seconds(5)))
    assert hooks.told(webhook_id)["state"] == "delivered"
    hooks.clock.pass_by(CLAIM)
    assert hooks.due() == []


def test_a_claim_comes_to_nothing_when_the_webhook_is_removed(hooks: Hooks) -> None:
    webhook_id = hooks.make()
    hooks.publish("e1", "e2")
    call = hooks.claim()
    [other] = hooks.deliveries.due((), 10)
    hooks.webhooks.remove(webhook_id)
    assert hooks.deliveries.claim(other.letter_id) is None
    hooks.deliveries.end(call, Outcome("pending", 500, "answered 500", seconds(5)))
    hooks.clock.pass_by(CLAIM)
    assert hooks.due() == []


def test_letters_to_webhooks_may_be_left_to_the_courier(hooks: Hooks) -> None:
    hooks.make()
    hooks.publish("e1")
    outbox = Outbox(hooks.webhooks.database, hooks.clock)
    assert outbox.due(10, ("run", "event")) == []
    assert [each.topic for each in outbox.due(10)] == ["webhook"]
