"""Webhooks are made, listed and removed; each event becomes a delivery to who asked for it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from data_bank_api.db.database import Database
from data_bank_api.db.schema import DeliveryRow
from data_bank_api.queue import webhooks as module
from data_bank_api.queue.deliveries import Deliveries, Outcome
from data_bank_api.queue.fan_out import fan_out
from data_bank_api.queue.outbox import Outbox
from data_bank_api.queue.webhooks import Webhooks, WebhookWish
from data_bank_client.errors import ConflictError, NotFoundError
from data_bank_client.wire.events import (
    EVENT_TYPES,
    JobCompleted,
    JobEvent,
    JobStarted,
    decode_event,
)
from data_bank_client.wire.webhooks import DeliveryAnswer
from tests.fakes.clock import Clock, seconds

STARTED, _, COMPLETED, _ = EVENT_TYPES


@pytest.fixture
def webhooks(database: Database, clock: Clock) -> Webhooks:
    return Webhooks(database, clock)


def make(
    webhooks: Webhooks,
    url: str = "https://a.example/",
    types: Sequence[str] = EVENT_TYPES,
    user: int = 0,
) -> str:
    wish = WebhookWish(url, tuple(types), "a secret of words", user)
    return webhooks.create(wish)["webhook_id"]


def started(event_id: str = "e1", user_id: int = 0) -> JobStarted:
    at = "2026-11-21T10:00:00.000000Z"
    return JobStarted(event_id=event_id, at=at, job_id="job", user_id=user_id)


def publish(webhooks: Webhooks, *events: JobEvent) -> None:
    with webhooks.database.transaction() as session:
        for event in events:
            fan_out(session, event, webhooks.clock())


def delivered_to(webhooks: Webhooks, webhook_id: str) -> list[DeliveryAnswer]:
    return [each for _, each in webhooks.deliveries(webhook_id, None, 100)]


def letters(webhooks: Webhooks) -> int:
    return len(Outbox(webhooks.database, webhooks.clock).due(100, ("webhook",)))


def test_a_webhook_is_told_with_its_secret_once_and_without_it_ever_after(
    webhooks: Webhooks,
) -> None:
    made = webhooks.create(
        WebhookWish("https://a.example/?t=1", (STARTED,), "a secret of words", 7)
    )
    assert made == {
        "webhook_id": made["webhook_id"],
        "url": "https://a.example/?t=1",
        "types": [STARTED],
        "user_id": 7,
        "created_at": "2026-11-21T10:00:00.000000Z",
        "secret": "a secret of words",
    }
    [(_, listed)] = webhooks.newest(None, 10)
    assert {**listed, "secret": "a secret of words"} == made


def test_what_is_asked_for_does_not_show_its_secrets() -> None:
    shown = repr(WebhookWish("https://a.example/?token=t", (STARTED,), "a secret of words"))
    assert "secret of words" not in shown
    assert "token" not in shown


def test_webhooks_are_listed_newest_first_page_by_page(webhooks: Webhooks, clock: Clock) -> None:
    made = [make(webhooks), make(webhooks)]  # at the same moment: the id tells them apart
    clock.pass_by(seconds(1))
    made = [make(webhooks), *sorted(made, reverse=True)]
    first = webhooks.newest(None, 2)
    rest = webhooks.newest(first[-1][0], 2)
    assert [each["webhook_id"] for _, each in (*first, *rest)] == made


def test_there_are_only_so_many_webhooks(
    webhooks: Webhooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WEBHOOK_LIMIT", 2)
    make(webhooks)
    removed = make(webhooks)
    with pytest.raises(ConflictError, match="there are 2 webhooks"):
        make(webhooks)
    webhooks.remove(removed)
    assert make(webhooks)


def test_an_event_is_delivered_to_each_webhook_that_asked_for_its_type(
    webhooks: Webhooks,
) -> None:
    everything, ends = make(webhooks), make(webhooks, types=[COMPLETED])
    event = started()
    publish(webhooks, event)
    [delivery] = delivered_to(webhooks, everything)
    assert delivery == {
        "event_id": "e1",
        "event_type": STARTED,
        "state": "pending",
        "tries": 0,
        "status": None,
        "error": None,
        "created_at": "2026-11-21T10:00:00.000000Z",
        "finished_at": None,
    }
    assert delivered_to(webhooks, ends) == []
    assert letters(webhooks) == 1


def test_a_webhook_of_a_user_is_called_for_that_users_jobs_alone(webhooks: Webhooks) -> None:
    of_all, of_seven, of_eight = (make(webhooks, user=user) for user in (0, 7, 8))
    publish(webhooks, started("e1", 7), started("e2", 0))
    told = [
        {each["event_id"] for each in delivered_to(webhooks, webhook_id)}
        for webhook_id in (of_all, of_seven, of_eight)
    ]
    assert told == [{"e1", "e2"}, {"e1"}, set()]


def test_the_whole_event_is_what_is_delivered(webhooks: Webhooks, clock: Clock) -> None:
    make(webhooks)
    at = "2026-11-21T10:00:00.000000Z"
    event = JobCompleted(event_id="e1", at=at, job_id="job", result_id=None, result_bytes=3)
    publish(webhooks, event)
    deliveries = Deliveries(webhooks.database, clock)
    call = deliveries.claim(deliveries.due((), 1)[0].letter_id)
    assert call is not None
    assert decode_event(call.body) == event


def test_an_event_that_is_fanned_out_again_is_delivered_once(webhooks: Webhooks) -> None:
    webhook_id = make(webhooks)
    publish(webhooks, started())
    publish(webhooks, started(), started())
    assert len(delivered_to(webhooks, webhook_id)) == letters(webhooks) == 1


def test_several_dispatchers_at_once_make_one_delivery(webhooks: Webhooks) -> None:
    webhook_id = make(webhooks)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: publish(webhooks, started()), range(8)))
    assert len(delivered_to(webhooks, webhook_id)) == letters(webhooks) == 1


def test_deliveries_are_listed_newest_first_page_by_page(webhooks: Webhooks, clock: Clock) -> None:
    webhook_id = make(webhooks)
    for number in range(3):
        publish(webhooks, started(f"e{number}"))
        clock.pass_by(seconds(1))
    first = webhooks.deliveries(webhook_id, None, 2)
    rest = webhooks.deliveries(webhook_id, first[-1][0], 2)
    assert [each["event_id"] for _, each in (*first, *rest)] == ["e2", "e1", "e0"]


def test_the_deliveries_of_no_webhook_are_not_found(webhooks: Webhooks) -> None:
    with pytest.raises(NotFoundError, match="no such webhook"):
        webhooks.deliveries("0" * 32, None, 10)


def test_a_webhook_is_removed_with_what_is_still_to_be_delivered_to_it(
    webhooks: Webhooks,
) -> None:
    removed, kept = make(webhooks), make(webhooks)
    publish(webhooks, started())
    webhooks.remove(removed)
    with pytest.raises(NotFoundError):
        webhooks.deliveries(removed, None, 10)
    assert len(delivered_to(webhooks, kept)) == letters(webhooks) == 1
    webhooks.remove(removed)


def test_a_webhook_is_removed_however_much_was_delivered_to_it(
    webhooks: Webhooks, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SOME", 2)
    removed = make(webhooks)
    publish(webhooks, *(started(f"e{number}") for number in range(6)))
    deliveries = Deliveries(webhooks.database, clock)
    for due in deliveries.due((), 5):
        call = deliveries.claim(due.letter_id)
        assert call is not None
        deliveries.end(call, Outcome("delivered", 200))
    webhooks.remove(removed)
    assert webhooks.newest(None, 10) == []
    assert letters(webhooks) == 0
    with webhooks.database.reading() as session:
        assert session.scalars(select(DeliveryRow.delivery_id)).all() == []


def test_webhooks_come_and_go_while_events_are_fanned_out(webhooks: Webhooks, clock: Clock) -> None:
    deliveries = Deliveries(webhooks.database, clock)

    def come_and_go(_: int) -> None:
        webhooks.remove(make(webhooks))

    def call(_: int) -> None:
        for due in deliveries.due((), 10):
            call = deliveries.claim(due.letter_id)
            if call is not None:
                deliveries.end(call, Outcome("delivered", 200))

    def tell(number: int) -> None:
        publish(webhooks, started(f"e{number}"))

    with ThreadPoolExecutor(6) as threads:
        tasks = [
            threads.submit(work, number)
            for number in range(20)
            for work in (come_and_go, tell, call)
        ]
    assert [task.exception() for task in tasks] == [None] * 60
    assert webhooks.newest(None, 10) == []
    assert letters(webhooks) == 0
