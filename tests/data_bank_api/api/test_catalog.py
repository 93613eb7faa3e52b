"""`/api/datasets`, in process: a real Redis, a real index, a stand-in Hub."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from starlette.datastructures import QueryParams

from data_bank_api.api.routes.catalog_question import read_dataset_question
from data_bank_api.catalog.document import Document
from tests.data_bank_api.api.asked_bank import Asked, Json, build, fill
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.data_bank_api.catalog.refreshing import Desk
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.fakes.refresher import Listing
from tests.fakes.scraped import Scraped
from tests.running_bank import READ_KEY, UPLOAD_KEY

DOCUMENTS = [
    Document("org/alpha", tags=("language:en", "a"), downloads=200_000, likes=1, size_bytes=5),
    Document("org/beta", description="Questions, answers", downloads=3, likes=50, tags=("a",)),
    Document("org/commits", downloads=2, size_bytes=20 << 30),
    Document("squad", downloads=1, likes=7),
]


@contextmanager
def made(folder: Path, server: RedisServer, hub: StandInHub) -> Iterator[Asked]:
    """A bank whose catalog was never refreshed."""
    asked = build(folder, server.url, HF_ENDPOINT=hub.endpoint, HF_TOKEN=hub.token)
    with closing(asked.catalog):
        yield asked


@pytest.fixture
def empty(tmp_path: Path, redis_server: RedisServer, stand_in_hub: StandInHub) -> Iterator[Asked]:
    with made(tmp_path, redis_server, stand_in_hub) as asked:
        yield asked


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """One for all that only look: DOCUMENTS are in it, and indexed."""
    folder = tmp_path_factory.mktemp("catalog")
    with closing(RedisServer(folder / "redis")) as server, StandInHub() as hub:
        server.start()
        with made(folder, server, hub) as asked:
            with server.connect() as client:
                fill(client, folder, DOCUMENTS)
            asked.catalog.keeper.step()
            yield asked


def test_a_page_tells_where_it_is(asked: Asked) -> None:
    page = asked.get("?limit=1&offset=2")
    assert [page.pop(name) for name in ("total", "current_page", "total_pages")] == [4, 3, 4]
    assert (page["next_page"], page["prev_page"], page["warming_up"]) == (4, 2, False)
    item = asked.get("/org%2Fcommits")
    assert page["items"] == [item]
    assert (item["impact"], item["impact_method"]) == ("high", "large_size")


@pytest.mark.parametrize("query", ["", "tag=a&"], ids=["list", "search"])
def test_past_the_end_there_are_no_items_and_the_true_total(asked: Asked, query: str) -> None:
    total = 2 if query else 4
    page = asked.get(f"?{query}limit=4&offset=1000")
    assert (page["total"], page["items"], page["next_page"]) == (total, [], None)
    assert (page["current_page"], page["total_pages"], page["prev_page"]) == (251, 1, 1)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["org/alpha", "org/beta", "org/commits", "squad"]),
        ("sort_order=asc", ["squad", "org/commits", "org/beta", "org/alpha"]),
        ("sort_by=likes", ["org/beta", "squad", "org/alpha", "org/commits"]),
        ("sort_by=size_bytes&limit=2", ["org/commits", "org/alpha"]),
        ("search=QUEST%20answ", ["org/beta"]),
        ("search=org/", ["org/alpha", "org/beta", "org/commits"]),
        ("search=%20", ["org/alpha", "org/beta", "org/commits", "squad"]),
        ("search=org&sort_by=likes&limit=1&offset=1", ["org/alpha"]),
        ("impact=high", ["org/alpha", "org/commits"]),
        ("impact=low,not_available&sort_by=likes", ["org/beta", "squad"]),
        ("tag=A&tag=language:en", ["org/alpha"]),
        ("tag=language", []),
    ],
)
def test_datasets_are_searched_chosen_and_sorted(asked: Asked, query: str, ids: list[str]) -> None:
    assert asked.ids(query) == ids


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("limit=0", "limit must be from 1 to 1000"),
        ("limit=1001", "limit must be from 1 to 1000"),
        ("offset=-1", "offset must be from 0"),
        ("offset=1e3", "offset must be from 0"),
        ("offset=9999999999", "offset must be from 0"),
        ("sort_by=name", "sort_by must be downloads or likes or size_bytes"),
        ("sort_order=up", "sort_order must be asc or desc"),
        ("impact=big", "impact must be of high, medium"),
        (f"search={'a' * 401}", "search may have 400 characters"),
        ("&".join(f"tag={number}" for number in range(21)), "tag may be given 20 times"),
    ],
)
def test_what_cannot_be_asked_is_told(asked: Asked, query: str, says: str) -> None:
    told = asked.get(f"?{query}", 422)
    assert told["code"] == "INVALID_INPUT"
    assert says in str(told["message"])


@pytest.mark.parametrize("query", ["", "?search=x", "?tag=x"])
def test_an_empty_catalog_warms_up(empty: Asked, query: str) -> None:
    empty.catalog.keeper.step()
    page = empty.get(query)
    assert (page["total"], page["items"], page["warming_up"]) == (0, [], True)
    assert (page["current_page"], page["total_pages"], page["prev_page"]) == (1, 0, None)


def test_a_search_waits_for_its_index_and_lists_go_on(
    empty: Asked, redis_server: RedisServer
) -> None:
    with redis_server.connect() as client:
        Desk(client, Listing(DOCUMENTS)).full().run()  # whose index lies elsewhere
    answer = empty.ask("/api/datasets?search=x")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
    assert empty.get("")["total"] == 4
    empty.catalog.keeper.step()  # which makes it of Redis
    assert empty.ids("search=squad") == ["squad"]


def test_the_catalog_tells_how_fresh_it_is(asked: Asked) -> None:
    status, meta = asked.get("/cache-status"), asked.get("/meta")
    assert (status["total_items"], status["warming_up"], status["refreshing"]) == (4, False, False)
    assert status["last_update"] == meta["last_update"]
    assert str(meta["last_update"]).endswith("Z")
    assert meta["generation"] == asked.catalog.reader.status().generation
    assert meta.keys() == {"generation", "last_update", "total_items", "refreshing"}


def test_an_empty_catalog_tells_that_it_is(empty: Asked) -> None:
    nothing: Json = {"total_items": 0, "last_update": None, "refreshing": False}
    assert empty.get("/cache-status") == {**nothing, "warming_up": True}
    assert empty.get("/meta") == {**nothing, "generation": None}
    text = empty.ask("/api/datasets/metrics", None).text
    assert "databank_catalog_datasets 0.0" in text
    assert "last_update" not in text


def test_the_figures_of_the_catalog_are_for_prometheus(asked: Asked) -> None:
    text = asked.ask("/api/datasets/metrics", None).text
    for line in ("datasets 4.0", "index_datasets 4.0", "refreshing 0.0"):
        assert f"\ndatabank_catalog_{line}\n" in text
    assert "databank_catalog_last_update_timestamp_seconds 1." in text


def test_a_process_tells_of_its_memory(asked: Asked) -> None:
    told = asked.get("/memory-status")
    assert told.keys() == {"process", "system", "garbage_collector"}


def test_a_dataset_that_the_catalog_does_not_have_is_not_found(asked: Asked) -> None:
    assert asked.get("/org%2Fnone", 404)["code"] == "NOT_FOUND"
    assert asked.get("/a%2Fb%2Fc", 404)["code"] == "NOT_FOUND"


def test_a_slash_of_an_id_is_plain_or_encoded(asked: Asked) -> None:
    assert asked.get("/org/alpha") == asked.get("/org%2Falpha")
    assert asked.get("/org%2Fcommits")["id"] == "org/commits"
    assert asked.get("/squad")["id"] == "squad"
    assert asked.get("/org/commits", 404)["code"] == "NOT_FOUND"  # those of `org`, at the Hub


def test_redis_away_is_told(tmp_path: Path) -> None:
    away = build(tmp_path, REDIS_AWAY)
    with closing(away.catalog):
        for path in ("", "?search=x", "/squad", "/cache-status", "/meta", "/metrics"):
            assert away.get(path, 503)["code"] == "SERVICE_UNAVAILABLE"


def test_without_redis_there_is_no_catalog(tmp_path: Path) -> None:
    without = build(tmp_path, "")
    for path in ("", "/squad", "/meta", "/metrics", "/org/x/files"):
        assert "REDIS_URL" in str(without.get(path, 503)["message"])


def test_a_refresh_is_a_job(empty: Asked) -> None:
    path = "/api/datasets/refresh-cache"
    answer = empty.ask(path, UPLOAD_KEY, "POST")
    job_id = answer.json()["job_id"]
    assert (answer.status_code, answer.headers["location"]) == (202, f"/jobs/{job_id}")
    message = "refresh of the catalog: queued"
    assert answer.json() == {"job_id": job_id, "status": "queued", "message": message}
    again = {empty.ask(path, UPLOAD_KEY, "POST", {"full": None}).json()["job_id"] for _ in range(9)}
    assert again == {job_id}
    assert (
        empty.ask(path, UPLOAD_KEY, "POST", {"full": True, "force": True}).json()["job_id"]
        != job_id
    )
    assert empty.ask(path, UPLOAD_KEY, "POST", {"colour": "red"}).status_code == 422
    assert empty.ask(path, READ_KEY, "POST").status_code == 403


def test_without_a_token_a_refresh_is_refused(tmp_path: Path) -> None:
    tokenless = build(tmp_path, REDIS_AWAY)
    answer = tokenless.ask("/api/datasets/refresh-cache", UPLOAD_KEY, "POST")
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert "set HF_TOKEN" in answer.json()["message"]


def test_an_impact_that_is_named_again_and_again_is_looked_up_once() -> None:
    asked = read_dataset_question(QueryParams("impact=" + "low,high," * 5000 + "low"))
    assert asked.impacts == ("low", "high")


def questions(asked: Asked, outcome: str) -> dict[str, float]:
    """How many of each sort were counted."""
    found = Scraped.parse(asked.ask("/metrics", None).text)
    name = "databank_catalog_questions_total"
    return {
        question: found[f'{name}{{outcome="{outcome}",question="{question}"}}']
        for question in ("list", "one", "search")
    }


def test_what_the_catalog_answers_is_counted_as_hits(asked: Asked) -> None:
    before = questions(asked, "hit")
    for path in ("", "/squad", "?search=squad"):
        asked.get(path)
    assert questions(asked, "hit") == {name: count + 1 for name, count in before.items()}


def test_what_a_catalog_that_is_not_there_cannot_answer_is_counted_as_misses(empty: Asked) -> None:
    empty.get("/squad", 404)
    empty.get("")
    empty.get("?search=squad")
    assert questions(empty, "miss") == {"list": 1, "one": 1, "search": 1}


def test_how_old_the_catalog_is_stands_in_the_metrics_of_the_service_too(asked: Asked) -> None:
    found = Scraped.parse(asked.ask("/metrics", None).text)
    assert found["databank_catalog_datasets"] == len(DOCUMENTS)
    assert found["databank_catalog_last_update_timestamp_seconds"] > 0
