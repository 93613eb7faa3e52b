"""`databank up`: a bank of one's own in one folder."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from data_bank_api.commands.key_file import ensure_key
from tests.running_bank import DATABANK, PATIENCE, RunningBank, until


@contextmanager
def up(folder: Path, *options: str, **environment: str) -> Iterator[RunningBank]:
    with starting(folder, *options, **environment) as bank:
        yield bank.wait()


@contextmanager
def starting(folder: Path, *options: str, **environment: str) -> Iterator[RunningBank]:
    """Without keys of the tests: `up` makes its own."""
    folder.mkdir(exist_ok=True)
    command = [DATABANK, "up", "--data", str(folder / "data"), *options]
    no_keys = {"API_UPLOAD_KEYS": "", "API_READ_KEYS": "", "API_DELETE_KEYS": ""}
    bank = RunningBank(folder, command, {**no_keys, **environment})
    try:
        yield bank
    finally:
        bank.stop()


def told(bank: RunningBank) -> str:
    """What is said to the person; it comes just after the line that a test waits for."""
    until(lambda: "Ctrl-C stops it." in bank.log_path.read_text())
    return bank.log_path.read_text()


def status(bank: RunningBank, key: str) -> int:
    return httpx2.get(f"{bank.address}/files", headers={"X-API-Key": key}).status_code


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_it_makes_a_key_once_and_prints_where_it_is(tmp_path: Path, server: str) -> None:
    key_file = tmp_path / "data" / "key"
    keys: set[str] = set()
    for _ in range(2):
        with up(tmp_path, "--server", server) as bank:
            keys.add(key_file.read_text().strip())
            assert status(bank, *keys) == 200
            text = told(bank)
            assert bank.stop(signal.SIGINT) == 0
        assert not [key for key in keys if key in text]
        assert f"Data Bank is at {bank.address}, its files are in {tmp_path / 'data'}" in text
        assert f'DATA_BANK_URL={bank.address} DATA_BANK_KEY="$(cat {key_file})"' in text
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert sorted(path.name for path in key_file.parent.iterdir()) == [
        "files",
        "key",
        "redis",
        "state",
    ]


def test_what_it_prints_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    folder = tmp_path / "my own $data"
    with up(folder) as bank:
        (export,) = [line for line in told(bank).splitlines() if "export" in line]
    command = ["sh", "-c", f'{export}; printf %s "$DATA_BANK_KEY"']
    pasted = subprocess.run(command, capture_output=True, text=True, check=True)
    assert pasted.stdout == (folder / "data" / "key").read_text().strip()


def test_it_listens_on_this_machine_only_unless_told(tmp_path: Path) -> None:
    with up(tmp_path, HOST="") as bank:
        assert bank.address.startswith("http://127.0.0.1:")


def test_keys_of_ones_own_are_used_as_they_are(tmp_path: Path) -> None:
    with up(tmp_path, API_UPLOAD_KEYS="my-own") as bank:
        assert status(bank, "my-own") == 200
        assert not (tmp_path / "data" / "key").exists()
        assert "(and DATA_BANK_KEY, one of your API_UPLOAD_KEYS)" in told(bank)


def test_a_key_that_was_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "key.new").write_text("half")
    key = ensure_key(tmp_path / "key")
    assert key == (tmp_path / "key").read_text().strip() != "half"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def refusal(folder: Path, port: str = "0", **environment: str) -> str:
    no_keys = {name: value for name, value in os.environ.items() if not name.startswith("API_")}
    ended = subprocess.run(
        [DATABANK, "up", "--data", str(folder), "--port", port],
        env={**no_keys, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 2
    return ended.stderr


def test_an_empty_key_file_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    says = f"databank: {tmp_path / 'key'} is empty: remove it, and a new key is made\n"
    assert refusal(tmp_path) == says


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    says = f"databank: --data: {tmp_path / 'file'}: File exists\n"
    assert refusal(tmp_path / "file") == says


def test_a_key_that_cannot_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    says = f"databank: --data: {tmp_path / 'key'}: Is a directory\n"
    assert refusal(tmp_path) == says


def test_a_wrong_setting_starts_nothing(tmp_path: Path) -> None:
    says = "databank: WORKER_PROCESSES: must be from 1 to 64\n"
    assert refusal(tmp_path, WORKER_PROCESSES="0") == says
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_second_one_on_a_folder_is_refused_before_it_touches_anything(tmp_path: Path) -> None:
    with up(tmp_path) as bank:
        told(bank)
        (tmp_path / "data" / "key").rename(tmp_path / "data" / "hidden")
        before = sorted((tmp_path / "data").iterdir())
        says = f"--data: {tmp_path / 'data'} is in use: another databank up runs on it"
        assert refusal(tmp_path / "data") == f"databank: {says}\n"
        assert sorted((tmp_path / "data").iterdir()) == before
        bank.stop(signal.SIGKILL)
    with up(tmp_path) as bank:
        told(bank)
