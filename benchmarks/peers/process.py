"""A server's process: started with a log of its own, waited for, ended with all its children."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.errors import BenchmarkError

PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int, path: str) -> bool:
    """Whether something on this port answers this path with 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request.encode())
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def wait_for(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    """Until `path` is answered with 200. Raises BenchmarkError with the log's last line."""
    deadline = time.monotonic() + PATIENCE
    while not answers(port, path):
        if process.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text(errors="replace").strip().splitlines()
            raise BenchmarkError(f"it did not start: {lines[-1] if lines else 'no word'}")
        time.sleep(0.002)


@contextmanager
def running(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """In a session of its own: Ctrl-C is ours, and we end it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE / 2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # What it may have left behind is in the group that began with it.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:  # grows while it is walked
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(FileNotFoundError, ProcessLookupError):
                found += [int(child) for child in task.read_text().split()]
    return found
