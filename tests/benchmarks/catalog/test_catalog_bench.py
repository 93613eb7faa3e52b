"""What the bench of the catalog asks for, and what it makes of the answers."""

import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import redis

from benchmarks.catalog.page import render
from benchmarks.catalog.pinging import Pings, Wait, ping_until, pinging
from benchmarks.catalog.queries import PEOPLE, Queries
from benchmarks.catalog.redis_log import rewritings
from benchmarks.catalog.refreshing import CRAWLED, INDEXED, SEALED, _phases
from benchmarks.catalog.works import CLAIMS, KINDS, WORKS
from benchmarks.figures import Figures
from benchmarks.page import put_part
from data_bank_client.wire.events import JobProgress
from tests.data_bank_client.fake_jobs import JOB, job
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until

PAGE = (Path(__file__).parents[3] / "docs/benchmarks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_searches_of_a_kind_are_the_same_each_time(kind: str) -> None:
    paths = Queries(ManyDatasets(5000)).of(kind, 20)
    assert paths == Queries(ManyDatasets(5000)).of(kind, 20)
    for each in paths:
        address = urlsplit(each)
        assert address.path == "/api/datasets"
        assert any(parse_qs(address.query).get(name) for name in ("search", "tag"))


def test_people_ask_in_all_ways() -> None:
    assert sum(PEOPLE.values()) == 100
    paths = Queries(ManyDatasets(5000)).as_people_ask(300)
    assert sum("sort_by=" in each for each in paths) > 5
    assert sum("impact=" in each for each in paths) > 3
    assert sum("%2F" in each for each in paths) > 15


def test_a_part_of_an_id_is_a_part_of_one_that_there_is() -> None:
    many = ManyDatasets(3000)
    names = [str(each["id"]) for each in many.between(0, 3000)]
    for path in Queries(many).of("a part of an id, with a slash", 20):
        [part] = parse_qs(urlsplit(path).query)["search"]
        assert part.startswith("/") or any(part in name for name in names)


def test_waits_are_counted_within_a_time() -> None:
    pings = Pings(waits=[Wait(10.0, 0.02), Wait(20.0, 0.03), Wait(30.0, 0.04)])
    assert (pings.longest(0, 15), pings.longest(15, 25), pings.longest(31, 40)) == (0.02, 0.03, 0)


def test_waits_beside_a_new_log_of_redis_are_told_apart() -> None:
    log = "7:M 21 Nov 2026 12:01:22.500 * Background append only file rewriting started by pid 9\n"
    noise = "7:M 21 Nov 2026 12:30:00.000 # WARNING Memory overcommit must be enabled!\n"
    [moment] = rewritings(noise + log)
    assert datetime.fromtimestamp(moment, UTC).second == 22
    pings = Pings(waits=[Wait(moment - 1, 0.09), Wait(moment + 5, 0.03)])
    assert pings.apart_from([moment]).longest(0, moment * 2) == 0.03


def gets(client: "redis.Redis") -> int:
    """How many there were."""
    found = client.info("commandstats").get("cmdstat_get", {"calls": 0})
    return int(found["calls"])


def test_who_pings_sees_a_stall_and_a_change(redis_server: RedisServer) -> None:
    is_over, found = threading.Event(), []
    with redis_server.connect() as client, redis_server.connect() as other:
        client.set("key", "before")
        thread = threading.Thread(target=lambda: found.append(ping_until(is_over, client, "key")))
        begun = gets(other)
        thread.start()
        until(lambda: gets(other) > begun)
        other.client_pause(200)
        other.set("key", "after")
        looked = gets(other) + 2
        until(lambda: gets(other) > looked)
        is_over.set()
        thread.join()
    [seen] = found
    assert seen.longest(0, float("inf")) > 0.1
    assert len(seen.changes) == 1


def test_pinging_is_a_process_that_tells_at_its_end(redis_server: RedisServer) -> None:
    socket = Path(redis_server.url.removeprefix("unix://").partition("?")[0])
    with redis_server.connect() as client:
        enough = gets(client) + 20
        with pinging(socket, "key") as ping:
            until(lambda: gets(client) > enough)
    assert ping.seen.count > 0


def at(second: int, message: str) -> JobProgress:
    told = f"2026-11-21T10:00:{second:02}.000000Z"
    return JobProgress(event_id=str(second), at=told, job_id=JOB, progress=1.0, message=message)


def test_a_phase_ends_with_its_own_last_word() -> None:
    seen = job("success", 100.0)
    seen["started_at"] = "2026-11-21T10:00:00.000000Z"
    steps = [
        at(3, "1000 datasets in 1 pages of the Hub's listing"),
        at(7, "2000 datasets in 2 pages of the Hub's listing"),
        at(9, "2000 of 2000 datasets compared and packed"),
        at(20, "2000 of 2000 datasets in the search index"),
        at(21, "2000 datasets: this is the catalog now"),
    ]
    assert _phases(seen, steps) == {CRAWLED: 7.0, SEALED: 2.0, INDEXED: 11.0}
    assert _phases(seen, steps[-1:]) == {}


def test_a_part_of_the_page_takes_the_place_of_the_one_before() -> None:
    page = "# A\n\nold\n\n## A b\n\n# B\n\nkept\n"
    assert put_part(page, "# A\n\nnew\n") == "# A\n\nnew\n\n# B\n\nkept\n"
    assert put_part(page, "# C\n\nnew\n") == f"{page}\n# C\n\nnew\n"
    assert put_part("", "# A\n\nnew\n") == "# A\n\nnew\n"


def rows(text: str, title: str) -> list[list[str]]:
    section = text.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]
    found = re.findall(r"^\| (.*) \|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in found[2:]]


def test_the_part_of_the_catalog_has_every_row_and_the_notes() -> None:
    told = render(Figures(), {"cores": "2"}, "5 datasets.", ["Redis held 3 MB."])
    claimed = [row[:3] for row in rows(told, "Targets of the catalog")]
    assert claimed == [[claim.work.title, claim.who, claim.beside] for claim in CLAIMS]
    assert rows(told, "Machine of the catalog") == [["cores", "2"]]
    assert told.endswith("- Redis held 3 MB.\n")


def test_the_rows_of_the_page_in_docs_are_those_of_the_catalogs_tables() -> None:
    claimed = [row[:3] for row in rows(PAGE, "Targets of the catalog")]
    assert claimed == [[claim.work.title, claim.who, claim.beside] for claim in CLAIMS]
    figured = [row[:2] for row in rows(PAGE, "Figures of the catalog")]
    assert figured == [[work.title, who] for work in WORKS for who in work.who]
