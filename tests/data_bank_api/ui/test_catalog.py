"""The pages of the catalog: a real Redis, a real index, a stand-in Hub."""

import html
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from data_bank_api.catalog.document import Document
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.ui.pages import catalog_dataset
from data_bank_api.ui.pages.catalog import age_of
from data_bank_client.wire.catalog import CacheStatus
from data_bank_client.wire.times import format_time, parse_time
from tests.data_bank_api.api.asked_bank import Asked, build, fill
from tests.data_bank_api.ui.conftest import ALL, WITH_ALL, close
from tests.data_bank_api.ui.visitor import HTMX, Visitor, attributes_of, tags_of, text_of
from tests.fakes.hub.faults import before, status
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.running_bank import READ_KEY, UPLOAD_KEY

MARKUP = "<b>bold</b><script>alert(1)</script>"
DOCUMENTS = [
    Document("org/arms", "org", "Robots pick", ("language:en",), 200_000, 1, 20 << 30),
    Document("org/legs", "org", "Robots walk", ("language:de",), 3, 50, sha="0" * 40, gated=True),
    Document("org/odd", "org", MARKUP, (MARKUP,), 2, 2, private=True, disabled=True),
    *(Document(f"many/of-{each:02}", downloads=each) for each in range(30)),
]


@dataclass(frozen=True, slots=True)
class Beside:
    """A bank, the Hub that it knows, and who may do everything."""

    asked: Asked
    hub: StandInHub
    arms: Repository
    person: Visitor


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    folder = tmp_path_factory.mktemp("catalog")
    with closing(RedisServer(folder / "redis")) as server, StandInHub() as hub:
        server.start()
        settings = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token, **WITH_ALL}
        asked = build(folder, server.url, **settings)
        with server.connect() as client:
            fill(client, folder, DOCUMENTS)
        asked.catalog.keeper.step()
        arms = hub.add(RepoSpec("org/arms", {"b.csv": b"1", MARKUP: b"22"}, repo_type="dataset"))
        with closing(Visitor(asked)) as person:
            person.sign_in(ALL)
            yield Beside(asked, hub, arms, person)
        close(asked)


@pytest.fixture
def person(beside: Beside) -> Visitor:
    return beside.person


def link(page: str, rel: str) -> str:
    """The address that a page leads on to."""
    return html.unescape(page.split(f'rel="{rel}" href="')[1].split('"', maxsplit=1)[0])


def test_the_catalog_is_shown_with_its_age_and_the_impact_of_each(person: Visitor) -> None:
    text = text_of(person.page("/ui/catalog"))
    assert re.search(r"33 datasets of the Hub, as of (\d|less).* ago \.", text)
    assert "org/arms Robots pick high 200,000 1 21.5 GB" in text
    found = text_of(person.page("/ui/catalog?search=legs"))
    assert "org/legs gated Robots walk low 3 50 unknown" in found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=robot+wal&impact=&tag=", ["org/legs"]),
        ("impact=high&impact=low", ["org/arms", "org/legs"]),
        ("impact=high,low&sort_by=likes", ["org/legs", "org/arms"]),
        ("search=robots&sort_by=likes&sort_order=asc", ["org/arms", "org/legs"]),
        ("tag=language:de", ["org/legs"]),
    ],
)
def test_datasets_are_searched_chosen_and_sorted_as_by_the_api(
    person: Visitor, query: str, found: list[str]
) -> None:
    page = person.page(f"/ui/catalog?{query}", **HTMX)
    listed = page.split('id="list"')[1]
    assert [each.split('"')[0] for each in listed.split("/ui/catalog/datasets/")[1:]] == found


def test_the_form_says_what_was_asked(person: Visitor) -> None:
    page = person.page("/ui/catalog?search=a%22b&impact=low&tag=x&sort_by=likes&sort_order=asc")
    assert 'value="a&#34;b"' in page
    assert 'value="low" checked' in page
    assert '<option value="likes" selected>' in page
    assert '<option value="asc" selected>' in page
    assert '<input type="hidden" name="tag" value="x">' in page
    without = "/ui/catalog?search=a%22b&amp;impact=low&amp;sort_by=likes&amp;sort_order=asc"
    assert f'href="{without}"' in page
    assert "No dataset is so." in text_of(page)


def test_pages_go_on_and_back_by_their_offset(person: Visitor) -> None:
    first = person.page("/ui/catalog?sort_order=asc&offset=0&limit=1000")
    assert "Page 1 of 2" in text_of(first)
    assert 'rel="prev"' not in first
    assert link(first, "next") == "/ui/catalog?sort_order=asc&offset=25"
    second = person.page(link(first, "next"))
    assert 'rel="next"' not in second
    assert link(second, "prev") == "/ui/catalog?sort_order=asc"
    past = text_of(person.page("/ui/catalog?offset=1000"))
    assert "The list ends before this page." in past


@pytest.mark.parametrize("query", ["impact=big", "offset=x", "sort_by=name"])
def test_a_wrong_question_is_told_beside_the_list(person: Visitor, query: str) -> None:
    answer = person.get(f"/ui/catalog?{query}", **HTMX)
    assert (answer.status_code, answer.headers["hx-retarget"]) == (422, "#notice")


def test_a_dataset_says_why_it_has_its_impact(person: Visitor) -> None:
    page = person.page("/ui/catalog/datasets/org/arms")
    assert '<td class="right reached">10 GiB</td>' in page
    assert "size 20 GiB 100 MiB 1 GiB 10 GiB" in text_of(page)
    legs = person.page("/ui/catalog/datasets/org%2Flegs")
    assert '<td class="right reached">10</td>' in legs
    assert "Who wants it has to ask its owners first." in legs
    assert "reached" not in person.page("/ui/catalog/datasets/many/of-01")


def test_markup_in_a_dataset_is_text(beside: Beside) -> None:
    odd = beside.person.page("/ui/catalog/datasets/org/odd")
    assert text_of(odd).count(MARKUP) == 2
    assert "private disabled" in text_of(odd)
    contents = beside.person.page("/ui/catalog/contents/org/arms")
    assert f"{MARKUP} 2 bytes not yet" in text_of(contents)
    for page in (odd, contents, beside.person.page("/ui/catalog?search=org/odd")):
        assert "b" not in tags_of(page)
        assert not [each for each in attributes_of(page) if each.startswith("on")]
        assert page.count("<script") == 3


def test_a_tag_leads_to_those_that_have_it(person: Visitor) -> None:
    page = person.page("/ui/catalog/datasets/org/legs")
    assert 'href="/ui/catalog?tag=language%3Ade"' in page
    assert "1 dataset" in text_of(person.page("/ui/catalog?tag=language%3Ade"))


@pytest.mark.parametrize("page", ["datasets/org/none", "datasets/%3Cb%3E", "contents/a..b"])
def test_a_dataset_that_is_not_there_is_told(person: Visitor, page: str) -> None:
    assert person.get(f"/ui/catalog/{page}").status_code == 404


def test_files_and_commits_are_asked_of_the_hub(beside: Beside) -> None:
    beside.arms.commit({f"{each:03}.txt": b"" for each in range(201)})
    for each in range(11):
        beside.arms.commit({"c.csv": b"%d" % each}, title=f"the {each}th")
    text = text_of(beside.person.page("/ui/catalog/contents/org/arms"))
    assert "There are others: these are the first 200." in text
    assert "the 10th someone" in text
    assert "There are older ones." in text


def test_a_dataset_without_files_says_so(beside: Beside) -> None:
    beside.hub.add(RepoSpec("org/none", {}, repo_type="dataset"))
    assert "It has no files." in text_of(beside.person.page("/ui/catalog/contents/org/none"))


def test_a_hub_that_refuses_is_told_and_the_rest_stays(beside: Beside) -> None:
    beside.hub.faults.add("tree", status(403))
    text = text_of(beside.person.page("/ui/catalog/contents/org/arms"))
    beside.hub.faults.clear()
    assert "Files The dataset org/arms: the Hub does not allow it with this HF_TOKEN." in text
    assert "Commits Commit Title By When" in text
    assert "Robots pick" in text_of(beside.person.page("/ui/catalog/datasets/org/arms"))


def test_a_hub_that_takes_too_long_is_told(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_dataset, "PATIENCE", 0.05)
    for each in ("tree", "commits"):
        beside.hub.faults.add(each, before(lambda: time.sleep(0.5)))
    text = text_of(beside.person.page("/ui/catalog/contents/org/arms"))
    beside.hub.faults.clear()
    assert text.count("The Hub did not answer in time.") == 2


@pytest.mark.parametrize(
    ("seconds", "age"), [(-5, "less than a minute"), (61, "1 min 1 s"), (90_000, "1 d 1 h")]
)
def test_the_age_of_the_catalog_is_told_in_words(seconds: int, age: str) -> None:
    now = parse_time("2026-11-21T10:00:00Z")
    updated = format_time(now - timedelta(seconds=seconds))
    status = CacheStatus(total_items=1, last_update=updated, warming_up=False, refreshing=False)
    assert age_of(status, now) == age


def test_a_dataset_is_mirrored_and_then_leads_to_its_repository(beside: Beside) -> None:
    page = "/ui/catalog/datasets/org/legs"
    assert 'name="dataset_id" value="org/legs"' in beside.person.page(page)
    answer = beside.person.submit("/ui/catalog/mirror", dataset_id="org/legs")
    desk = beside.asked.bank.require_desk()
    found = Registry(desk.database).find(RepoName("dataset", "org/legs"))
    there = f"/ui/hub/{found.repository_id}"
    assert answer.headers["location"] == there
    assert f'href="{there}">See its mirror' in beside.person.page(page)
    again = beside.person.submit("/ui/catalog/mirror", dataset_id="org/legs")
    assert again.headers["location"] == there
    assert beside.person.submit("/ui/catalog/mirror", dataset_id="../x").status_code == 422


def test_the_catalog_is_refreshed_by_a_job(beside: Beside) -> None:
    place = beside.person.submit("/ui/catalog/refresh").headers["location"]
    job = beside.asked.bank.require_desk().jobs.get(place.removeprefix("/ui/jobs/"))
    assert (job.kind, job.arguments) == ("catalog.refresh", {"full": None, "force": False})


def test_who_may_only_read_is_offered_neither_refresh_nor_mirror(beside: Beside) -> None:
    with closing(Visitor(beside.asked)) as reader:
        reader.sign_in(READ_KEY)
        page = reader.page("/ui/catalog") + reader.page("/ui/catalog/datasets/org/arms")
        assert "<form" in page
        assert ("/refresh" in page, "/mirror" in page) == (False, False)
        assert reader.submit("/ui/catalog/mirror", dataset_id="org/arms").status_code == 403


def test_who_may_only_upload_is_led_to_the_overview(beside: Beside) -> None:
    with closing(Visitor(beside.asked)) as uploader:
        uploader.sign_in(UPLOAD_KEY)
        for path in ("/ui/catalog/refresh", "/ui/catalog/mirror"):
            answer = uploader.submit(path, dataset_id="org/blind")
            assert answer.headers["location"] == "/ui"


def test_an_empty_catalog_says_so(tmp_path: Path, redis_server: RedisServer) -> None:
    asked = build(tmp_path, redis_server.url, **WITH_ALL)
    with closing(Visitor(asked)) as visitor:
        visitor.sign_in(ALL)
        text = text_of(visitor.page("/ui/catalog"))
        refused = visitor.submit("/ui/catalog/refresh")
    close(asked)
    assert "Nothing is in it yet. It is not refreshed: HF_TOKEN is not set." in text
    assert "There is no catalog yet." in text
    assert (refused.status_code, "set HF_TOKEN" in refused.text) == (409, True)


def test_without_redis_there_is_no_catalog_and_the_page_says_so(lone: Visitor) -> None:
    for path in ("/ui/catalog", "/ui/catalog/datasets/squad", "/ui/catalog/contents/squad"):
        answer = lone.get(path)
        assert (answer.status_code, "set REDIS_URL" in answer.text) == (503, True)
