"""`databank up`: a bank of one's own in one folder."""

import signal
import stat
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.running_bank import DATABANK, PATIENCE, RunningBank, until


def start(folder: Path, *options: str, **environment: str) -> RunningBank:
    """Without keys of the tests: `up` makes its own."""
    folder.mkdir(exist_ok=True)
    command = [DATABANK, "up", "--data", str(folder / "data"), *options]
    no_keys = {"API_UPLOAD_KEYS": "", "API_READ_KEYS": "", "API_DELETE_KEYS": ""}
    bank = RunningBank(folder, command, {**no_keys, **environment})
    until(lambda: "Ctrl-C stops it." in bank.log_path.read_text())
    return bank.wait()


def status(bank: RunningBank, key: str) -> int:
    return httpx2.get(f"{bank.address}/files", headers={"X-API-Key": key}).status_code


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_it_makes_a_key_once_and_prints_where_it_is(tmp_path: Path, server: str) -> None:
    key_file = tmp_path / "data" / "key"
    keys: set[str] = set()
    for _ in range(2):
        bank = start(tmp_path, "--server", server)
        keys.add(key_file.read_text().strip())
        assert status(bank, *keys) == 200
        assert bank.stop(signal.SIGINT) == 0
        text = bank.log_path.read_text()
        assert not [key for key in keys if key in text]
        assert f"Data Bank is at {bank.address}, its files are in {tmp_path / 'data'}" in text
        assert f'DATA_BANK_URL={bank.address} DATA_BANK_KEY="$(cat {key_file})"' in text
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_it_listens_on_this_machine_only_unless_told(tmp_path: Path) -> None:
    bank = start(tmp_path, HOST="")
    assert bank.address.startswith("http://127.0.0.1:")
    bank.stop()


def test_keys_of_ones_own_are_used_as_they_are(tmp_path: Path) -> None:
    bank = start(tmp_path, API_UPLOAD_KEYS="my-own")
    assert status(bank, "my-own") == 200
    assert not (tmp_path / "data" / "key").exists()
    assert "DATA_BANK_KEY=one of API_UPLOAD_KEYS" in bank.log_path.read_text()
    bank.stop()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = subprocess.run(
        [DATABANK, "up", "--data", str(tmp_path / "file")],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr == f"databank: --data: {tmp_path / 'file' / 'key'}: File exists\n"
