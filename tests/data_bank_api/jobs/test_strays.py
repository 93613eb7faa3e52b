"""Jobs of which Redis holds no note are found, and notes of no job."""

import pytest

from data_bank_api.jobs.note import queue_of, send_note
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.strays import Strays
from data_bank_api.queue.job import Job, NewJob


@pytest.fixture
def strays(shop: Shop) -> Strays:
    return Strays(shop.upkeep, shop.redis)


def ask(shop: Shop, number: int = 0, *, delivered: bool = True) -> Job:
    job = shop.jobs.enqueue(NewJob("ping", {"n": number}))
    with shop.outbox.removing([each.letter_id for each in shop.outbox.due(100)]):
        pass
    if delivered:
        send_note(shop.redis, job.job_id, 1)
    return job


def take(shop: Shop) -> None:
    """As a worker takes a note."""
    queue = queue_of(shop.redis)
    shop.redis.lmove(queue.key, queue.intermediate_queue_key)


def test_who_lies_in_the_queue_or_was_taken_from_it_is_no_stray(shop: Shop, strays: Strays) -> None:
    jobs = [ask(shop, 0), ask(shop, 1)]
    take(shop)
    assert strays.among([*jobs, lost := ask(shop, 2, delivered=False)]) == [lost]
    assert strays.among(jobs) == []
    assert strays.among([]) == []


def test_a_note_for_an_earlier_attempt_does_not_count(shop: Shop, strays: Strays) -> None:
    job = ask(shop)
    claim = shop.claims.claim(job.job_id, 1)
    assert claim is not None
    claim.put_back("stopped")
    again = shop.jobs.get(job.job_id)
    assert strays.among([again]) == [again]


def test_a_stray_is_brought_back_with_the_reason_in_its_log(shop: Shop, strays: Strays) -> None:
    lost, other = ask(shop, 0, delivered=False), ask(shop, 1)
    assert strays.bring_back([lost, other]) == [lost]
    [letter] = shop.outbox.due(10)
    assert (letter.job_id, letter.content) == (lost.job_id, {"attempt": 1})
    log = shop.jobs.get_with_log(lost.job_id)[1]
    assert log[-1]["text"] == "queued once more: it was lost on its way to a worker"


def test_a_job_that_has_begun_meanwhile_is_not_brought_back(shop: Shop, strays: Strays) -> None:
    job = ask(shop, delivered=False)
    shop.claims.claim(job.job_id, 1)
    assert strays.bring_back([job]) == []


def test_a_long_queue_is_looked_through_to_its_beginning(shop: Shop, strays: Strays) -> None:
    first = ask(shop)
    shop.redis.rpush(queue_of(shop.redis).key, *(f"other-{number}" for number in range(2500)))
    assert strays.among([first]) == []


def test_notes_that_would_start_nothing_are_found_and_dropped(shop: Shop, strays: Strays) -> None:
    waits, cancelled, begun = (ask(shop, number) for number in range(3))
    shop.jobs.cancel(cancelled.job_id)
    shop.claims.claim(begun.job_id, 1)
    send_note(shop.redis, "f" * 32, 7)
    shop.redis.rpush(queue_of(shop.redis).key, "no note of ours")
    idle = [note for notes in strays.idle_notes() for note in notes]
    assert idle == [
        f"{cancelled.job_id}-1".encode(),
        f"{begun.job_id}-1".encode(),
        b"f" * 32 + b"-7",
    ]
    for note in idle:
        strays.drop(note)
    assert queue_of(shop.redis).job_ids == [f"{waits.job_id}-1", "no note of ours"]
    assert shop.redis.keys("rq:job:*") == [f"rq:job:{waits.job_id}-1".encode()]
