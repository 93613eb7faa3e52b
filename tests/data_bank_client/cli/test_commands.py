"""The client's commands, against a fake bank over a real connection."""

import io
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.cells import cell_len

from data_bank_client import ConflictError, Phase, ServiceUnavailableError
from data_bank_client.cli.bars import progress_bar, shortened
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.cli.conftest import SHOWN, UNDECODABLE, CommandLine, Terminal
from tests.data_bank_client.fake_bank import KEY, FakeBank, failing

HELLO = Digest.of(b"hello").hex


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.txt"
    path.write_bytes(b"hello")
    return path


def test_put_prints_ids_and_paths_as_sha256sum_does(
    bank: FakeBank, databank: CommandLine, hello: Path
) -> None:
    ran = databank("put", hello, hello)
    assert (ran.exit_code, ran.err) == (0, "")
    assert ran.out.decode() == f"{HELLO}  {hello}\n" * 2
    assert bank.files == {HELLO: b"hello"}


def test_put_says_what_is_stored_as_json(databank: CommandLine, hello: Path) -> None:
    (record,) = databank("put", "--json", "--content-type", "image/png", hello).records
    assert record["file_id"] == HELLO
    assert record["path"] == str(hello)
    assert record["content_type"] == "image/png"


def test_put_sends_what_is_stored_only_by_force(
    bank: FakeBank, databank: CommandLine, hello: Path
) -> None:
    databank("put", hello)
    databank("put", hello)
    databank("put", "--force", hello)
    assert [each.split("/")[0] for each in bank.asked] == ["POST ", "PUT ", "POST ", "PUT "]


def test_put_of_a_dash_stores_what_comes_in(
    bank: FakeBank, databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Pipe(b"hello")))
    assert databank("put", "-").out.decode() == f"{HELLO}  -\n"
    assert bank.files == {HELLO: b"hello"}


def test_a_name_cannot_speak_to_the_terminal(databank: CommandLine, tmp_path: Path) -> None:
    name = "a\x1b[2J\nb"
    (tmp_path / name).write_bytes(b"hello")
    out = databank("put", tmp_path / name).out.decode()
    assert out == f"{HELLO}  {tmp_path}/a\\x1b[2J\\nb\n"


def test_a_name_that_is_not_utf_8_is_shown_alike_to_people_and_machines(
    bank: FakeBank, databank: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / UNDECODABLE).write_bytes(b"hello")
    shown = f"{tmp_path}/{SHOWN}"
    assert databank("put", tmp_path / UNDECODABLE).out.decode() == f"{HELLO}  {shown}\n"
    (put,) = databank("put", "--json", tmp_path / UNDECODABLE).records
    (got,) = databank("get", "--json", HELLO, "-o", tmp_path / UNDECODABLE).records
    assert (put["path"], got["path"]) == (shown, shown)


def test_put_sends_a_pipe_as_what_it_gives(
    bank: FakeBank, databank: CommandLine, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as writers:
        writers.submit(pipe.write_bytes, b"hello")
        assert databank("put", pipe).out.decode() == f"{HELLO}  {pipe}\n"
    assert bank.requests[-1].headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize("path", ["/dev/null", "/proc/filesystems", "/proc/self/status"])
def test_put_sends_what_does_not_know_its_length(databank: CommandLine, path: str) -> None:
    assert databank("put", path).exit_code == 0


def test_put_takes_what_follows_two_hyphens_for_a_file(
    databank: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-dash.txt").write_bytes(b"hello")
    assert databank("put", "--", "-dash.txt").out.decode() == f"{HELLO}  -dash.txt\n"


def test_only_a_lone_hyphen_is_stdin_or_stdout(
    bank: FakeBank, databank: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_bytes(b"hello")
    assert databank("put", "./-").out.decode() == f"{HELLO}  {tmp_path}/-\n"
    (tmp_path / "-").unlink()
    databank("get", HELLO, "-o", "./-")
    assert (tmp_path / "-").read_bytes() == b"hello"


def test_get_writes_the_file_under_its_id(
    bank: FakeBank, databank: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.files[HELLO] = b"hello"
    monkeypatch.chdir(tmp_path)
    assert databank("get", HELLO).out.decode() == f"{HELLO}  {HELLO}\n"
    assert (tmp_path / HELLO).read_bytes() == b"hello"


def test_get_writes_into_a_file_or_a_folder(
    bank: FakeBank, databank: CommandLine, tmp_path: Path
) -> None:
    bank.files[HELLO] = b"hello"
    (record,) = databank("get", HELLO, "-o", tmp_path / "copy", "--json", "--no-resume").records
    assert record == {"file_id": HELLO, "path": str(tmp_path / "copy"), "size": 5}
    databank("get", HELLO, "-o", tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([HELLO, "copy"])


def test_get_to_a_dash_writes_the_bytes_and_nothing_else(
    bank: FakeBank, databank: CommandLine
) -> None:
    bank.files[HELLO] = b"hello"
    ran = databank("get", HELLO, "-o", "-")
    assert (ran.exit_code, ran.out, ran.err) == (0, b"hello", "")


def test_get_writes_into_a_device_and_does_not_replace_it(
    bank: FakeBank, databank: CommandLine
) -> None:
    bank.files[HELLO] = b"hello"
    assert databank("get", HELLO, "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_info_prints_what_is_known(bank: FakeBank, databank: CommandLine) -> None:
    bank.files[HELLO] = b"hello"
    lines = databank("info", HELLO).out.decode().splitlines()
    assert lines[0] == f"file_id       {HELLO}"
    assert lines[1] == "size          5"
    assert databank("info", HELLO, "--json").records[0]["size"] == 5


def test_ls_prints_a_line_for_each_file(bank: FakeBank, databank: CommandLine) -> None:
    bank.files |= FakeBank(b"a", b"b", b"c").files
    lines = databank("ls").out.decode().splitlines()
    assert [each.split()[0] for each in lines] == sorted(bank.files)
    assert lines[0].split()[1:] == ["1", "2026-11-21T10:00:00.000000Z", "text/plain"]


def test_ls_stops_at_its_limit_unless_all_are_wanted(bank: FakeBank, databank: CommandLine) -> None:
    bank.files |= FakeBank(*(str(n).encode() for n in range(120))).files
    assert len(databank("ls", "--json").records) == 100
    assert len(databank("ls", "--limit", "7", "--json").records) == 7
    assert len(databank("ls", "--all", "--json").records) == 120
    few = databank("ls", "--prefix", "a", "--json").records
    assert [each["file_id"] for each in few] == sorted(n for n in bank.files if n[0] == "a")


@pytest.mark.parametrize("limit", [0, -5])
def test_ls_of_less_than_one_file_is_no_question(databank: CommandLine, limit: int) -> None:
    ran = databank("ls", "--limit", limit)
    assert (ran.exit_code, ran.out) == (2, b"")
    assert ran.err == f'databank: Invalid value "{limit}" for --limit. Must be >= 1\n'


def test_rm_removes_files(bank: FakeBank, databank: CommandLine) -> None:
    bank.files |= FakeBank(b"a", b"b").files
    names = list(bank.files)
    ran = databank("rm", *names)
    assert (ran.exit_code, ran.out.decode().split(), bank.files) == (0, names, {})
    assert databank("rm", names[0], "--json").records == [{"file_id": names[0]}]


def test_rm_removes_what_is_needed_by_force_only(bank: FakeBank, databank: CommandLine) -> None:
    bank.faults = [failing(ConflictError("snapshots need this file"))]
    ran = databank("rm", HELLO)
    assert (ran.exit_code, ran.out) == (5, b"")
    assert databank("rm", HELLO, "--force").exit_code == 0
    assert [dict(each.url.params) for each in bank.requests] == [{}, {"force": "true"}]


def test_the_key_may_be_in_a_file(
    bank: FakeBank, databank: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATA_BANK_KEY")
    (tmp_path / "key").write_text(f"{KEY}\n")
    assert databank("ls", "--key-file", tmp_path / "key").exit_code == 0
    assert bank.requests[0].headers["X-API-Key"] == KEY


def test_a_key_file_that_is_not_text_is_named_and_not_shown(
    databank: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "key").write_bytes(b"secret\xff")
    ran = databank("ls", "--key-file", tmp_path / "key")
    assert (ran.exit_code, ran.out) == (2, b"")
    assert ran.err == f"databank: {tmp_path}/key holds no key: it is not UTF-8\n"


def test_without_a_key_the_variable_is_named(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATA_BANK_KEY")
    ran = databank("ls")
    assert (ran.exit_code, ran.out) == (3, b"")
    assert ran.err == "databank: no key: set DATA_BANK_KEY, or name a file by --key-file\n"


def test_another_try_is_told_to_people_only(bank: FakeBank, databank: CommandLine) -> None:
    bank.faults = [failing(ServiceUnavailableError("busy")), None] * 2
    assert databank("ls").err == "databank: busy; trying again\n"
    assert databank("ls", "--json").err == ""


def test_try_after_try_is_told_once(bank: FakeBank, databank: CommandLine) -> None:
    reasons = ["busy", "starting", "busy", "starting"]
    bank.faults = [failing(ServiceUnavailableError(each)) for each in reasons]
    told = ["databank: busy; trying again", "databank: starting; trying again"]
    assert databank("ls").err.splitlines() == told


def test_a_terminal_sees_a_bar(
    bank: FakeBank, databank: CommandLine, hello: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert databank("put", hello).exit_code == 0
    assert isinstance(sys.stderr, Terminal)
    assert "sending" in sys.stderr.getvalue()
    assert "5/5 bytes" in sys.stderr.getvalue()


def test_a_bar_names_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress_bar("[file]", json=False) as tell:
        assert tell is not None
        tell(Phase.HASHING, 1, 2)
        tell(Phase.HASHING, 2, 2)
        tell(Phase.SENDING, 1, 2)
    assert isinstance(sys.stderr, Terminal)
    assert "sending [file]" in sys.stderr.getvalue()


def test_at_80_columns_a_long_name_leaves_room_for_bar_rate_and_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "80")
    with progress_bar(f"torch-{'x' * 60}.whl", json=False) as tell:
        assert tell is not None
        tell(Phase.RECEIVING, 1_000_000_000, 3_000_000_000)
    assert isinstance(sys.stderr, Terminal)
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", sys.stderr.getvalue()).splitlines()
    whole = r"receiving torch-xxx…xxxxx\.whl ━━━━━+\S* +1\.0/3\.0 GB +(\?|\S+ .?B/s) +\S+:\S+\s*"
    assert any(len(line) <= 80 and re.fullmatch(whole, line) for line in lines)


@pytest.mark.parametrize("name", ["a" * 70, "日本語" * 20, "[b]" * 30, ""])
def test_a_name_on_a_bar_is_at_most_20_cells_wide(name: str) -> None:
    assert cell_len(shortened(name)) <= 20


def test_a_misspelt_option_of_put_is_no_file(databank: CommandLine, hello: Path) -> None:
    ran = databank("put", hello, "--forse")
    assert (ran.exit_code, ran.out) == (2, b"")
    assert ran.err == "databank: there is no option --forse, and no file of that name\n"


def test_an_empty_name_is_told_as_such(databank: CommandLine) -> None:
    for command in (("put", ""), ("get", HELLO, "-o", "")):
        ran = databank(*command)
        assert ran.exit_code == 2
        assert ran.err.endswith("the name of a file is empty\n")
