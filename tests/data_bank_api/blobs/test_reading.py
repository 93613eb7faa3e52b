"""Fetching: small blobs at once, and what does not match its digest is never given whole."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.reading import (
    CHECKED_FIRST,
    READ_AT_ONCE,
    BlobFetcher,
    FetchedBlob,
    Unverified,
    Verified,
)
from data_bank_client.errors import FileQuarantinedError, NotFoundError
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import files_in, open_store
from tests.fakes.files import put

SMALL, LARGE = b"small", hashlib.shake_128(b"large").digest(CHECKED_FIRST + 100)
HALF = CHECKED_FIRST // 2

BOTH = pytest.mark.parametrize("kind", [Verified, Unverified])
Kind = Callable[[DiskStore], BlobFetcher]


def damage(root: Path, content: bytes) -> None:
    (path,) = root.rglob(f"{Digest.of(content)}.bin")
    path.write_bytes(b"!" + content[1:])


def drain(blob: FetchedBlob) -> bytes:
    """All of it, in two steps, each checked before the next is given, as a download does."""
    chunks = [blob.read(0, HALF), blob.read(HALF, blob.info.size)]
    for chunk in chunks:
        if blob.check is not None:
            blob.check(chunk)
    return b"".join(chunks)


@BOTH
@pytest.mark.parametrize("content", [b"", SMALL, LARGE])
def test_a_sound_blob_is_given_as_it_is(tmp_path: Path, kind: Kind, content: bytes) -> None:
    store = open_store(tmp_path)
    info = put(store, content).info
    blob = kind(store).fetch(info.digest)
    assert (blob.info, blob.read(0, len(content))) == (info, content)
    assert blob.content == (None if content is LARGE else content)
    blob.close()


@BOTH
def test_what_is_not_there_is_not_found(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(NotFoundError):
        kind(open_store(tmp_path)).fetch(Digest.of(SMALL))


def test_only_the_unverified_streams_from_64_kib_on(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    digest = put(store, bytes(READ_AT_ONCE + 1)).info.digest
    unverified = Unverified(store).fetch(digest)
    assert unverified.content is None
    unverified.close()
    assert Verified(store).fetch(digest).content == bytes(READ_AT_ONCE + 1)


def test_a_damaged_small_blob_is_never_given(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    digest = put(store, SMALL).info.digest
    damage(tmp_path, SMALL)
    for _ in range(2):
        with pytest.raises(FileQuarantinedError):
            Verified(store).fetch(digest)
    assert [name[-4:] for name in files_in(tmp_path)] == [".bad", "meta"]
    put(store, SMALL)
    assert Verified(store).fetch(digest).content == SMALL


def test_of_a_damaged_large_blob_the_end_is_never_given(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    digest = put(store, LARGE).info.digest
    damage(tmp_path, LARGE)
    blob = Verified(store).fetch(digest)
    with pytest.raises(FileQuarantinedError):
        drain(blob)
    blob.close()
    with pytest.raises(FileQuarantinedError):
        Verified(store).fetch(digest)


def test_a_copy_healed_while_it_was_read_is_not_put_away(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    digest = put(store, LARGE).info.digest
    damage(tmp_path, LARGE)
    blob = Verified(store).fetch(digest)
    put(store, LARGE)
    with pytest.raises(FileQuarantinedError):
        drain(blob)
    blob.close()
    healed = Verified(store).fetch(digest)
    assert drain(healed) == LARGE
    healed.close()


def test_a_part_is_given_as_it_is(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    digest = put(store, LARGE).info.digest
    damage(tmp_path, LARGE)
    blob = Verified(store).fetch(digest)
    assert blob.read(10, blob.info.size) == LARGE[10:]
    assert blob.read(0, 1) == b"!"
    blob.close()


def test_unverified_trusts_the_disk(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    digest = put(store, SMALL).info.digest
    damage(tmp_path, SMALL)
    assert Unverified(store).fetch(digest).content == b"!mall"
