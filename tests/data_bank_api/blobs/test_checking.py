"""What is read is checked by a checksum, and condemned by its SHA-256 alone."""

import hashlib
from errno import EIO
from pathlib import Path

import pytest
import xxhash
from structlog.testing import capture_logs

from data_bank_api.blobs.checking import running_check
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.reading import CHECKED_FIRST, Verified
from data_bank_client.errors import FileQuarantinedError
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import open_store
from tests.fakes.files import describe, put

SMALL, LARGE = b"small", hashlib.shake_128(b"large").digest(CHECKED_FIRST * 2 + 100)
BOTH = pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])


def sidecar_of(root: Path, content: bytes) -> Path:
    (path,) = root.rglob(f"{Digest.of(content)}.meta")
    return path


def change_sidecar(root: Path, content: bytes, checksum: bytes) -> None:
    path = sidecar_of(root, content)
    lines = [line for line in path.read_bytes().splitlines() if not line.startswith(b"xxh3=")]
    path.write_bytes(b"\n".join([*lines, *([b"xxh3=" + checksum] if checksum else [])]) + b"\n")


def damage(root: Path, content: bytes) -> None:
    (path,) = root.rglob(f"{Digest.of(content)}.bin")
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def fetch_checked(store: DiskStore, content: bytes) -> bytes:
    """All of it, as a download reads."""
    blob = Verified(store).fetch(Digest.of(content))
    try:
        if blob.check is None:
            return blob.read(0, blob.info.size)
        found = b""
        for start in range(0, blob.info.size, CHECKED_FIRST):
            chunk = blob.read(start, min(start + CHECKED_FIRST, blob.info.size))
            blob.check(chunk)
            found += chunk
        return found
    finally:
        blob.close()


@BOTH
def test_the_sidecar_keeps_a_checksum(tmp_path: Path, content: bytes) -> None:
    store = open_store(tmp_path)
    put(store, content)
    checksum = xxhash.xxh3_128_hexdigest(content)
    assert store.stat(Digest.of(content)).checksum == checksum
    assert f"xxh3={checksum}\n" in sidecar_of(tmp_path, content).read_text()


@BOTH
@pytest.mark.parametrize("checksum", ["right", "wrong", ""])
def test_one_flipped_bit_condemns_whatever_the_sidecar_says(
    tmp_path: Path, content: bytes, checksum: str
) -> None:
    store = open_store(tmp_path)
    put(store, content)
    if checksum != "right":
        change_sidecar(tmp_path, content, checksum.encode())
    damage(tmp_path, content)
    with pytest.raises(FileQuarantinedError):
        fetch_checked(store, content)
    assert [path.suffix for path in tmp_path.rglob(f"{Digest.of(content)}.b*")] == [".bad"]


@BOTH
@pytest.mark.parametrize("checksum", [b"0" * 32, b"no checksum at all", b""])
def test_a_sound_blob_is_given_whatever_the_sidecar_says(
    tmp_path: Path, content: bytes, checksum: bytes
) -> None:
    store = open_store(tmp_path)
    put(store, content)
    change_sidecar(tmp_path, content, checksum)
    assert fetch_checked(store, content) == content


def test_a_wrong_checksum_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, LARGE)
    change_sidecar(tmp_path, LARGE, b"0" * 32)
    with capture_logs() as lines:
        fetch_checked(store, LARGE)
    assert [line["event"] for line in lines] == ["wrong checksum in the sidecar"]


@pytest.mark.parametrize("checksum", [b"0" * 32, b""])
def test_an_upload_puts_the_checksum_right_and_keeps_the_rest(
    tmp_path: Path, checksum: bytes
) -> None:
    store = open_store(tmp_path)
    first = put(store, SMALL).info
    change_sidecar(tmp_path, SMALL, checksum)
    again = put(store, SMALL, describe(SMALL, "text/html"))
    assert (again.info, again.is_new) == (first, False)
    assert store.stat(first.digest).checksum == xxhash.xxh3_128_hexdigest(SMALL)


def test_bytes_that_were_wrong_only_on_their_way_are_not_given_and_condemn_nothing(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path)
    put(store, LARGE)
    blob = store.open(Digest.of(LARGE))
    check = running_check(blob)
    with pytest.raises(OSError, match="two reads") as raised:
        check(b"!" + LARGE[1:])
    blob.close()
    assert raised.value.errno == EIO
    assert fetch_checked(store, LARGE) == LARGE


def test_a_blob_closed_while_it_is_judged_stays_where_it_is(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, SMALL)
    blob = store.open(Digest.of(SMALL))
    blob.close()
    assert not blob.condemn()
    assert fetch_checked(store, SMALL) == SMALL
