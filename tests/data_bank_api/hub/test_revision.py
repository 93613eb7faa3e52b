"""Revisions are what git takes for names."""

import pytest

from data_bank_api.hub.revision import check_revision, is_commit
from data_bank_client.errors import InvalidInputError


@pytest.mark.parametrize(
    "text", ["main", "v1.0", "refs/pr/1", "a/b-c_d", "0" * 40, "b\u00fc", "x" * 255, "a@b"]
)
def test_a_name_of_git_is_taken(text: str) -> None:
    assert check_revision(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a..b",
        "/a",
        "a/",
        "a//b",
        "a/.b",
        ".a",
        "a.",
        "a.lock",
        "a.lock/b",
        "-a",
        "@",
        "a@{1}",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "a?b",
        "a*",
        "a[b",
        "a\\b",
        "a\nb",
        "a\0",
        "a\u2028",
        "\ud800",
        "x" * 256,
    ],
)
def test_what_git_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="revision"):
        check_revision(text)


def test_a_commit_is_forty_digits() -> None:
    assert is_commit("0123456789abcdef0123456789abcdef01234567")
    assert not is_commit("0" * 39)
    assert not is_commit("A" * 40)
    assert not is_commit("0" * 40 + "\n")
