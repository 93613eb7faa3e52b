"""A file is shown by the name that was given, or as its address ends."""

import httpx2
import pytest

from data_bank_api.corpus.wanted_file import LONGEST_NAME, WantedFile


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/b.csv", "b.csv"),
        ("/a/b.csv?signature=c/d", "b.csv"),
        ("/rows%20of%20b.csv", "rows of b.csv"),
        ("/a/", ""),
        ("", ""),
        ("/a%00b", "a%00b"),
        ("/a%0Ab", "a%0Ab"),
        ("/a%2Fb", "a%2Fb"),
        ("/" + "a" * 300, "a" * LONGEST_NAME),
    ],
)
def test_an_address_ends_with_a_name_that_hides_nothing(path: str, expected: str) -> None:
    assert WantedFile(httpx2.URL(f"https://a.b{path}")).shown_name == expected


def test_the_name_that_was_given_counts() -> None:
    assert WantedFile(httpx2.URL("https://a.b/c"), name="d").shown_name == "d"
