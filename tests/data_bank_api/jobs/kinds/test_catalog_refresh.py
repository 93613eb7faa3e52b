"""The kind with all that is real about it: the wiring, Redis, and a stand-in Hub on a socket."""

from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from data_bank_api.catalog.reader import RedisCatalog
from data_bank_api.config import Settings
from data_bank_api.jobs.kinds.catalog_refresh import CatalogRefresh
from data_bank_api.jobs.kinds.table import arguments_of, read_kind
from data_bank_api.jobs.schedule import SCHEDULE, WITH_TOKEN, Scheduler
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.strays import Strays
from data_bank_api.queue.job import NewJob, Wanted
from data_bank_api.wiring import build_dispatcher, build_shop
from data_bank_client.errors import ForbiddenError
from tests.data_bank_api.jobs.kinds.conftest import Told
from tests.fakes.clock import Clock
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.fakes.refresher import Listing, refresher_of


class Read(Protocol):
    def __call__(self, **settings: str) -> Settings: ...


@pytest.fixture
def read(tmp_path: Path, redis_server: RedisServer, stand_in_hub: StandInHub) -> Read:
    """Settings for the stand-in Hub, and those given besides."""
    (tmp_path / "files" / "state").mkdir(parents=True)
    known = {
        "MIN_FREE_GB": "0",
        "DATA_ROOT": str(tmp_path / "files"),
        "API_UPLOAD_KEYS": "key",
        "REDIS_URL": redis_server.url,
        "HF_ENDPOINT": stand_in_hub.endpoint,
    }
    return lambda **settings: Settings.read(known | settings)


@pytest.fixture
def work(sqlite_shop: Shop) -> Told:
    return Told(sqlite_shop.jobs.enqueue(NewJob("catalog.refresh", {})))


def test_a_refresh_crawls_the_hub_and_tells_how_much_there_is(
    read: Read, work: Told, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.list_many(ManyDatasets(30))
    with closing(build_shop(read(HF_TOKEN=stand_in_hub.token))) as shop:
        result = CatalogRefresh().run(shop, work)
        status = RedisCatalog(shop.redis).status()
    assert result["details"] == {
        "full": True,
        "total_items": 30,
        "changed": 30,
        "pages": 1,
        "skipped": 0,
    }
    assert (status.total_items, status.is_refreshing) == (30, False)
    assert work.percents == sorted(work.percents)


def test_without_a_token_nothing_is_crawled_and_the_setting_is_named(
    read: Read, work: Told, stand_in_hub: StandInHub
) -> None:
    with (
        closing(build_shop(read())) as shop,
        pytest.raises(ForbiddenError, match="set HF_TOKEN"),
    ):
        CatalogRefresh().run(shop, work)
    assert not list(stand_in_hub.requests)


@pytest.mark.parametrize(("token", "schedule"), [("hf_x", WITH_TOKEN), ("(none)", SCHEDULE)])
def test_a_refresh_is_scheduled_where_there_is_a_token(
    read: Read, token: str, schedule: object
) -> None:
    parts = build_dispatcher(read(HF_TOKEN=token))
    parts.database.close()
    assert parts.schedule == schedule
    assert [each.kind for each in WITH_TOKEN if each not in SCHEDULE] == ["catalog.refresh"]


def test_an_empty_catalog_asks_for_its_first_refresh_at_once_and_for_no_second(
    sqlite_shop: Shop,
) -> None:
    strays = Strays(sqlite_shop.upkeep, sqlite_shop.redis)
    scheduler = Scheduler(sqlite_shop.jobs, sqlite_shop.upkeep, strays, WITH_TOKEN)
    for _ in range(2):
        scheduler.look()
    (job,) = sqlite_shop.jobs.list(Wanted(kinds=("catalog.refresh",)), None, 10)
    assert read_kind(job.kind, job.arguments) == CatalogRefresh(full=None, force=False)


@pytest.fixture
def listing() -> Listing:
    return Listing()


@pytest.fixture
def refreshing(sqlite_shop: Shop, listing: Listing, clock: Clock) -> Shop:
    refresher = refresher_of(sqlite_shop.redis, listing, clock)
    return replace(sqlite_shop, refresher=lambda: nullcontext(refresher))


@pytest.mark.parametrize(
    ("full", "days", "asked"),
    [
        (None, 6.99, ["newest"]),
        (None, 7.01, ["newest", "all"]),
        (True, 8, ["all"]),
        (False, 8, ["newest"]),
    ],
)
def test_without_a_word_the_age_of_the_catalog_decides(
    refreshing: Shop,
    work: Told,
    listing: Listing,
    clock: Clock,
    full: bool | None,
    days: float,
    asked: list[str],
) -> None:
    CatalogRefresh().run(refreshing, work)
    clock.pass_by(timedelta(days=days))
    CatalogRefresh(full=full).run(refreshing, work)
    assert listing.asked == [("all", 0), *((each, 0) for each in asked)]


def test_force_takes_far_fewer_datasets_for_true(
    refreshing: Shop, work: Told, listing: Listing
) -> None:
    CatalogRefresh().run(refreshing, work)
    listing.documents = ()
    CatalogRefresh(full=True, force=True).run(refreshing, work)
    assert RedisCatalog(refreshing.redis).status().total_items == 0


def test_ten_who_ask_at_once_get_one_job(sqlite_shop: Shop) -> None:
    asked = NewJob(CatalogRefresh.name, arguments_of(CatalogRefresh()))
    assert len({sqlite_shop.jobs.enqueue(asked).job_id for _ in range(10)}) == 1
