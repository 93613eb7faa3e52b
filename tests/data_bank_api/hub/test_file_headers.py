"""What headers say of a file, and nothing of what they cannot say."""

import pytest

from data_bank_api.hub.file_headers import FileHeaders

COMMIT, GIT, SHA256 = "c" * 40, "a" * 40, "b" * 64


def test_a_file_in_lfs_has_its_own_size_and_hash() -> None:
    said = FileHeaders.read(
        {
            "x-repo-commit": COMMIT,
            "etag": '"of the redirect"',
            "x-linked-etag": f'"{SHA256}"',
            "x-linked-size": "123",
            "content-length": "18",
        }
    )
    assert (said.commit, said.etag, said.linked_size, said.size) == (COMMIT, SHA256, 123, 18)
    assert str(said.sha256) == SHA256
    assert said.is_about_a_file


@pytest.mark.parametrize("etag", [f'"{GIT}"', f'W/"{GIT}"', GIT])
def test_a_small_file_has_its_git_hash(etag: str) -> None:
    said = FileHeaders.read({"etag": etag, "x-repo-commit": COMMIT})
    assert (said.etag, said.sha256, said.linked_size, said.size) == (GIT, None, None, None)
    assert said.is_about_a_file


def test_a_hash_that_is_none_is_not_one() -> None:
    assert FileHeaders.read({"x-linked-etag": '"abc"'}).sha256 is None
    assert FileHeaders.read({"etag": f'"{SHA256}"'}).sha256 is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"etag": "", "x-repo-commit": "", "x-linked-size": "", "content-length": ""},
        {"etag": "a b", "x-repo-commit": "main", "x-linked-size": "-1", "content-length": "1.5"},
        {"etag": "x" * 200, "x-repo-commit": "C" * 40, "x-linked-size": "9" * 17},
        {"etag": '"\u00fc"', "x-linked-size": "\u0663", "content-length": "0x10"},
    ],
)
def test_what_cannot_be_read_was_not_said(headers: dict[str, str]) -> None:
    said = FileHeaders.read(headers)
    assert said == FileHeaders(None, None, None, None, None)
    assert not said.is_about_a_file


@pytest.mark.parametrize("headers", [{"etag": '"a"'}, {"x-repo-commit": COMMIT}])
def test_a_redirect_on_the_way_is_about_no_file(headers: dict[str, str]) -> None:
    assert not FileHeaders.read(headers).is_about_a_file
