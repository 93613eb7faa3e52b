"""Which files are mirrored: as the patterns of the Hub's own client have it."""

import pytest
from huggingface_hub.utils._paths import filter_repo_objects

from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.patterns import Patterns
from data_bank_client.errors import InvalidInputError

PATHS = [
    "README.md",
    "readme.md",
    "config.json",
    "data/train/a.parquet",
    "data/test/b.parquet",
    "data.json",
    "odd [1].txt",
]


@pytest.mark.parametrize(
    ("include", "exclude"),
    [
        ([], []),
        (["*.json"], []),
        ([], ["*.json"]),
        (["data/"], ["*b.parquet"]),
        (["*.md", "data*"], ["data/test/*"]),
        (["READ?E.md"], []),
        (["odd [[]1].txt"], []),
        (["nothing"], []),
    ],
)
def test_the_same_files_are_taken_as_by_the_client_of_the_hub(
    include: list[str], exclude: list[str]
) -> None:
    chooses = Patterns.parse(include, exclude).chooser()
    taken = [path for path in PATHS if chooses(HubPath.parse(path))]
    asked = include or None
    theirs = filter_repo_objects(PATHS, allow_patterns=asked, ignore_patterns=exclude)
    assert taken == list(theirs)


@pytest.mark.parametrize(
    ("include", "exclude", "says"),
    [
        (["*"] * 101, [], "include: 100 patterns at most"),
        ([], [""], "exclude: a pattern is 1 to 1024 characters"),
        (["a\0"], [], "include: a pattern is"),
        (["a" * 1025], [], "include: a pattern is"),
    ],
)
def test_patterns_are_bounded(include: list[str], exclude: list[str], says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        Patterns.parse(include, exclude)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    chooses = Patterns.parse(["*a" * 200 + "b"], []).chooser()
    assert not chooses(HubPath.parse("/".join(["a" * 200] * 5)))
