"""The incremental refresh, from a stand-in Hub on a socket, into a real Redis."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data_bank_api.catalog.changes import FlippedError
from data_bank_api.catalog.document import Document
from data_bank_api.catalog.increment import OVERLAP
from data_bank_api.catalog.keys import INCREMENT_LEASE, UPDATES
from data_bank_api.catalog.lease import LeaseLostError
from data_bank_client.errors import ConflictError, ExternalServiceError, ServiceUnavailableError
from tests.data_bank_api.catalog.refreshing import Desk
from tests.fakes.hub.faults import status
from tests.fakes.hub.many_datasets import NOW, ManyDatasets
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.refresher import Listing


@pytest.fixture
def many() -> ManyDatasets:
    return ManyDatasets(50)


@pytest.fixture
def crawled(desk: Desk, stand_in_hub: StandInHub, many: ManyDatasets) -> Desk:
    """Fifty datasets are in the catalog, just after the newest of them was changed."""
    stand_in_hub.page_size = 10
    stand_in_hub.list_many(many)
    desk.clock.now = NOW
    desk.full().run()
    stand_in_hub.requests.clear()
    desk.clock.pass_by(timedelta(hours=1))
    return desk


def test_what_changed_is_taken_and_no_more_pages_than_that_needs(
    crawled: Desk, stand_in_hub: StandInHub, many: ManyDatasets
) -> None:
    many.touch(40, downloads=77_777)
    done = crawled.increment().run()
    assert (done.changed, done.total, done.is_full) == (1, 50, False)
    page = crawled.catalog.page("downloads", 0, 50, descending=True)
    assert b'"downloads":77777' in page.items
    # Half an hour of overlap are 20 datasets, which are two pages and what tells that it is enough.
    assert (done.pages, len(stand_in_hub.requests)) == (3, 3)
    assert stand_in_hub.requests[0].one("sort") == "lastModified"


def test_the_next_one_begins_where_this_one_began(crawled: Desk) -> None:
    begun = crawled.clock.now
    crawled.increment().run()
    status = crawled.catalog.status()
    assert (status.last_update, status.crawled_at) == (begun, NOW)
    assert not status.is_refreshing


def test_what_is_as_it_was_is_not_told_to_who_follows(crawled: Desk, many: ManyDatasets) -> None:
    many.touch(7, likes=3)
    crawled.increment().run()
    crawled.increment().run()
    (update,) = crawled.catalog.updates("0-0", 100)
    assert (update.document.likes, crawled.client.xlen(UPDATES)) == (3, 1)


def test_one_that_is_new_is_in_every_order(desk: Desk) -> None:
    desk.full_of("ab")
    desk.increment_of(Document("aa", downloads=9, likes=9, size_bytes=9))
    assert desk.ids() == ["a", "aa", "b"]
    for sort in ("downloads", "likes", "size_bytes"):
        page = desk.catalog.page(sort, 0, 1, descending=True)
        assert (page.total, page.items.startswith(b'{"id":"aa"')) == (3, True)


def test_a_failed_one_is_made_up_for_by_the_next(
    crawled: Desk, stand_in_hub: StandInHub, many: ManyDatasets
) -> None:
    many.touch(40, likes=9)
    stand_in_hub.faults.add("list", status(500), skip=1)
    with pytest.raises(ExternalServiceError):
        crawled.increment().run()
    assert crawled.catalog.status().last_update == NOW
    stand_in_hub.faults.clear()
    crawled.increment().run()
    assert crawled.catalog.status().last_update == crawled.clock.now


def test_pages_that_lead_back_end_it(desk: Desk) -> None:
    desk.full_of("a")
    circle = Listing([Document("a"), Document("b")], size=1, is_circle=True)
    with pytest.raises(ExternalServiceError, match="lead back"):
        replace(desk.increment(), source=circle).run()
    assert circle.asked == [("newest", 0), ("newest", 1), ("newest", 0)]


def test_an_empty_catalog_needs_a_full_refresh_first(desk: Desk) -> None:
    with pytest.raises(ConflictError, match="empty"):
        desk.increment().run()


def test_one_that_a_full_refresh_overtakes_is_done_anew(desk: Desk) -> None:
    desk.full_of("abcdefgh")

    def overtake(page: int) -> None:
        if page == 1:
            desk.full_of("abcdefgh", holder="another job")

    listing = Listing([Document(each) for each in "wxyz"], meanwhile=overtake)
    with pytest.raises(FlippedError):
        replace(desk.increment(), source=listing).run()
    assert (desk.ids(), len(desk.generations())) == ([*"abcdefgh"], 1)
    assert not desk.catalog.status().is_refreshing


def test_one_without_changes_that_is_overtaken_leaves_nothing_behind(desk: Desk) -> None:
    desk.full_of("a")
    old = Document("a", last_modified=desk.clock.now - timedelta(days=1))
    listing = Listing([old], meanwhile=lambda _: desk.full_of("a", holder="another job"))
    with pytest.raises(FlippedError):
        replace(desk.increment(), source=listing).run()
    assert len(desk.generations()) == 1


def test_two_at_once_take_turns(desk: Desk) -> None:
    desk.full_of("a")

    def ask(_: int) -> None:
        with pytest.raises(ServiceUnavailableError, match="under way"):
            desk.increment("another job").run()

    replace(desk.increment(), source=Listing([Document("b")], meanwhile=ask)).run()
    assert desk.ids() == ["a", "b"]


def test_who_has_lost_the_lease_changes_nothing_any_more(desk: Desk) -> None:
    desk.full_of("a")
    listing = Listing(
        [Document("b")], meanwhile=lambda _: desk.client.set(INCREMENT_LEASE, "another's")
    )
    with pytest.raises(LeaseLostError):
        replace(desk.increment(), source=listing).run()
    assert desk.ids() == ["a"]
    assert desk.client.get(INCREMENT_LEASE) == b"another's"


def test_a_dataset_without_a_date_is_taken(desk: Desk) -> None:
    desk.full_of("a")
    old = desk.clock.now - OVERLAP - timedelta(seconds=1)
    desk.increment_of(Document("undated"), Document("old", last_modified=old))
    assert desk.ids() == ["a", "undated"]


def test_a_change_is_seen_even_if_the_hub_lists_it_late(desk: Desk) -> None:
    desk.full_of("a")
    late = desk.clock.now - OVERLAP
    desk.increment_of(Document("late", last_modified=late))
    assert desk.ids() == ["a", "late"]
