"""A bank in a process of its own on a free port, as an operator would start it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import httpx2

UPLOAD_KEY, READ_KEY, DELETE_KEY = "upload-key-0001", "read-key-0002", "delete-key-0003"
KEYS = {
    "API_UPLOAD_KEYS": f"{UPLOAD_KEY}, another-upload-key",
    "API_READ_KEYS": READ_KEY,
    "API_DELETE_KEYS": DELETE_KEY,
}
DATABANK = str(Path(sys.executable).with_name("databank"))

# For the workers of the plain `hypercorn` command: it asks one to end that is ending by itself.
# Where coverage is measured SIGTERM is coverage's, whose handler waits for ever if it comes while
# the process's exit keeps what was measured (coverage 7.17; its issues 1101 and 1892).
UNMEASURED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}

# Generous: the machine may be busy with other tests.
PATIENCE = 60.0


class RunningBank:
    """Its data lie in `folder/files`, its log in a file of its own beside them."""

    def __init__(self, folder: Path, command: list[str], environment: dict[str, str]) -> None:
        self.folder = folder
        self.root = folder / "files"
        self.is_hypercorn = environment.get("SERVER") == "hypercorn"
        self.log_path = folder / f"log-{uuid.uuid4().hex}"
        variables = {"DATA_ROOT": str(self.root), "MIN_FREE_GB": "0", "PORT": "0", **KEYS}
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, "HOST": "127.0.0.1", **variables, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.address = ""
        no_reuse = httpx2.Limits(max_keepalive_connections=0)
        # Plain HTTP: reading the certificates of the machine would be for nothing.
        self._client = httpx2.Client(
            timeout=PATIENCE, trust_env=False, limits=no_reuse, verify=False
        )

    def wait(self) -> Self:
        """Until it listens and answers."""
        deadline = time.monotonic() + PATIENCE
        while not self.address:
            self._fail_if_over(deadline)
            found = [line["address"] for line in self.log() if line.get("event") == "listening"]
            self.address = str(found[-1]) if found else ""
            time.sleep(0.02)
        self.get("/healthz").raise_for_status()
        return self

    def wait_for(self, address: str) -> Self:
        """As `wait`, for a server that does not log its address."""
        self.address = address
        deadline = time.monotonic() + PATIENCE
        while True:
            self._fail_if_over(deadline)
            try:
                self.get("/healthz")
            except httpx2.ConnectError:
                time.sleep(0.05)
            else:
                return self

    def _fail_if_over(self, deadline: float) -> None:
        if self.process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the server did not start:\n{self.log_path.read_text()}")

    def log(self) -> list[dict[str, object]]:
        lines = self.log_path.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def logged(self, **wanted: object) -> dict[str, object]:
        """The first line that holds all these values; a line comes after its answer."""

        def matching() -> list[dict[str, object]]:
            return [line for line in self.log() if wanted.items() <= line.items()]

        until(lambda: matching() != [])
        return matching()[0]

    def get(self, path: str, key: str = READ_KEY, **headers: str) -> httpx2.Response:
        return self.request("GET", path, key, headers=headers)

    def request(
        self,
        method: str,
        path: str,
        key: str | None,
        content: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Underscores in names of headers stand for hyphens."""
        sent = [(name.replace("_", "-"), value) for name, value in (headers or {}).items()]
        if key is not None:
            sent.append(("X-API-Key", key))
        raw = [(name.encode(), value.encode()) for name, value in sent]
        return self._client.request(method, self.address + path, content=content, headers=raw)

    def put(self, content: bytes, **headers: str) -> str:
        """Store, and give the id."""
        answer = self.request("POST", "/files", UPLOAD_KEY, content, headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["file_id"])

    def connect(self) -> socket.socket:
        """A plain connection, for what no HTTP client would send."""
        url = httpx2.URL(self.address)
        return socket.create_connection((url.host, url.port or 80), timeout=PATIENCE)

    def drafts(self) -> list[Path]:
        return list((self.root / "tmp").iterdir())

    def open_files(self) -> list[Path]:
        """The descriptors of the server's process, on Linux."""
        return list(Path(f"/proc/{self.process.pid}/fd").iterdir())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and give its exit code."""
        self._client.close()
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@contextmanager
def running(folder: Path, server: str = "uvicorn", **environment: str) -> Iterator[RunningBank]:
    folder.mkdir(parents=True, exist_ok=True)
    bank = RunningBank(folder, [DATABANK, "serve"], {"SERVER": server, **environment})
    try:
        yield bank.wait()
    finally:
        bank.stop()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)
