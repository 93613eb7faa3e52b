"""All that `/metrics` tells: a crowd costs what one costs, and who is away delays nobody."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.metrics_core import CounterMetricFamily, Metric

from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.scrape import Scrape
from data_bank_api.config import Settings
from data_bank_api.observability.exposition import Exposition
from data_bank_api.queue.job import NewJob
from data_bank_api.wiring import Bank, build_bank
from data_bank_client.errors import ConflictError
from tests.data_bank_api.api.asked_bank import Asked, build
from tests.fakes.redis_server import RedisServer
from tests.fakes.scraped import Scraped
from tests.running_bank import KEYS, READ_KEY, RunningBank, running, until

NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"


def scrape(asked: Asked) -> Scraped:
    answer = asked.ask("/metrics", None)
    assert answer.status_code == 200
    return Scraped.parse(answer.text)


class SlowExposition(Exposition):
    """Tells the number of the look, when it may."""

    def __init__(self) -> None:
        super().__init__(())
        self.looks = 0
        self.may_end = threading.Event()

    def collect(self) -> Iterable[Metric]:
        self.looks += 1
        self.may_end.wait()
        return [CounterMetricFamily("looks", "So far.", self.looks)]


def test_who_asks_while_one_looks_is_told_what_that_one_is(tmp_path: Path) -> None:
    slow, pool = SlowExposition(), StoragePool()
    bank = build_bank(Settings.read({"DATA_ROOT": str(tmp_path), **KEYS}))
    scraping = Scrape(replace(bank, exposition=slow), pool, DatabasePool())

    async def crowd() -> tuple[list[bytes], bytes]:
        asking = [asyncio.ensure_future(scraping.text()) for _ in range(20)]
        await asyncio.sleep(0)
        slow.may_end.set()
        return await asyncio.gather(*asking), await scraping.text()

    told, later = asyncio.run(crowd())
    assert {text.splitlines()[-1] for text in told} == {b"looks_total 1.0"}
    assert later.splitlines()[-1] == b"looks_total 2.0"
    pool.close()


def test_without_redis_nothing_is_told_of_jobs(tmp_path: Path) -> None:
    bank = build_bank(Settings.read({"DATA_ROOT": str(tmp_path), **KEYS}))
    pools = StoragePool(), DatabasePool()
    found = Scraped.parse(asyncio.run(Scrape(bank, *pools).text()).decode())
    assert not {name for name in found.families if "database" in name or "redis" in name}


def test_jobs_and_who_works_are_told_beside_what_the_service_counts(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    asked = build(tmp_path, redis_server.url)
    asked.bank.require_desk().jobs.enqueue(NewJob("ping", {}))
    found = scrape(asked)
    assert (found["databank_database_up"], found["databank_redis_up"]) == (1, 1)
    assert found['databank_jobs{kind="ping",state="queued"}'] == 1
    assert found['databank_enqueue_attempts_total{kind="ping"}'] == 1
    assert found["databank_dispatcher_up"] == 0
    assert found["databank_catalog_refreshing"] == 0
    assert found["databank_disk_free_bytes"] > 0


def test_what_is_away_is_told_and_the_rest_is_there(tmp_path: Path) -> None:
    asked = build(tmp_path, "redis://127.0.0.1:1/0", DATABASE_URL=NOBODY)
    found = scrape(asked)
    assert (found["databank_database_up"], found["databank_redis_up"]) == (0, 0)
    assert "databank_disk_free_bytes" in found
    assert "databank_workers" not in found.families
    assert "databank_jobs" not in found.families


def test_a_redis_that_hangs_is_not_waited_for(tmp_path: Path, own_redis: RedisServer) -> None:
    bank = build(tmp_path, own_redis.url).bank
    os.kill(own_redis.pid, signal.SIGSTOP)
    pools = StoragePool(), DatabasePool()

    async def look() -> bytes:
        async with asyncio.timeout(4):
            return await Scrape(bank, *pools, patience=0.2).text()

    try:
        found = Scraped.parse(asyncio.run(look()).decode())
    finally:
        os.kill(own_redis.pid, signal.SIGCONT)
    assert (found["databank_redis_up"], found["databank_database_up"]) == (0, 1)


def jobs_asked_for(bank: Bank, kind: str) -> tuple[float, float]:
    found = Scraped.parse(bank.exposition.text().decode())
    line = f'{{kind="{kind}"}}'
    attempts = found[f"databank_enqueue_attempts_total{line}"]
    return attempts, found[f"databank_enqueue_failures_total{line}"]


def test_a_job_that_cannot_be_queued_was_asked_for_all_the_same(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    bank = build(tmp_path, redis_server.url).bank
    jobs = bank.require_desk().jobs
    jobs.enqueue(NewJob("ping", {}, "mine"))
    assert jobs_asked_for(bank, "ping") == (1, 0)
    with pytest.raises(ConflictError):
        jobs.enqueue(NewJob("sweep", {}, "mine"))
    assert jobs_asked_for(bank, "sweep") == (1, 1)


def streams(bank: RunningBank) -> float:
    text = bank.request("GET", "/metrics", None).text
    return Scraped.parse(text)["databank_event_streams_open"]


def test_a_stream_of_events_is_open_until_its_reader_goes(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    with running(tmp_path, REDIS_URL=redis_server.url) as bank:
        assert streams(bank) == 0
        with bank.connect() as reader:
            head = f"GET /events HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n\r\n"
            reader.sendall(head.encode())
            until(lambda: streams(bank) == 1)
        until(lambda: streams(bank) == 0)
