"""`Repr-Digest` and `Content-Digest`."""

import base64
import hashlib
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_client.errors import BadRequestError, DigestMismatchError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.digest_fields import DigestCheck, format_digest, parse_digest

# RFC 9530, appendix B.1: the representation {"hello": "world"} and a line feed.
HELLO = b'{"hello": "world"}\n'
HELLO_256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def field(content: bytes, algorithm: str) -> str:
    hashed = hashlib.new(algorithm.replace("-", ""), content).digest()
    return f"{algorithm}=:{base64.b64encode(hashed).decode()}:"


def test_the_field_of_the_rfcs_example_is_the_rfcs() -> None:
    assert format_digest(Digest.of(HELLO)) == HELLO_256


@given(st.binary())
def test_a_field_that_was_formatted_is_read_back(content: bytes) -> None:
    digest = Digest.of(content)
    assert parse_digest("Repr-Digest", format_digest(digest)) == {
        "sha-256": bytes.fromhex(digest.hex)
    }


def test_several_algorithms_are_read_and_unknown_ones_are_ignored() -> None:
    text = ", ".join(
        ["md5=:AAAA:", 'note="a, \\" b"', "flag", field(b"x", "sha-512"), field(b"x", "sha-256")]
    )
    assert parse_digest("Repr-Digest", text) == {
        "sha-256": hashlib.sha256(b"x").digest(),
        "sha-512": hashlib.sha512(b"x").digest(),
    }


def test_parameters_of_a_value_are_read_over() -> None:
    assert parse_digest("Repr-Digest", HELLO_256 + ';source="a,b"') == {
        "sha-256": hashlib.sha256(HELLO).digest()
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a dictionary"),
        ("SHA-256=:AAAA:", "not a dictionary"),
        (HELLO_256 + ",", "not a dictionary"),
        ("sha-256", "not a byte sequence"),
        ('sha-256="RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="', "not a byte sequence"),
        (HELLO_256[:-1], "not a byte sequence"),
        ("sha-256=:RK_0qy18MlBSVnWgjwz6lZEWjP_lF5HF9bvEF8FabDg=:", "not a byte sequence"),
        ("sha-256=:RK/0q:", "not base64"),
        ("sha-256=:RK/0:", "wrong length"),
        ("sha-512=" + HELLO_256.partition("=")[2], "wrong length"),
        ('note="' + HELLO_256, "a string that does not end"),
    ],
)
def test_a_field_that_cannot_be_read_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadRequestError, match=f"^Repr-Digest.*{reason}"):
        parse_digest("Repr-Digest", text)


@pytest.mark.parametrize("piece", ['"\\', '"', "a,", "a=", "a;", "a=:"])
def test_a_hostile_field_of_64_kb_costs_less_than_a_second(piece: str) -> None:
    started = time.process_time()
    with suppress(BadRequestError):
        parse_digest("Repr-Digest", piece * (64_000 // len(piece)))
    assert time.process_time() - started < 1


@given(st.text(alphabet='sha-256512=:;,"\\ Ab/+*'))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadRequestError):
        assert parse_digest("Repr-Digest", text).keys() <= {"sha-256", "sha-512"}


PIECES = ["sha-256", "sha-512", "=", ":", ",", ";", '"', "\\", " ", "?1", "()", "\0", HELLO_256]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=15).map("".join))
def test_any_pieces_of_a_field_are_read_or_refused(text: str) -> None:
    with suppress(BadRequestError):
        found = parse_digest("Repr-Digest", text)
        assert {(name, len(value)) for name, value in found.items()} <= {
            ("sha-256", 32),
            ("sha-512", 64),
        }


@given(st.lists(st.binary(max_size=64)))
def test_a_check_of_what_was_declared_passes_however_it_is_cut(chunks: list[bytes]) -> None:
    content = b"".join(chunks)
    text = f"{field(content, 'sha-256')}, {field(content, 'sha-512')}"
    check = DigestCheck([("Repr-Digest", parse_digest("Repr-Digest", text))])
    for chunk in chunks:
        check.update(chunk)
    check.verify()


@pytest.mark.parametrize("wrong", ["sha-256", "sha-512"])
def test_a_check_fails_when_one_of_several_declared_digests_is_wrong(wrong: str) -> None:
    declared = {"sha-256": hashlib.sha256(b"x").digest(), "sha-512": hashlib.sha512(b"x").digest()}
    declared[wrong] = bytes(len(declared[wrong]))
    check = DigestCheck([("Repr-Digest", {}), ("Content-Digest", declared)])
    check.update(b"x")
    with pytest.raises(DigestMismatchError, match=f"Content-Digest {wrong}"):
        check.verify()


def test_a_check_of_two_fields_that_contradict_each_other_fails() -> None:
    one, other = hashlib.sha256(b"x").digest(), hashlib.sha256(b"y").digest()
    check = DigestCheck([("Repr-Digest", {"sha-256": one}), ("Content-Digest", {"sha-256": other})])
    check.update(b"x")
    with pytest.raises(DigestMismatchError, match="Content-Digest sha-256"):
        check.verify()
