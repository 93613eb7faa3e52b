"""`databank serve`, and the plain hypercorn command: starts, stops, and what is told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from data_bank_api.commands.listening import listen
from tests.running_bank import (
    DATABANK,
    KEYS,
    PATIENCE,
    UNMEASURED,
    UPLOAD_KEY,
    RunningBank,
    running,
    until,
)


def ask(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("API_")}
    return subprocess.run(
        [DATABANK, *arguments],
        env={**variables, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_it_serves_and_stops_cleanly(
    tmp_path: Path, server: str, how: signal.Signals, workers: str
) -> None:
    with running(tmp_path, server, WORKERS=workers) as bank:
        name = bank.put(b"kept")
        assert bank.get(f"/files/{name}").content == b"kept"
        assert bank.stop(how) == 0
    assert "Traceback" not in bank.log_path.read_text()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_plain_hypercorn_command_serves(tmp_path: Path, workers: str) -> None:
    with listen("127.0.0.1", 0, 1) as found:
        port = found.getsockname()[1]
    hypercorn = str(Path(sys.executable).with_name("hypercorn"))
    app = "data_bank_api.api.main:create_app()"
    command = [hypercorn, app, "--bind", f"127.0.0.1:{port}", "--workers", workers]
    bank = RunningBank(tmp_path, command, UNMEASURED).wait_for(f"http://127.0.0.1:{port}")
    name = bank.put(b"kept")
    assert bank.get(f"/files/{name}").content == b"kept"
    assert bank.stop() == 0


def test_the_plain_hypercorn_command_tells_a_wrong_setting_in_one_line(tmp_path: Path) -> None:
    """Its exit code is hypercorn's, and may be 0."""
    hypercorn = str(Path(sys.executable).with_name("hypercorn"))
    app = "data_bank_api.api.main:create_app()"
    command = [hypercorn, app, "--bind", "127.0.0.1:0"]
    bank = RunningBank(tmp_path, command, {"WORKERS": "x"})
    bank.process.wait(PATIENCE)
    assert bank.log_path.read_text() == "databank: WORKERS: must be a whole number\n"


def test_an_option_goes_before_its_variable(tmp_path: Path) -> None:
    command = [DATABANK, "serve", "--server", "hypercorn", "--port", "0", "--host", "::1"]
    bank = RunningBank(tmp_path, command, {"PORT": "1", "SERVER": "uvicorn"}).wait()
    assert bank.address.startswith("http://[::1]:")
    assert [line["server"] for line in bank.log() if line["event"] == "listening"] == ["hypercorn"]
    assert bank.stop() == 0


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "databank: API_UPLOAD_KEYS is required: keys that may upload, separated by commas\n"),
        ({**KEYS, "LOG_LEVEL": "loud"}, "databank: LOG_LEVEL: must be one of debug, info"),
        ({**KEYS, "DATA_ROOT": "/dev/null/x"}, "databank: DATA_ROOT: /dev/null/x: Not a directory"),
        ({**KEYS, "SCAN_ROOTS": "models"}, "databank: SCAN_ROOTS: must be absolute folders"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    environment: dict[str, str], says: str
) -> None:
    ended = ask("serve", **environment)
    assert ended.returncode == 2
    assert ended.stderr.startswith(says)
    assert ended.stderr.count("\n") == 1


def test_a_port_in_use_stops_the_start_with_one_line(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0, 1) as taken:
        port = str(taken.getsockname()[1])
        ended = ask("serve", "--port", port, "--host", "127.0.0.1", DATA_ROOT=str(tmp_path), **KEYS)
    expected = (
        f"databank: HOST, PORT: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    )
    assert (ended.returncode, ended.stderr) == (2, expected)


def test_unfinished_uploads_of_a_killed_server_are_gone_after_the_next_start(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as bank, bank.connect() as connection:
        connection.sendall(
            f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
            f"Content-Length: 9000000\r\n\r\n".encode()
            + bytes(3_000_000)
        )
        until(lambda: len(bank.drafts()) == 1)
        bank.stop(signal.SIGKILL)
    assert len(bank.drafts()) == 1
    with running(tmp_path) as bank:
        assert bank.drafts() == []
        assert any(line["event"] == "swept unfinished uploads" for line in bank.log())


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_a_stop_ends_a_silent_upload_and_leaves_nothing(
    tmp_path: Path, server: str, workers: str
) -> None:
    patience = {"GRACE_SECONDS": "1", "WORKERS": workers}
    with running(tmp_path, server, **patience) as bank, bank.connect() as connection:
        connection.sendall(
            f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
            f"Content-Length: 9000000\r\n\r\n".encode()
            + bytes(3_000_000)
        )
        until(lambda: len(bank.drafts()) == 1)
        assert bank.stop() == 0
        answer = connection.recv(65536)
    assert bank.drafts() == []
    assert answer.startswith(b"HTTP/1.1 503")
    assert "ended by the stop" in bank.log_path.read_text()


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_a_stop_lets_what_is_under_way_come_to_its_end(tmp_path: Path, server: str) -> None:
    with running(tmp_path, server, WORKERS="2") as bank, bank.connect() as connection:
        connection.sendall(
            f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
            f"Content-Length: 3000000\r\n\r\n".encode()
        )
        until(lambda: len(bank.drafts()) == 1)
        bank.process.send_signal(signal.SIGTERM)
        connection.sendall(bytes(3_000_000))
        assert connection.recv(65536).startswith(b"HTTP/1.1 201")
        assert bank.stop() == 0


def test_a_stop_under_hypercorn_takes_no_more(tmp_path: Path) -> None:
    """While it waits for what is under way."""
    with running(tmp_path, "hypercorn") as bank, bank.connect() as slow, bank.connect() as other:
        slow.sendall(
            f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
            f"Content-Length: 3000000\r\n\r\n".encode()
        )
        until(lambda: len(bank.drafts()) == 1)
        bank.process.send_signal(signal.SIGTERM)
        answer = b"HTTP/1.1 200"
        while answer.startswith(b"HTTP/1.1 200"):
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = other.recv(65536)
        while chunk := other.recv(65536):
            answer += chunk
        slow.sendall(bytes(3_000_000))
        assert slow.recv(65536).startswith(b"HTTP/1.1 201")
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 1\r\n" in answer
    assert b"SERVICE_UNAVAILABLE" in answer


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_a_lost_worker_is_replaced(tmp_path: Path, server: str) -> None:
    with running(tmp_path, server, WORKERS="2") as bank:
        os.kill(int(str(bank.logged(event="serving")["process"])), signal.SIGKILL)
        until(lambda: bank.log_path.read_text().count('"serving"') > 2)
        assert bank.get("/healthz").status_code == 200


def processes(bank: RunningBank) -> list[Path]:
    return [Path(f"/proc/{each['process']}") for each in bank.log() if each["event"] == "serving"]


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_workers_end_with_the_process_that_watches_them(tmp_path: Path, server: str) -> None:
    with running(tmp_path, server, WORKERS="2") as bank:
        until(lambda: len(processes(bank)) == 2)
        bank.stop(signal.SIGKILL)
        until(lambda: not any(each.exists() for each in processes(bank)))
        port = str(httpx2.URL(bank.address).port)
    with running(tmp_path, server, WORKERS="2", PORT=port) as again:
        assert again.address == bank.address


def test_with_full_disk_files_stay_readable(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        name = bank.put(b"kept")
    with running(tmp_path, MIN_FREE_GB="1000000000") as bank:
        assert bank.get(f"/files/{name}").content == b"kept"


@pytest.mark.parametrize("framing", ["declared", "chunked"])
def test_a_disk_that_is_really_full_is_told_and_loses_nothing(tmp_path: Path, framing: str) -> None:
    """On a small disk in a namespace of its own, which only the server sees."""
    namespace = ["unshare", "--user", "--map-root-user", "--mount"]
    mount = f"mount -t tmpfs -o size=8m tmpfs {tmp_path / 'files'}"
    (tmp_path / "files").mkdir()
    try:
        subprocess.run([*namespace, *mount.split()], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this system lets us mount no small disk: {error}")
    command = [*namespace, "sh", "-c", f"{mount} && exec {DATABANK} serve"]
    bank = RunningBank(tmp_path, command, {})
    try:
        name, large = bank.wait().put(b"kept"), bytes(20_000_000)
        content = large if framing == "declared" else iter([large])
        answer = bank.request("POST", "/files", UPLOAD_KEY, content)
        assert (answer.status_code, answer.json()["code"]) == (507, "INSUFFICIENT_STORAGE")
        assert bank.get(f"/files/{name}").content == b"kept"
        assert bank.put(bytes(5_000_000))
    finally:
        bank.stop()
    doubts = [line for line in bank.log() if line["event"] == "doubtful file system"]
    assert [line["kind"] for line in doubts] == ["tmpfs"]


def test_a_server_in_another_process_shares_the_store(tmp_path: Path) -> None:
    with running(tmp_path) as first, running(tmp_path, "hypercorn") as second:
        name = first.put(b"shared")
        assert second.get(f"/files/{name}").content == b"shared"
