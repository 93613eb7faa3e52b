"""Signed addresses: what they let in, and what not."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.datastructures import QueryParams

from data_bank_api.auth.signature import Signer
from data_bank_api.auth.signing_key import LENGTH, _make, ensure_signing_key
from data_bank_client.errors import ForbiddenError
from data_bank_client.wire.catalog import URL_SECONDS
from data_bank_client.wire.digest import Digest
from tests.fakes.clock import Seconds

FILE, OTHER = Digest.of(b"file"), Digest.of(b"other")


@pytest.fixture
def clock() -> Seconds:
    return Seconds(1_700_000_000.5)


@pytest.fixture
def signer(clock: Seconds) -> Signer:
    return Signer(b"k" * LENGTH, clock)


def query_of(path: str) -> QueryParams:
    return QueryParams(path.partition("?")[2])


def test_a_signed_address_lets_in_until_it_expires(signer: Signer, clock: Seconds) -> None:
    signed = signer.sign(FILE)
    assert signed.path.startswith(f"/files/{FILE}?expires={signed.expires}&signature=")
    clock.now += URL_SECONDS - 1
    assert signer.admits(FILE.hex, query_of(signed.path))
    clock.now += 1
    with pytest.raises(ForbiddenError, match="expired"):
        signer.admits(FILE.hex, query_of(signed.path))


def test_a_signature_is_of_one_file_alone(signer: Signer) -> None:
    with pytest.raises(ForbiddenError, match="not this address's"):
        signer.admits(OTHER.hex, query_of(signer.sign(FILE).path))


def test_a_signature_of_another_key_is_wrong(signer: Signer, clock: Seconds) -> None:
    theirs = Signer(b"x" * LENGTH, clock).sign(FILE)
    with pytest.raises(ForbiddenError):
        signer.admits(FILE.hex, query_of(theirs.path))


@pytest.mark.parametrize("expires", ["", "0", "1700003600", "9" * 400, "-1", "1e9", "\u0661"])
def test_nobody_gives_himself_more_time(signer: Signer, expires: str) -> None:
    signature = query_of(signer.sign(FILE).path)["signature"]
    for given in ({"expires": expires, "signature": signature}, {"signature": signature}):
        with pytest.raises(ForbiddenError):
            signer.admits(FILE.hex, given)


@pytest.mark.parametrize("signature", ["", "0" * 64, "é" * 64, "a"])
def test_what_is_no_signature_is_wrong(signer: Signer, signature: str) -> None:
    with pytest.raises(ForbiddenError):
        signer.admits(FILE.hex, {"expires": "1700000900", "signature": signature})


def test_without_a_signature_nobody_is_let_in(signer: Signer) -> None:
    assert not signer.admits(FILE.hex, {"expires": "1700000900"})


def test_the_key_is_shown_by_nothing(signer: Signer) -> None:
    assert "kkk" not in repr(signer)


def test_the_key_is_made_once_for_the_owners_eyes(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    (tmp_path / "signing.new").write_bytes(b"of one that was killed")
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: ensure_signing_key(path), range(16)))
    assert keys == {path.read_bytes()}
    assert (stat.S_IMODE(path.stat().st_mode), len(path.read_bytes())) == (0o600, LENGTH)


def test_who_comes_second_takes_the_key_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    key = ensure_signing_key(path)
    _make(path)  # as one that did not see it yet
    assert ensure_signing_key(path) == key


def test_a_key_of_another_length_is_told(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="remove it"):
        ensure_signing_key(tmp_path / "signing.key")
