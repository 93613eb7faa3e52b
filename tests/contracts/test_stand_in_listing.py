"""The real `huggingface_hub` client takes the stand-in's lists of datasets for those of the Hub."""

from datetime import UTC, datetime
from typing import Literal, TypedDict

import httpx2
import pytest

from tests.fakes.hub.faults import before
from tests.fakes.hub.judge import Judge
from tests.fakes.hub.limits import Limit
from tests.fakes.hub.listed import SORTS
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub

Sort = Literal["downloads", "last_modified"]


class Asked(TypedDict, total=False):
    search: str
    author: str
    dataset_name: str
    filter: list[str]
    language: str
    gated: bool
    sort: Sort


FILES = {"data.csv": b"a,b\n1,2\n"}


def add(hub: StandInHub, name: str, **told: object) -> Repository:
    tags = (
        ("task_categories:robotics", "language:en") if "robot" in name.lower() else ("language:de",)
    )
    spec = RepoSpec(f"org/{name}", FILES, repo_type="dataset", tags=tags, told=told)
    return hub.add(spec)


@pytest.fixture
def hub(stand_in_hub: StandInHub) -> StandInHub:
    add(stand_in_hub, "robots", downloads=5, lastModified="2026-03-02T00:00:00.000Z")
    add(stand_in_hub, "Robot-arms", downloads=9, lastModified="2026-03-01T00:00:00.000Z")
    add(stand_in_hub, "letters", downloads=5, lastModified="2026-03-03T00:00:00.000Z")
    stand_in_hub.add(RepoSpec("other/robots", FILES, repo_type="dataset"))
    return stand_in_hub


@pytest.fixture
def many(stand_in_hub: StandInHub) -> ManyDatasets:
    made = ManyDatasets(2500)
    stand_in_hub.list_many(made)
    return made


def test_a_list_tells_of_the_files_only_when_all_is_asked_for(
    judge: Judge, hub: StandInHub
) -> None:
    api = judge.api(hub.endpoint)
    short, full = next(iter(api.list_datasets())), next(iter(api.list_datasets(full=True)))
    assert (short.siblings, short.main_size, short.used_storage) == (None, None, None)
    assert [each.rfilename for each in full.siblings or []] == ["data.csv"]
    assert short.last_modified == datetime(2026, 3, 2, tzinfo=UTC)


def test_sizes_are_told_to_who_names_them(judge: Judge, hub: StandInHub) -> None:
    found = next(iter(judge.api(hub.endpoint).list_datasets(expand=["mainSize", "usedStorage"])))
    assert (found.main_size, found.used_storage, found.downloads) == (8, 8, None)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"search": "ROBOT"}, ["org/robots", "org/Robot-arms", "other/robots"]),
        ({"search": "robot", "author": "org"}, ["org/robots", "org/Robot-arms"]),
        ({"dataset_name": "robot", "search": "arms"}, ["org/Robot-arms"]),
        ({"filter": ["language:en", "task_categories:robotics"]}, ["org/robots", "org/Robot-arms"]),
        ({"language": "de"}, ["org/letters"]),
        ({"gated": True}, []),
        (
            {"sort": "last_modified", "author": "org"},
            ["org/letters", "org/robots", "org/Robot-arms"],
        ),
        ({"sort": "downloads", "author": "org"}, ["org/Robot-arms", "org/letters", "org/robots"]),
    ],
    ids=str,
)
def test_a_list_is_of_what_is_asked_for_in_its_order(
    judge: Judge, hub: StandInHub, asked: Asked, expected: list[str]
) -> None:
    assert [each.id for each in judge.api(hub.endpoint).list_datasets(**asked)] == expected


@pytest.mark.parametrize("sort", [None, "downloads", "last_modified"])
def test_pages_of_any_order_hold_each_once(
    judge: Judge, hub: StandInHub, sort: Sort | None
) -> None:
    whole = [each.id for each in judge.api(hub.endpoint).list_datasets(sort=sort)]
    hub.page_size = 1
    found = [each.id for each in judge.api(hub.endpoint).list_datasets(sort=sort)]
    assert found == whole
    assert sorted(found) == ["org/Robot-arms", "org/letters", "org/robots", "other/robots"]


def test_what_is_removed_between_two_pages_shifts_nothing(judge: Judge, hub: StandInHub) -> None:
    hub.page_size = 2
    gone = add(hub, "gone")
    first = next(each for each in [*judge.api(hub.endpoint).list_datasets()])
    assert first.id == "org/robots"
    hub.faults.add("list", before(lambda: hub.remove(gone)), skip=1, times=1)
    add(hub, "last")
    found = [each.id for each in judge.api(hub.endpoint).list_datasets()]
    assert found == ["org/robots", "org/Robot-arms", "org/letters", "other/robots", "org/last"]


def test_what_changes_its_place_while_it_is_listed_is_told_twice_or_never(
    judge: Judge, hub: StandInHub
) -> None:
    def swap() -> None:
        add(hub, "robots", downloads=1)
        add(hub, "letters", downloads=50)

    hub.page_size = 2
    hub.faults.add("list", before(swap), skip=1, times=1)
    found = judge.api(hub.endpoint).list_datasets(author="org", sort="downloads")
    assert [each.id for each in found] == ["org/Robot-arms", "org/letters", "org/robots"]


def test_private_datasets_are_listed_for_members(judge: Judge, hub: StandInHub) -> None:
    hub.add(RepoSpec("org/private", FILES, repo_type="dataset", private=True))
    for token, expected in [(None, 4), (hub.stranger_token, 4), (hub.token, 5)]:
        assert len([*judge.api(hub.endpoint, token).list_datasets()]) == expected


def test_models_have_a_list_of_their_own(judge: Judge, hub: StandInHub) -> None:
    hub.add(RepoSpec("org/model", {"config.json": b"{}"}))
    found = [*judge.api(hub.endpoint).list_models(expand=["downloads", "usedStorage"])]
    assert [(each.id, each.downloads) for each in found] == [("org/model", 1234)]


@pytest.mark.parametrize("sort", SORTS)
def test_a_list_can_be_sorted_by_what_the_client_can_name(hub: StandInHub, sort: str) -> None:
    for direction in ("1", "-1"):
        query = {"sort": sort, "direction": direction}
        answer = httpx2.get(f"{hub.endpoint}/api/datasets", params=query, trust_env=False)
        assert (answer.status_code, len(answer.json())) == (200, 4)


def test_a_list_cannot_be_sorted_by_anything_else(hub: StandInHub) -> None:
    answer = httpx2.get(f"{hub.endpoint}/api/datasets?sort=size", trust_env=False)
    assert (answer.status_code, answer.json()) == (400, {"error": "Invalid sort: size"})


def test_many_datasets_are_listed_by_pages_of_1000(
    judge: Judge, stand_in_hub: StandInHub, many: ManyDatasets
) -> None:
    api = judge.api(stand_in_hub.endpoint)
    found = [*api.list_datasets(limit=5000, expand=["mainSize", "lastModified", "tags", "gated"])]
    assert [each.id for each in found] == [each["id"] for each in many.between(0, 2500)]
    assert len({each.id for each in found}) == 2500
    assert len(stand_in_hub.requests.of("list")) == 3
    assert 0 < sum(each.main_size is None for each in found) < 1000


def test_what_was_touched_is_the_newest_of_many(
    judge: Judge, stand_in_hub: StandInHub, many: ManyDatasets
) -> None:
    for number in (2000, 7, 1001):
        many.touch(number, downloads=number)
    found = [*judge.api(stand_in_hub.endpoint).list_datasets(sort="last_modified", full=True)]
    assert [each.downloads for each in found[:3]] == [1001, 7, 2000]
    moments = [each.last_modified for each in found if each.last_modified]
    assert (len({each.id for each in found}), moments) == (2500, sorted(moments, reverse=True))


def test_of_many_none_is_looked_for(stand_in_hub: StandInHub, many: ManyDatasets) -> None:
    address = f"{stand_in_hub.endpoint}/api/datasets"
    for query in ("search=a", "sort=likes", "sort=lastModified&direction=1"):
        assert httpx2.get(f"{address}?{query}", trust_env=False).status_code == 400


def test_a_page_tells_the_total_the_limit_and_the_next_one(
    stand_in_hub: StandInHub, many: ManyDatasets
) -> None:
    stand_in_hub.limits["api"] = Limit(10)
    address = f"{stand_in_hub.endpoint}/api/datasets?limit=1000&expand=likes&expand=tags"
    answer = httpx2.get(address, trust_env=False)
    assert answer.headers["X-Total-Count"] == "2500"
    assert answer.headers["RateLimit"].startswith('"api";r=9;t=')
    following = answer.links["next"]["url"]
    assert following.startswith(f"{address}&cursor=")
    assert set(httpx2.get(following, trust_env=False).json()[0]) == {"_id", "id", "likes", "tags"}
