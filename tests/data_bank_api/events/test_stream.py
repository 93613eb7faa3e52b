"""The stream of events in a real Redis."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
import redis

from data_bank_api.events.entry import Wanted
from data_bank_api.events.stream import LOG, EventStream
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.events import JobEvent, decode_event, encode_event, type_of
from tests.fakes.job_events import entries_in, listening, progress
from tests.fakes.redis_server import RedisServer


def kept(client: redis.Redis) -> list[JobEvent]:
    return [decode_event(entry.content) for entry in entries_in(client)]


def test_events_are_kept_and_published_in_their_order(client: redis.Redis) -> None:
    events = [progress(number) for number in range(250)]  # more than are sent at once
    stream = EventStream(client, 1000)
    with listening(client) as listener:
        stream.publish(events)
        assert listener.hear(250) == events
    assert kept(client) == events


def test_an_entry_tells_what_to_choose_by(client: redis.Redis) -> None:
    stream = EventStream(client, 1000)
    stream.publish([progress(1, "a job")])
    (entry,) = entries_in(client)
    assert (entry.type, entry.job_id) == (type_of(progress(1)), "a job")
    assert entry.content == encode_event(progress(1, "a job"))


def test_an_event_is_in_the_stream_and_on_the_channel_once(client: redis.Redis) -> None:
    stream = EventStream(client, 1000)
    with listening(client) as listener:
        stream.publish([progress(1), progress(2)])
        stream.publish([progress(1), progress(2), progress(3), progress(3)])
        assert listener.hear(3) == [progress(1), progress(2), progress(3)]
        assert listener.is_silent()
    assert kept(client) == [progress(1), progress(2), progress(3)]


def test_the_newest_are_kept(client: redis.Redis) -> None:
    stream = EventStream(client, 100)
    stream.publish([progress(number) for number in range(250)])
    assert kept(client) == [progress(number) for number in range(150, 250)]


def test_who_else_publishes_keeps_as_many_as_the_bank(client: redis.Redis) -> None:
    bank, sibling = EventStream(client, 150), EventStream(client)
    bank.publish([progress(number) for number in range(150)])
    sibling.publish([progress(number) for number in range(150, 300)])
    assert len(kept(client)) == 150


def test_before_the_bank_has_told_a_default_is_kept(client: redis.Redis) -> None:
    sibling = EventStream(client)
    sibling.publish([progress(number) for number in range(150)])
    assert len(kept(client)) == 150


def test_nothing_to_publish_is_no_question() -> None:
    EventStream(redis.Redis(port=1), 100).publish([])


def test_an_event_that_failed_to_be_kept_can_be_published_again(client: redis.Redis) -> None:
    client.set(LOG, "not a stream")
    stream = EventStream(client, 1000)
    with pytest.raises(ServiceUnavailableError, match="Redis refuses"):
        stream.publish([progress(1)])
    client.delete(LOG)
    stream.publish([progress(1)])
    assert kept(client) == [progress(1)]


def test_redis_away_is_told(own_redis: RedisServer) -> None:
    with own_redis.connect() as client:
        own_redis.kill()
        stream = EventStream(client, 1000)
        with pytest.raises(ServiceUnavailableError, match="Redis does not answer"):
            stream.publish([progress(1)])


def test_what_is_no_event_is_wanted_by_nobody(client: redis.Redis) -> None:
    client.xadd(LOG, {"something": "else"})
    (entry,) = entries_in(client)
    assert not Wanted().takes(entry)


def test_events_are_chosen_by_type_and_job(client: redis.Redis) -> None:
    stream = EventStream(client, 1000)
    stream.publish([progress(1, "mine"), progress(2, "another's")])
    mine, another = entries_in(client)
    assert Wanted().takes(mine)
    assert Wanted(job_id="mine").takes(mine)
    assert not Wanted(job_id="mine").takes(another)
    assert not Wanted(frozenset({"databank.job.failed.v1"})).takes(mine)


def insist(stream: EventStream, event: JobEvent) -> None:
    while True:
        try:
            return stream.publish([event])
        except ServiceUnavailableError:
            continue  # after the pauses that the connection itself makes


def test_nothing_is_lost_or_doubled_while_redis_is_killed_again_and_again(
    own_redis: RedisServer,
) -> None:
    """Publishers try until they are told that it worked."""
    publishers, each = 4, 150

    def publish(publisher: int) -> None:
        with own_redis.connect() as client:
            stream = EventStream(client, 10_000)
            for number in range(each):
                insist(stream, progress(publisher * each + number, f"job-{publisher}"))

    with ThreadPoolExecutor(publishers) as pool:
        publishing = [pool.submit(publish, number) for number in range(publishers)]
        for _ in range(4):
            own_redis.kill()
            own_redis.start()
        wait(publishing)
    with own_redis.connect() as client:
        found = kept(client)
    assert sorted(int(event.event_id) for event in found) == list(range(publishers * each))
    for job_id in {event.job_id for event in found}:
        of_job = [int(event.event_id) for event in found if event.job_id == job_id]
        assert of_job == sorted(of_job)
