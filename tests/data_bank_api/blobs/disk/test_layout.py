"""Where things lie, and that a store says when it cannot work."""

from errno import EIO, ENOSPC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.blobs.disk.layout import Layout, is_shard, parse_name
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import files_in, open_store
from tests.fakes.systems import FailingSystem, SmallSystem

HEX = "abcd" + "0" * 60


def test_a_blob_lies_in_the_shard_of_its_first_four_digits() -> None:
    layout = Layout("/data")
    assert layout.parent(Digest(HEX)) == "/data/ab"
    assert layout.shard(Digest(HEX)) == "/data/ab/cd"
    assert layout.blob(Digest(HEX)) == f"/data/ab/cd/{HEX}.bin"
    assert layout.sidecar(Digest(HEX)) == f"/data/ab/cd/{HEX}.meta"
    assert layout.tmp == "/data/tmp"


@given(st.binary(), st.sampled_from(["bin", "meta"]))
def test_the_name_of_a_file_is_read_back(content: bytes, kind: str) -> None:
    assert parse_name(f"{Digest.of(content)}.{kind}") == (Digest.of(content), kind)


@pytest.mark.parametrize(
    "name",
    ["", HEX, f"{HEX}.txt", f"{HEX}.bin\n", f"{HEX.upper()}.bin", f"0{HEX}.bin", f"{HEX[1:]}.bin"],
)
def test_any_other_name_is_a_strangers(name: str) -> None:
    assert parse_name(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ab", True), ("00", True), ("AB", False), ("abc", False), ("a", False), ("ab\n", False)],
)
def test_a_shard_has_a_name_of_two_digits(name: str, expected: bool) -> None:
    assert is_shard(name) is expected


def test_a_store_that_can_write_is_ready_and_leaves_nothing(tmp_path: Path) -> None:
    open_store(tmp_path).check()
    assert files_in(tmp_path) == []


def test_a_store_with_too_little_free_space_is_not_ready(tmp_path: Path) -> None:
    store = open_store(tmp_path, SmallSystem(399), min_free=400)
    with pytest.raises(ServiceUnavailableError, match="too little free space"):
        store.check()


@pytest.mark.parametrize("errno", [EIO, ENOSPC])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_store_that_cannot_write_is_not_ready_and_says_why(
    tmp_path: Path, at: int, errno: int
) -> None:
    store = open_store(tmp_path, FailingSystem(at, errno))
    with pytest.raises(ServiceUnavailableError, match=r"(Input/output error|No space left)"):
        store.check()
    assert files_in(tmp_path) == []


def test_a_store_whose_disk_is_gone_is_not_ready(tmp_path: Path) -> None:
    store = open_store(tmp_path / "root")
    (tmp_path / "root" / "tmp").rmdir()
    (tmp_path / "root").rmdir()
    with pytest.raises(ServiceUnavailableError, match=r"No such file or directory$"):
        store.check()
