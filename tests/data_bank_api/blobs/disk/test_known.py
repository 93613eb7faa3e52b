"""What is remembered of sidecars counts only for the files that it was read from."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.known import Known, KnownInfos
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.system import System
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import open_store
from tests.fakes.files import describe, put

CONTENT = b"known"
DIGEST = Digest.of(CONTENT)
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is had at once")


def blob_path(root: Path) -> Path:
    return Path(Layout(str(root)).blob(DIGEST))


def sidecar_path(root: Path) -> Path:
    return Path(Layout(str(root)).sidecar(DIGEST))


def replace_by(path: Path, content: bytes) -> None:
    """As a writer does it: another file gets the name."""
    other = path.with_name("other")
    other.write_bytes(content)
    other.rename(path)


def test_another_sidecar_is_read_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, CONTENT)
    before = store.stat(DIGEST)
    sidecar = sidecar_path(tmp_path)
    replace_by(sidecar, sidecar.read_bytes().replace(b"text/plain", b"text/html"))
    assert (before.content_type, store.stat(DIGEST).content_type) == ("text/plain", "text/html")


def test_a_sidecar_that_is_lost_is_not_remembered(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, CONTENT)
    store.stat(DIGEST)
    sidecar_path(tmp_path).unlink()
    assert store.stat(DIGEST).content_type == "application/octet-stream"
    assert store.read_now(DIGEST, 100) is None


@ON_LINUX
def test_what_is_known_and_in_memory_is_had_at_once(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, CONTENT)
    assert store.read_now(DIGEST, 100) is None  # nobody has asked for it yet
    info = store.stat(DIGEST)
    assert store.read_now(DIGEST, 100) == (info, CONTENT)


@ON_LINUX
@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: os.truncate(path, 2),
        lambda path: replace_by(path, b"other"),
    ],
    ids=["removed", "cut", "replaced"],
)
def test_another_blob_is_not_had_at_once(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    store = open_store(tmp_path)
    put(store, CONTENT)
    store.stat(DIGEST)
    harm(blob_path(tmp_path))
    assert store.read_now(DIGEST, 100) is None


def test_the_number_of_lines_is_bounded_and_the_first_goes_first() -> None:
    infos = [describe(b"%d" % number) for number in range(5)]
    known = KnownInfos(most=3)
    for info in infos:
        known.keep(Known(info, (0, 0, 0, 0), (0, 0, 0, 0)))
    assert [info for info in infos if known.get(info.digest)] == infos[2:]


@ON_LINUX
def test_the_system_reads_at_once_only_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    with path.open("rb") as file:
        assert System().read_now(file.fileno(), 5) == CONTENT
        assert System().read_now(file.fileno(), 6) is None


def test_what_cannot_be_read_is_not_had_at_once() -> None:
    reading, writing = os.pipe()
    try:
        assert System().read_now(writing, 5) is None
    finally:
        os.close(reading)
        os.close(writing)


def test_a_system_that_cannot_tell_gives_nothing_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "RWF_NOWAIT", raising=False)
    store = open_store(tmp_path)
    put(store, CONTENT)
    store.stat(DIGEST)
    assert store.read_now(DIGEST, 100) is None
