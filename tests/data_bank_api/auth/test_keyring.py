"""Who may do what."""

import hashlib

import pytest

from data_bank_api.auth.keyring import KeyRing
from data_bank_api.auth.scope import Scope
from data_bank_client.errors import AuthorizationError, ForbiddenError

READ, UPLOAD = frozenset({Scope.READ}), frozenset({Scope.UPLOAD})


@pytest.fixture
def keys() -> KeyRing:
    def digests(*names: str) -> tuple[bytes, ...]:
        return tuple(hashlib.sha256(name.encode()).digest() for name in names)

    return KeyRing({Scope.READ: digests("r"), Scope.UPLOAD: digests("u1", "u2"), Scope.DELETE: ()})


def test_each_key_of_a_scope_opens_it(keys: KeyRing) -> None:
    keys.authorise("u1", UPLOAD)
    keys.authorise("u2", UPLOAD)
    keys.authorise("u2", READ | UPLOAD)


def test_no_key_is_unauthorised(keys: KeyRing) -> None:
    with pytest.raises(AuthorizationError, match="send a key"):
        keys.authorise(None, READ)


@pytest.mark.parametrize("key", ["", "u1", "R", "r ", "é"])
def test_a_key_of_another_scope_or_none_is_forbidden(keys: KeyRing, key: str) -> None:
    with pytest.raises(ForbiddenError, match=r"it needs a key for read$"):
        keys.authorise(key, READ)


def test_what_it_needs_is_told_without_the_key(keys: KeyRing) -> None:
    with pytest.raises(ForbiddenError) as caught:
        keys.authorise("sesame", READ | UPLOAD)
    assert caught.value.message == "this key may not do that: it needs a key for read or upload"
