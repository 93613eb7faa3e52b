"""Sidecars: four lines, valid only when they are exactly what would be written."""

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.blobs.disk.sidecar import format_sidecar, parse_sidecar, read_sidecar
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

DIGEST = Digest.of(b"test")
INFO = FileInfo(DIGEST, 4, "text/plain", datetime(2026, 11, 21, 10, tzinfo=UTC))
WHOLE = (
    f"sha256={DIGEST}\nsize=4\ncontent_type=text/plain\ncreated_at=2026-11-21T10:00:00.000000Z\n"
)


def test_a_sidecar_is_four_lines() -> None:
    assert format_sidecar(INFO) == WHOLE.encode()


def test_a_date_elsewhere_is_written_in_utc() -> None:
    there = INFO.created_at.astimezone(timezone(timedelta(hours=9)))
    assert format_sidecar(FileInfo(DIGEST, 4, "text/plain", there)) == WHOLE.encode()


@given(
    st.integers(0, 2**63),
    st.from_regex(r"\A[a-z]{1,9}/[a-z]{1,9}(;[\x20-\x7e]{0,200})?\Z"),
    st.integers(0, 10**16),
)
def test_a_sidecar_is_read_back(size: int, content_type: str, microseconds: int) -> None:
    created_at = INFO.created_at + timedelta(microseconds=microseconds)
    info = FileInfo(DIGEST, size, content_type, created_at)
    assert parse_sidecar(format_sidecar(info), DIGEST) == info


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "size",
        WHOLE[:-1],
        WHOLE + "\n",
        WHOLE + "more=1\n",
        WHOLE + WHOLE,
        WHOLE.replace("\n", "\r\n"),
        WHOLE.replace("size=4", "size=04"),
        WHOLE.replace("size=4", "size=+4"),
        WHOLE.replace("size=4", "size=1_0"),
        WHOLE.replace("size=4", "size=\u0664"),
        WHOLE.replace("size=4", "size="),
        WHOLE.replace("size=4", "size=" + "9" * 5000),
        WHOLE.replace("size=4\n", ""),
        WHOLE.replace("created_at=", "at="),
        WHOLE.replace("Z", ""),
        WHOLE.replace("Z", "+01:00"),
        WHOLE.replace("2026-11-21T10:00:00.000000Z", "0001-01-01T00:00:00+23:59"),
        WHOLE.replace("2026-11-21T10:00:00.000000Z", "9999-12-31T23:59:59-23:59"),
        WHOLE.replace("2026-11-21T10:00:00.000000Z", "0001-01-01"),
        WHOLE.replace("2026-11-21T10:00:00.000000Z", "yesterday"),
        WHOLE.replace("text/plain", "text/\x1cplain"),
        WHOLE.replace(DIGEST.hex, Digest.of(b"other").hex),
        WHOLE.replace(DIGEST.hex, DIGEST.hex.upper()),
        "\ufeff" + WHOLE,
    ],
)
def test_anything_else_is_not_valid(text: str) -> None:
    assert parse_sidecar(text.encode(), DIGEST) is None


@given(st.integers(0, len(WHOLE) - 1))
def test_a_cut_sidecar_is_not_valid(length: int) -> None:
    assert parse_sidecar(WHOLE.encode()[:length], DIGEST) is None


@given(st.binary())
def test_any_bytes_are_read_without_an_error(content: bytes) -> None:
    assert parse_sidecar(content, DIGEST) is None


@given(st.text(alphabet="0123456789-+:.TZ ", max_size=40))
def test_any_date_is_read_without_an_error(date: str) -> None:
    text = WHOLE.replace("2026-11-21T10:00:00.000000Z", date)
    found = parse_sidecar(text.encode(), DIGEST)
    assert found is None or format_sidecar(found) == text.encode()


def test_a_sidecar_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "sidecar").write_text(WHOLE)
    assert read_sidecar(str(tmp_path / "sidecar"), DIGEST) == INFO


def test_what_is_no_file_is_no_sidecar(tmp_path: Path) -> None:
    (tmp_path / "whole").write_text(WHOLE)
    (tmp_path / "link").symlink_to(tmp_path / "whole")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("absent", "link", "folder", "pipe"):
        assert read_sidecar(str(tmp_path / name), DIGEST) is None


def test_a_sidecar_of_endless_size_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "sidecar").write_text(WHOLE)
    os.truncate(tmp_path / "sidecar", 10**12)
    assert read_sidecar(str(tmp_path / "sidecar"), DIGEST) is None
