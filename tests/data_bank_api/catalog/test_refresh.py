import pytest

from tests.data_bank_api.catalog.refreshing import Desk
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.hub.stand_in import StandInHub

MANY = ManyDatasets(50)
IDS = sorted(str(each["id"]) for each in MANY.between(0, 50))


@pytest.fixture(autouse=True)
def many(stand_in_hub: StandInHub) -> None:
    stand_in_hub.page_size = 10
    stand_in_hub.list_many(MANY)


def test_a_full_refresh_brings_all_that_the_hub_lists(desk: Desk) -> None:
    done = desk.full().run()
    assert (done.total, done.pages, done.skipped) == (50, 5, 0)
    assert desk.ids() == IDS
