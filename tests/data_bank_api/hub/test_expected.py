"""What bytes must be: by SHA-256, and by git's name of them."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.hub.expected import GitSha1, Sha256
from data_bank_client.errors import DigestMismatchError, InvalidInputError
from data_bank_client.wire.digest import Digest

# As `printf 'hello\n' | git hash-object --stdin` says.
HELLO = "ce013625030ba8dba906f756967f9e9ca394464a"


def test_the_bytes_are_those_that_git_names() -> None:
    running = GitSha1(HELLO, 6).running()
    running.update(b"hel")
    running.update(b"lo\n")
    running.check()


@given(st.binary(max_size=100), st.integers(0, 100))
def test_other_bytes_or_another_size_are_refused(content: bytes, size: int) -> None:
    oid = hashlib.sha1(b"blob %d\0" % size + b"x" * 101).hexdigest()
    running = GitSha1(oid, size).running()
    running.update(content)
    with pytest.raises(DigestMismatchError):
        running.check()


@pytest.mark.parametrize(
    ("oid", "size"),
    [
        ("", 1),
        ("g" * 40, 1),
        (HELLO.upper(), 1),
        (HELLO + "\n", 1),
        ("../" + HELLO[3:], 1),
        (HELLO, -1),
    ],
)
def test_what_is_no_object_of_git_is_refused(oid: str, size: int) -> None:
    with pytest.raises(InvalidInputError):
        GitSha1(oid, size)


def test_by_sha256_the_store_itself_is_told_what_to_find() -> None:
    digest = Digest.of(b"hello")
    expected = Sha256(digest)
    expected.running().update(b"anything")
    expected.running().check()
    assert expected.digest == digest
    assert GitSha1(HELLO, 6).digest is None


def test_names_are_those_of_the_contents() -> None:
    assert Sha256(Digest("a" * 64)).name == "sha256-" + "a" * 64
    assert GitSha1(HELLO, 6).name == f"git-{HELLO}-6"
