"""Made-up datasets are shaped as the Hub's are, and the same for whoever asks."""

import re
from collections import Counter

import msgspec
import pytest

from tests.fakes.hub.many_datasets import ManyDatasets

NAME = re.compile(r"\A[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?\Z", re.ASCII)


class Told(msgspec.Struct, rename="camel"):
    """What the Hub tells of each, by its types."""

    id: str
    author: str | None
    last_modified: str
    downloads: int
    likes: int
    tags: list[str]
    main_size: int | None = None
    description: str | None = None


@pytest.fixture(scope="module")
def datasets() -> list[Told]:
    return msgspec.convert(ManyDatasets(5000).between(0, 5000), list[Told])


def newest(many: ManyDatasets, start: int, stop: int) -> list[int]:
    return [int(str(each["_id"]), 16) for each in many.newest(start, stop)]


def test_no_two_have_the_same_name_and_all_names_are_possible(datasets: list[Told]) -> None:
    names = {each.id for each in datasets}
    assert len(names) == len(datasets)
    assert all(len(name) <= 96 and NAME.match(name) for name in names)
    assert {"/" in name for name in names} == {True, False}


def test_few_authors_have_many(datasets: list[Told]) -> None:
    counted = Counter(each.author for each in datasets)
    assert counted.most_common(1)[0][1] > 300
    assert sum(count == 1 for count in counted.values()) > len(counted) / 2


def test_most_are_hardly_known_and_few_very_well(datasets: list[Told]) -> None:
    assert sum(each.likes == 0 for each in datasets) > 3500
    assert sorted(each.downloads for each in datasets)[2500] < 20
    assert max(each.downloads for each in datasets) > 3000


def test_some_sizes_and_descriptions_are_not_told(datasets: list[Told]) -> None:
    assert 0.1 < sum(each.main_size is None for each in datasets) / 5000 < 0.3
    assert 0.3 < sum(each.description is None for each in datasets) / 5000 < 0.5
    assert max(each.main_size or 0 for each in datasets) > 1 << 33
    assert not all(each.description.isascii() for each in datasets if each.description)


def test_the_first_are_the_newest(datasets: list[Told]) -> None:
    moments = [each.last_modified for each in datasets]
    assert moments == sorted(moments, reverse=True)


def test_one_is_the_same_whoever_asks_and_others_with_another_seed() -> None:
    whole = ManyDatasets(3000).between(0, 3000)
    assert ManyDatasets(3000).between(2998, 9999) == whole[2998:]
    assert ManyDatasets(3000, seed=2).between(0, 10) != whole[:10]


def test_what_is_touched_goes_to_the_front() -> None:
    many = ManyDatasets(20)
    for number in (5, 2, 0, 2):
        many.touch(number)
    assert newest(many, 0, 8) == [2, 0, 5, 1, 3, 4, 6, 7]
    assert [newest(many, at, at + 3) for at in (0, 2, 4, 18)] == [
        [2, 0, 5],
        [5, 1, 3],
        [3, 4, 6],
        [18, 19],
    ]
    assert sorted(newest(many, 0, 99)) == list(range(20))
