"""A full refresh that is due, and the increment before it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.refresh import Refreshed
from data_bank_client.errors import ConflictError, InternalError
from tests.data_bank_api.catalog.refreshing import Desk
from tests.fakes.refresher import Listing, refresher_of


@pytest.fixture
def due(desk: Desk) -> Desk:
    """Its catalog of five was crawled eight days ago."""
    desk.full_of("abcde")
    desk.clock.pass_by(timedelta(days=8))
    return desk


def refresh(desk: Desk, listing: Listing) -> Refreshed:
    """As it is asked for each hour."""
    refresher = replace(refresher_of(desk.client, listing, desk.clock), index=desk.index)
    return refresher.refresh(desk.told, "job", full=None, force=False)


def test_a_crawl_that_is_refused_each_time_leaves_the_catalog_fresh(due: Desk) -> None:
    for likes in (7, 8):
        due.clock.pass_by(timedelta(hours=1))
        with pytest.raises(ConflictError, match="1 datasets, the catalog has 5"):
            refresh(due, Listing([Document("a", likes=likes)]))
        assert (due.ids(), due.documents()[0].likes) == ([*"abcde"], likes)
        assert due.catalog.status().last_update == due.clock.now


def test_an_increment_that_fails_hinders_no_crawl(due: Desk) -> None:
    failures: Iterator[InternalError] = iter([InternalError("it is broken")])

    def fail_once(_: int) -> None:
        for each in failures:
            raise each

    with capture_logs() as lines:
        done = refresh(due, Listing([Document(each) for each in "abcdef"], meanwhile=fail_once))
    assert (done.is_full, due.ids()) == (True, [*"abcdef"])
    assert "it is broken" in [line.get("reason") for line in lines]


def test_the_increment_is_told_in_words_and_is_hardly_any_of_the_way(due: Desk) -> None:
    due.told.percents.clear()
    due.told.messages.clear()
    refresh(due, Listing([Document(each, likes=1) for each in "abcde"], size=5))
    assert due.told.messages[0] == "5 datasets changed, in 1 pages"
    assert (due.told.percents[0], due.told.percents[-1]) == (0.5, 99)
