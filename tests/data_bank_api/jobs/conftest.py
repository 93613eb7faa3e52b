"""What the tests of jobs share: a shop in a temporary folder, for each database."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.mend import sweep_drafts
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.receive import Receiver
from data_bank_api.corpus.address import Web
from data_bank_api.datasets.profiler import Profiler
from data_bank_api.db.database import Database
from data_bank_api.jobs.shop import Shop
from tests.fakes.datasets import Room
from tests.fakes.disk import open_store
from tests.fakes.hub_in_memory import Mirrored
from tests.fakes.redis_server import RedisServer
from tests.fakes.refresher import refresher_of

ShopAt = Callable[[str], Shop]


def no_web() -> nullcontext[Web]:
    raise AssertionError("this test calls nobody")


@pytest.fixture
def shop_at(tmp_path: Path, redis_server: RedisServer) -> Iterator[ShopAt]:
    """Opens shops on databases; their files are in the test's folder."""
    opened: list[Shop] = []

    def open_shop(url: str) -> Shop:
        root = tmp_path / "files"
        store, client = open_store(root), redis_server.connect()
        database = Database(url)
        shop = Shop(
            store=store,
            receiver=Receiver(store, 0),
            database=database,
            redis=client,
            retention_days=30,
            mirror=lambda: nullcontext(Mirrored(database).mirror),
            web=no_web,
            refresher=lambda: nullcontext(refresher_of(client)),
            profiler=Profiler(tmp_path / "reports"),
            sweep=lambda: sweep_drafts(str(root), System()),
        )
        opened.append(shop)
        return shop

    yield open_shop
    for each in opened:
        each.close()


@pytest.fixture
def shop(shop_at: ShopAt, database_url: str) -> Shop:
    return shop_at(database_url)


@pytest.fixture
def sqlite_shop(shop_at: ShopAt, sqlite_url: str) -> Shop:
    return shop_at(sqlite_url)


@pytest.fixture
def room(shop: Shop) -> Room:
    return Room(shop)


@pytest.fixture
def sqlite_room(sqlite_shop: Shop) -> Room:
    return Room(sqlite_shop)
