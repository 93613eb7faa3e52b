"""A catalog that is refreshed from a stand-in Hub, in a real Redis."""

from collections.abc import Iterator

import pytest

from tests.data_bank_api.catalog.refreshing import Desk, listing_of
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer


@pytest.fixture
def desk(redis_server: RedisServer, stand_in_hub: StandInHub) -> Iterator[Desk]:
    with redis_server.connect() as client, listing_of(stand_in_hub) as source:
        yield Desk(client, source)
