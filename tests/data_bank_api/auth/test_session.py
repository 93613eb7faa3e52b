"""Sessions: who has one, and what ends it."""

import base64
import hashlib
from dataclasses import replace

import pytest

from data_bank_api.auth.keyring import KeyRing
from data_bank_api.auth.scope import Scope
from data_bank_api.auth.session import Session, Sessions
from data_bank_client.errors import ForbiddenError

READ, UPLOAD = frozenset({Scope.READ}), frozenset({Scope.UPLOAD})


def digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


RING = KeyRing(
    {
        Scope.READ: (digest("reader"), digest("both")),
        Scope.UPLOAD: (digest("both"),),
        Scope.DELETE: (),
        Scope.METRICS: (digest("meter"),),
    }
)


def sessions(now: float = 1000.0, keys: KeyRing = RING) -> Sessions:
    return Sessions(keys, b"s" * 32, 60, lambda: now)


def opened(key: str) -> Session:
    session = sessions().find(sessions().open(key))
    assert session is not None
    return session


def test_a_session_may_what_its_key_may() -> None:
    found = opened("both")
    assert found.scopes == READ | UPLOAD
    assert found.holder == digest("both")
    assert found.words == ["read", "upload"]
    found.require(UPLOAD)
    with pytest.raises(ForbiddenError, match="a key for read"):
        replace(found, scopes=UPLOAD).require(READ)


@pytest.mark.parametrize("key", ["", "nonsense", "meter", "reader "])
def test_a_key_that_opens_nothing_makes_no_session(key: str) -> None:
    with pytest.raises(ForbiddenError, match="not known"):
        sessions().open(key)


def test_a_token_tells_nothing_of_its_key_and_is_new_each_time() -> None:
    tokens = [sessions().open("reader") for _ in range(2)]
    assert tokens[0] != tokens[1]
    for content in map(base64.urlsafe_b64decode, tokens):
        assert b"reader" not in content
        assert digest("reader")[:8] not in content


def test_a_session_ends_when_its_time_is_over() -> None:
    token = sessions(now=1000.0).open("reader")
    nearly = sessions(now=1059.5).find(token)
    assert nearly is not None
    assert nearly.seconds_left == 0.5
    assert sessions(now=1060.0).find(token) is None


def test_a_session_ends_when_its_key_is_removed() -> None:
    token = sessions().open("reader")
    without = KeyRing(dict.fromkeys(Scope, ()))
    assert sessions(keys=without).find(token) is None
    meter = KeyRing({**dict.fromkeys(Scope, ()), Scope.METRICS: (digest("reader"),)})
    assert sessions(keys=meter).find(token) is None


def test_a_session_of_another_bank_is_none() -> None:
    token = replace(sessions(), secret=b"t" * 32).open("reader")
    assert sessions().find(token) is None


def test_no_byte_of_a_token_may_be_another() -> None:
    content = base64.urlsafe_b64decode(sessions().open("reader"))
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        assert sessions().find(base64.urlsafe_b64encode(changed).decode()) is None


@pytest.mark.parametrize("token", ["", "x", "é", "AAAA", "A" * 96, "A" * 10_000])
def test_what_is_no_token_is_no_session(token: str) -> None:
    assert sessions().find(token) is None


def test_a_form_needs_the_proof_of_its_own_session() -> None:
    one, two = (opened("reader") for _ in range(2))
    one.require_proof(one.proof)
    for wrong in (two.proof, "", "é"):
        with pytest.raises(ForbiddenError, match="another session"):
            one.require_proof(wrong)
