"""When a repository is synced by itself: whole periods after the time before."""

from datetime import UTC, datetime, timedelta

import pytest

from data_bank_api.hub.repository import Registration
from tests.fakes.hub_in_memory import NAME

SINCE = datetime(2026, 11, 21, 10, tzinfo=UTC)


def next_after(passed: timedelta, sync_hours: int | None, *, auto_sync: bool) -> timedelta | None:
    """Since the time before."""
    asked = Registration.parse(NAME, sync_hours=sync_hours, auto_sync=auto_sync)
    found = asked.next_after(SINCE, SINCE + passed)
    return None if found is None else found - SINCE


@pytest.mark.parametrize(
    ("minutes", "hours"), [(-90, 2), (0, 2), (119, 2), (120, 4), (239, 4), (601, 12)]
)
def test_the_next_time_is_the_first_whole_period_that_is_still_to_come(
    minutes: int, hours: int
) -> None:
    passed = timedelta(minutes=minutes)
    assert next_after(passed, 2, auto_sync=False) == timedelta(hours=hours)
    assert next_after(passed, 2, auto_sync=True) == timedelta(hours=hours)


def test_what_keeps_itself_whole_does_so_each_day_unless_it_is_said() -> None:
    assert next_after(timedelta(0), None, auto_sync=True) == timedelta(hours=24)
    assert next_after(timedelta(0), None, auto_sync=False) is None
