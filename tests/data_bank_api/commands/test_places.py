"""Which bank an operator's command works on; where there is none, none is made."""

from pathlib import Path

import pytest

from data_bank_api.commands.places import find_places, variables_of
from data_bank_api.config import Places
from data_bank_client.errors import InvalidInputError
from tests.fakes.bank_folder import BankFolder, run_anywhere
from tests.fakes.disk import stored


def environment(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    for name in ("DATA_ROOT", "STATE_ROOT"):
        monkeypatch.setenv(name, given.get(name, ""))


def test_the_settings_say_where_a_bank_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    BankFolder(tmp_path)
    environment(monkeypatch, **variables_of(tmp_path))
    assert find_places(None) == Places(tmp_path / "files", tmp_path / "state")


def test_without_a_state_root_it_is_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "state").mkdir()
    environment(monkeypatch, DATA_ROOT=str(tmp_path))
    assert find_places(None) == Places(tmp_path, tmp_path / "state")


def test_a_folder_that_is_given_goes_before_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    BankFolder(tmp_path / "given")
    environment(monkeypatch, DATA_ROOT="/absent", STATE_ROOT="/absent")
    assert find_places(tmp_path / "given").data_root == tmp_path / "given" / "files"


def test_where_there_is_no_bank_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, DATA_ROOT=str(tmp_path))
    with pytest.raises(InvalidInputError, match=f"DATA_ROOT: {tmp_path} is no bank's"):
        find_places(None)
    with pytest.raises(InvalidInputError, match=r"--data: .*/files is no bank's"):
        find_places(tmp_path)
    (tmp_path / "tmp").mkdir()
    with pytest.raises(InvalidInputError, match=f"STATE_ROOT: there is no folder {tmp_path}/state"):
        find_places(None)
    (tmp_path / "files" / "tmp").mkdir(parents=True)
    with pytest.raises(InvalidInputError, match=f"--data: there is no folder {tmp_path}/state"):
        find_places(tmp_path)


@pytest.mark.parametrize("command", ["verify", "repair"])
def test_nothing_is_made_where_there_is_no_bank(tmp_path: Path, command: str) -> None:
    ended = run_anywhere(command, "--data", str(tmp_path / "absent"))
    says = f"--data: {tmp_path / 'absent' / 'files'} is no bank's: it has no folder tmp"
    assert (ended.exit_code, ended.out, ended.err) == (2, "", f"databank: {says}\n")
    assert list(tmp_path.iterdir()) == []


def test_no_key_is_needed(tmp_path: Path) -> None:
    bank = BankFolder(tmp_path)
    bank.hold(stored, b"content")
    keyless = {"API_UPLOAD_KEYS": "", "DATA_BANK_KEY": ""}
    for command in ("verify", "repair"):
        assert run_anywhere(command, "--data", str(tmp_path), **keyless).exit_code == 0
