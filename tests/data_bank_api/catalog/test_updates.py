import pytest
import redis

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.keys import UPDATES
from data_bank_api.catalog.updates import BEGINNING, UpdateStream
from data_bank_client.errors import ConflictError, ServiceUnavailableError
from tests.data_bank_api.catalog.refreshing import Desk


def test_a_stream_of_nothing_has_an_end(desk: Desk) -> None:
    stream = UpdateStream(desk.client)
    assert (stream.end(), stream.read(BEGINNING, 10)) == (BEGINNING, [])


def test_updates_are_read_from_any_place_on(desk: Desk) -> None:
    desk.full_of("a")
    desk.increment_of(*map(Document, "bcd"))
    stream = UpdateStream(desk.client)
    first, *rest = stream.read(BEGINNING, 2)
    assert [each.document for each in (first, *rest)] == [Document("b"), Document("c")]
    assert [each.document.id for each in stream.read(first.position, 9)] == ["c", "d"]
    assert stream.read(first.position, 9)[-1].position == stream.end()


def test_what_was_dropped_is_told_of(desk: Desk) -> None:
    desk.full_of("a")
    desk.increment_of(*map(Document, "bcd"))
    stream = UpdateStream(desk.client)
    first, second, third = stream.read(BEGINNING, 9)
    desk.client.xtrim(UPDATES, 1, approximate=False)
    for place in (BEGINNING, first.position):
        with pytest.raises(ConflictError, match="keeps"):
            stream.read(place, 9)
    assert stream.read(third.position, 9) == []
    assert second.position < third.position == stream.end()


def test_a_key_that_is_no_stream_is_an_error(desk: Desk) -> None:
    desk.client.set(UPDATES, "text")
    with pytest.raises(ServiceUnavailableError):
        UpdateStream(desk.client).end()
    assert issubclass(redis.ResponseError, redis.RedisError)
