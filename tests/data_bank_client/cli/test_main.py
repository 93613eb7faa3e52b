"""How the command line fails, and what it finds."""

import io
import os
import subprocess
import sys
from importlib.metadata import EntryPoint, version
from pathlib import Path

import msgspec
import pytest
from cyclopts import App

from data_bank_client import errors
from data_bank_client.cli import failure, main, plugins
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.problem import Problem
from tests.data_bank_client.cli.conftest import SHOWN, UNDECODABLE, CommandLine
from tests.data_bank_client.fake_bank import FakeBank, failing

HELLO = Digest.of(b"hello").hex


def fake_plugin(value: str, name: str = "greet") -> EntryPoint:
    return EntryPoint(name, value, plugins.GROUP)


def greet() -> None:
    """Greet whoever asks."""
    print("hello")


def interrupt() -> None:
    raise KeyboardInterrupt


def install(monkeypatch: pytest.MonkeyPatch, *found: EntryPoint) -> None:
    monkeypatch.setattr(plugins, "entry_points", lambda group: found)


def test_an_error_ends_with_its_exit_code_and_its_request_id(databank: CommandLine) -> None:
    ran = databank("info", HELLO)
    assert (ran.exit_code, ran.out) == (4, b"")
    assert ran.err == f"databank: there is no file {HELLO} (request r-1)\n"


def test_an_error_is_json_for_machines(databank: CommandLine) -> None:
    ran = databank("info", HELLO, "--json")
    assert msgspec.json.decode(ran.err, type=Problem) == {
        "code": "NOT_FOUND",
        "message": f"there is no file {HELLO}",
        "request_id": "r-1",
    }


@pytest.mark.parametrize(
    "kind",
    [
        errors.ForbiddenError,
        errors.ConflictError,
        errors.PayloadTooLargeError,
        errors.InternalError,
    ],
)
def test_an_error_is_reported_with_its_own_exit_code(
    bank: FakeBank, databank: CommandLine, kind: type[errors.DataBankClientError]
) -> None:
    bank.faults = [failing(kind("told"))]
    assert databank("ls").exit_code == kind.exit_code


def test_every_exit_code_is_in_the_table() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    codes = {each.exit_code for each in kinds if issubclass(each, errors.DataBankClientError)}
    assert failure.__doc__ is not None
    assert {code for code in codes if f"| {code} |" not in failure.__doc__} == set()


def test_an_answer_cannot_speak_to_the_terminal(bank: FakeBank, databank: CommandLine) -> None:
    bank.faults = [failing(errors.ForbiddenError("\x1b]0;owned\x07"))]
    assert databank("ls").err == "databank: \\x1b]0;owned\\x07 (request r-1)\n"


def test_a_local_failure_names_the_file(databank: CommandLine, tmp_path: Path) -> None:
    ran = databank("put", tmp_path / "missing")
    assert ran.exit_code == 1
    assert ran.err == f"databank: {tmp_path}/missing: No such file or directory\n"


def test_a_failure_about_a_name_that_is_not_utf_8_is_json_too(
    databank: CommandLine, tmp_path: Path
) -> None:
    ran = databank("put", "--json", tmp_path / UNDECODABLE)
    assert ran.exit_code == 1
    told = msgspec.json.decode(ran.err, type=dict[str, object])
    assert told["message"] == f"{tmp_path}/{SHOWN}: No such file or directory"


def test_a_folder_is_no_file_to_put(databank: CommandLine, tmp_path: Path) -> None:
    ran = databank("put", tmp_path)
    assert (ran.exit_code, ran.out) == (1, b"")
    assert ran.err == f"databank: {tmp_path}: Is a directory\n"


def test_a_local_failure_without_a_file_is_a_sentence(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert failure.report(OSError("no room on the moon"), json=False) == 1
    assert capfd.readouterr().err == "databank: no room on the moon\n"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("ls", "--nonsense"), "Unknown option: --nonsense"),
        (("list",), 'Unknown command "list". Did you mean'),
        (("put",), 'Command "put" parameter PATH requires an argument'),
        (("ls", "--limit", "few"), 'Invalid value for --limit: unable to convert "few" into int'),
    ],
)
def test_wrong_options_are_2_and_a_line(
    databank: CommandLine, command: tuple[str, ...], told: str
) -> None:
    ran = databank(*command)
    assert (ran.exit_code, ran.out) == (2, b"")
    assert ran.err.startswith(f"databank: {told}")
    assert ran.err.count("\n") == 1


def test_wrong_options_are_json_for_machines(databank: CommandLine) -> None:
    ran = databank("ls", "--json", "--nonsense")
    told = msgspec.json.decode(ran.err, type=dict[str, object])
    assert (ran.exit_code, told["code"]) == (2, "USAGE")
    assert told["message"] == "Unknown option: --nonsense"


def test_what_the_output_cannot_encode_is_escaped(
    databank: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (tmp_path / "ünï.txt").write_bytes(b"hello")
    command = [sys.executable, "-m", "data_bank_client.cli", "put", "ünï.txt", "mïssing"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert ended.stdout == f"{HELLO}  \\xfcn\\xef.txt\n".encode()
    assert ended.stderr == b"databank: m\\xefssing: No such file or directory\n"


def test_a_stream_of_another_kind_is_left_alone() -> None:
    main.escape_what_cannot_be_encoded(io.StringIO())


def test_the_version_is_the_packages(databank: CommandLine) -> None:
    assert databank("--version").out.decode().strip() == version("data-bank")


def test_help_describes_every_command_that_is_installed(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, fake_plugin(f"{__name__}:greet"), fake_plugin("no.such:gone", "gone"))
    monkeypatch.setitem(sys.modules, __name__, sys.modules[greet.__module__])
    told = databank("--help").out.decode()
    assert all(name in told for name in [*main.COMMANDS, "Greet whoever asks."])
    assert "gone" not in told


@pytest.mark.parametrize("name", main.COMMANDS)
def test_a_command_is_helped_by_its_docstring(databank: CommandLine, name: str) -> None:
    command = EntryPoint(name, f"data_bank_client.cli.{name}:{name}", plugins.GROUP).load()
    told = command.help if isinstance(command, App) else command.__doc__
    first = told.splitlines()[0].replace("`", "").split(",")[0]
    assert first in databank("--help").out.decode()
    assert first in databank(name, "--help").out.decode()


def test_a_command_of_the_service_is_found_by_its_entry_point(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, fake_plugin(f"{__name__}:greet"))
    monkeypatch.setitem(sys.modules, __name__, sys.modules[greet.__module__])
    assert databank("greet").out == b"hello\n"


def test_an_entry_point_takes_no_name_of_the_clients(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, fake_plugin("no.such.module:ls", "ls"))
    assert databank("ls").exit_code == 0


def test_a_service_that_is_not_installed_is_named(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, fake_plugin("no.such.module:greet"))
    ran = databank("greet", "--json")
    assert ran.exit_code == 1
    told = msgspec.json.decode(ran.err, type=dict[str, object])
    assert told["code"] == "NOT_INSTALLED"
    needed = "`databank greet` needs the service extra of the package data-bank"
    assert told["message"] == f"{needed}: No module named 'no'"


def test_a_client_that_is_not_installed_whole_does_not_blame_the_service(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "data_bank_client.cli.ls", raising=False)
    monkeypatch.setitem(sys.modules, "cyclopts.validators", None)
    ran = databank("ls")
    assert (ran.exit_code, ran.out) == (1, b"")
    assert ran.err.startswith("databank: the package data-bank is not installed whole: import of")


def test_ctrl_c_is_130_without_a_traceback(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, fake_plugin(f"{__name__}:interrupt"))
    monkeypatch.setitem(sys.modules, __name__, sys.modules[interrupt.__module__])
    ran = databank("greet")
    assert (ran.exit_code, ran.err) == (130, "databank: interrupted\n")


def test_completion_is_installed_also_without_the_service(
    databank: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, fake_plugin("no.such.module:greet"), fake_plugin("os:getcwd", "cwd"))
    monkeypatch.setenv("HOME", str(tmp_path))
    script = tmp_path / "databank.bash"
    assert databank("--install-completion", "--shell", "bash", "-o", script).exit_code == 0
    assert "--no-resume" in script.read_text()
    assert "greet" not in script.read_text()


@pytest.mark.parametrize("words", ["databank put ''", f"databank get {HELLO} -o ''"])
def test_the_shell_completes_files(
    databank: CommandLine, tmp_path: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # whose .bashrc is written to
    script, folder = tmp_path / "databank.bash", tmp_path / "folder"
    folder.mkdir()
    (folder / "model.bin").touch()
    databank("--install-completion", "--shell", "bash", "-o", script)
    asked = f"source {script}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))"
    command = ["bash", "-c", f'{asked}; _databank; echo "${{COMPREPLY[@]}}"']
    assert subprocess.check_output(command, cwd=folder) == b"model.bin\n"


def test_a_reader_that_goes_away_ends_it_quietly(bank: FakeBank, databank: CommandLine) -> None:
    content = bytes(1_000_000)
    bank.files[Digest.of(content).hex] = content
    command = [
        sys.executable,
        "-m",
        "data_bank_client.cli",
        "get",
        Digest.of(content).hex,
        "-o",
        "-",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as getting:
        assert getting.stdout is not None
        assert getting.stderr is not None
        getting.stdout.close()
        assert getting.stderr.read() == b""
    assert getting.returncode == 141


def test_a_full_stdout_is_a_failure(databank: CommandLine) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "data_bank_client.cli", "--version"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ,
            check=False,
        )
    assert ended.returncode == 1
    assert b"No space left" in ended.stderr
