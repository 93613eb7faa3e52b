"""A file on the wire."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo, answer
from data_bank_client.wire.times import format_time

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=365 * 8000)).map(
    lambda since: datetime(1970, 1, 1, tzinfo=UTC) + since
)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_a_time_is_told_in_utc_with_six_decimals() -> None:
    moment = datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert format_time(moment) == "2026-11-21T10:00:00.000000Z"


@given(MOMENTS, ZONES)
def test_a_time_is_read_back_as_the_same_moment(moment: datetime, zone: timezone) -> None:
    assert datetime.fromisoformat(format_time(moment.astimezone(zone))) == moment


@given(st.lists(MOMENTS, min_size=2))
def test_times_sort_as_their_text_does(moments: list[datetime]) -> None:
    assert sorted(map(format_time, moments)) == list(map(format_time, sorted(moments)))


def test_an_answer_tells_what_is_known_of_a_file() -> None:
    digest = Digest.of(b"test")
    info = FileInfo(digest, 4, "text/plain", datetime(2026, 11, 21, 10, tzinfo=UTC))
    assert answer(info) == {
        "file_id": digest.hex,
        "size": 4,
        "sha256": digest.hex,
        "content_type": "text/plain",
        "created_at": "2026-11-21T10:00:00.000000Z",
    }
