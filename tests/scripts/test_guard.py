"""The guard, on a small project that breaks one rule at a time."""

from pathlib import Path

import pytest

from scripts.guard import find_all, main

ROOM = "src/data_bank_api/blobs/disk.py"


def write(folder: Path, files: dict[str, str]) -> list[str]:
    """Lay the files out and say what the guard finds, without the sentences."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [f"{each.path}:{each.line}: {each.rule}" for each in find_all(folder)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("from typing import Any", "any"),
        ("from typing import Any as Whatever", "any"),
        ("from typing_extensions import Any", "any"),
        ("from typing import *", "any"),
        ("from _typeshed import Incomplete", "any"),
        ("import typing; x: typing.Any", "any"),
        ("import typing as t; x: list[t.Any]", "any"),
        ("from typing import TYPE_CHECKING, cast", "cast"),
        ("import typing as t; x = t.cast(int, 1)", "cast"),
        ("x = 1  # type: ignore[assignment]", "excuse"),
        ("x = 1  #type:ignore", "excuse"),
        ("x = 1  # NOQA: E501", "excuse"),
        ("x = 1  # pragma: no cover", "excuse"),
        ("x = 1  # pragma: no branch", "excuse"),
        ("# mypy: ignore-errors", "excuse"),
        ("# ruff: noqa", "excuse"),
        ("import httpx", "import"),
        ("from httpx._client import Client", "import"),
        ("import requests.sessions as s", "import"),
        ("import data_bank_client.errors", "import"),
        ("def broken(:", "syntax"),
        ("x = 1\x00", "syntax"),
    ],
)
def test_a_file_that_breaks_a_rule_is_named(tmp_path: Path, text: str, rule: str) -> None:
    assert write(tmp_path, {ROOM: text}) == [f"{ROOM}:1: {rule}"]


@pytest.mark.parametrize(
    "text",
    [
        "rule = 'no # type: ignore and no # noqa, no typing.Any'",
        '"""Mentions cast, Any and # pragma: no cover."""',
        "from typing import AnyStr, Protocol",
        "import typing; x: typing.Protocol",
        "from msgspec import Any",
        "import httpx2",
        "shell.cast(1)",
        "import_module(found_by_name)",
    ],
)
def test_what_only_looks_like_a_breach_is_let_through(tmp_path: Path, text: str) -> None:
    assert write(tmp_path, {ROOM: text}) == []


@pytest.mark.parametrize(
    "name",
    [
        "src/data_bank_api/blobs/utils.py",
        "src/data_bank_api/blobs/_helpers.py",
        "src/data_bank_client/wire/common/lines.py",
        "tests/base.py",
        "scripts/manager/__init__.py",
        "stubs/core.pyi",
    ],
)
def test_a_name_that_says_nothing_is_refused(tmp_path: Path, name: str) -> None:
    assert write(tmp_path, {name: ""}) == [f"{name}:1: name"]


def test_every_folder_is_looked_at_and_other_files_are_not(tmp_path: Path) -> None:
    folders = ["benchmarks", "scripts", "src/data_bank_api/blobs", "stubs", "tests"]
    files = {f"{each}/a.{end}": "import httpx" for each in folders for end in ("py", "pyc", "md")}
    assert write(tmp_path, files) == [f"{each}/a.py:1: import" for each in folders]


def test_a_finding_says_file_line_rule_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {ROOM: "\nimport requests\n"})
    assert main(tmp_path) == 1
    assert capsys.readouterr().out == f"{ROOM}:2: import: use httpx2, not requests\n"


def test_nothing_found_is_one_line_and_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {ROOM: ""})
    assert main(tmp_path) == 0
    assert capsys.readouterr().out == "guard: nothing found\n"
