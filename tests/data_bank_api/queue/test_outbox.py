"""Letters stay until they are delivered."""

import pytest

from data_bank_api.db.database import Database
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.letters import post_webhook
from data_bank_api.queue.outbox import Outbox
from tests.fakes.clock import Clock, seconds


@pytest.fixture
def outbox(database: Database, clock: Clock) -> Outbox:
    return Outbox(database, clock)


def post(outbox: Outbox, *deliveries: str) -> None:
    with outbox.database.transaction() as session:
        for each in deliveries:
            post_webhook(session, "job", each, outbox.clock())


def due(outbox: Outbox, limit: int = 10) -> list[object]:
    return [each.content["delivery_id"] for each in outbox.due(limit)]


def test_letters_are_due_in_the_order_in_which_they_were_written(outbox: Outbox) -> None:
    post(outbox, *"abc")
    post(outbox, *"de")
    assert due(outbox) == list("abcde")
    assert due(outbox, 2) == ["a", "b"]


def test_letters_of_other_topics_are_left_alone(outbox: Outbox) -> None:
    post(outbox, "a")
    Jobs(outbox.database, outbox.clock).enqueue(NewJob("ping", {}))
    assert [each.topic for each in outbox.due(10, ("run", "event"))] == ["run"]


def test_what_is_to_be_delivered_at_once_is_due_though_the_clock_goes_back(
    outbox: Outbox, clock: Clock
) -> None:
    """Or is that of another machine, and behind."""
    job_id = Jobs(outbox.database, clock).enqueue(NewJob("ping", {})).job_id
    claim = Claims(outbox.database, clock).claim(job_id, 1)
    assert claim is not None
    claim.put_back("a stop")
    written = [each.topic for each in outbox.due(10)]
    clock.pass_by(seconds(-3600))
    assert [each.topic for each in outbox.due(10)] == written == ["run", "event", "run"]


def test_what_is_delivered_is_removed_with_what_follows_from_it(outbox: Outbox) -> None:
    post(outbox, "a", "b")
    [first, _] = outbox.due(10)
    with outbox.removing([first.letter_id]) as session:
        post_webhook(session, "job", "c", outbox.clock())
    assert due(outbox) == ["b", "c"]


def test_what_follows_fails_and_nothing_is_removed(outbox: Outbox) -> None:
    post(outbox, "a")
    with pytest.raises(ZeroDivisionError), outbox.removing([outbox.due(1)[0].letter_id]):
        raise ZeroDivisionError
    assert due(outbox) == ["a"]


def test_a_postponed_letter_holds_up_no_other(outbox: Outbox, clock: Clock) -> None:
    post(outbox, "a", "b")
    first = outbox.due(1)[0]
    outbox.postpone(first.letter_id, clock.now + seconds(5))
    assert due(outbox) == ["b"]
    clock.pass_by(seconds(5))
    assert due(outbox) == ["a", "b"]
    assert [each.tries for each in outbox.due(10)] == [1, 0]


def test_a_job_and_its_letter_are_there_together_or_not_at_all(
    outbox: Outbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("data_bank_api.queue.jobs.post_run", broken)
    jobs = Jobs(outbox.database, clock)
    with pytest.raises(ZeroDivisionError):
        jobs.enqueue(NewJob("ping", {}))
    monkeypatch.undo()
    assert outbox.due(10) == []
    assert jobs.enqueue(NewJob("ping", {})).attempts == 0
    assert len(outbox.due(10)) == 1
