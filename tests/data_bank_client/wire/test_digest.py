"""The name of a file."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.digest import Digest

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_digest_of_nothing_is_the_well_known_one() -> None:
    assert str(Digest.of(b"")) == EMPTY


def test_an_etag_is_the_digest_in_quotes() -> None:
    assert Digest.parse(EMPTY).etag == f'"{EMPTY}"'


def test_upper_case_is_taken_and_becomes_lower_case() -> None:
    assert Digest.parse(EMPTY.upper()) == Digest.parse(EMPTY)


@given(st.binary())
def test_a_digest_is_read_back_from_its_text(content: bytes) -> None:
    digest = Digest.of(content)
    assert Digest.parse(str(digest)) == digest
    assert digest.hex == hashlib.sha256(content).hexdigest()


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_digests_sort_as_their_text_does(one: bytes, other: bytes) -> None:
    first, second = Digest.of(one), Digest.of(other)
    assert (first < second) == (first.hex < second.hex)


@pytest.mark.parametrize(
    "text",
    [
        "",
        EMPTY[:-1],
        EMPTY + "0",
        EMPTY + "\n",
        " " + EMPTY[1:],
        "g" + EMPTY[1:],
        "\u0661" + EMPTY[1:],  # an Arabic one
        "\u212a" + EMPTY[1:],  # the Kelvin sign, whose lower case is k
        "../" + EMPTY[3:],
        "sha256:" + EMPTY[7:],
    ],
)
def test_what_is_not_64_hexadecimal_digits_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="64 hexadecimal digits"):
        Digest.parse(text)


@given(st.text())
def test_parse_gives_a_digest_or_refuses_and_nothing_else(text: str) -> None:
    try:
        assert Digest.parse(text).hex == text.lower()
    except InvalidInputError:
        assert len(text) != 64 or set(text.lower()) - set("0123456789abcdef")
