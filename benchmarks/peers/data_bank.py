"""Data Bank as an operator runs it: two workers, keys, metrics and logs on, all else by default."""

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.peers.peer import Peer
from benchmarks.peers.process import free_port, running, wait_for

COMMAND = (Path(sys.executable).with_name("databank"), "serve")


def bank_environment(root: Path, key: str, port: int) -> dict[str, str]:
    return {
        "API_UPLOAD_KEYS": key,
        "DATA_ROOT": str(root),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": "2",
    }


@contextmanager
def data_bank(name: str, folder: Path, settings: Mapping[str, str]) -> Iterator[Peer]:
    """Its files lie in `folder/files`. `settings` go before those that are named here."""
    folder.mkdir(parents=True, exist_ok=True)
    root, log, key, port = folder / "files", folder / "log", secrets.token_urlsafe(), free_port()
    environment = {**bank_environment(root, key, port), **settings}
    with running(COMMAND, log, environment) as process:
        wait_for(process, port, "/healthz", log)
        yield Peer(
            name=name,
            address=f"http://127.0.0.1:{port}",
            prefix="/files/",
            pid=process.pid,
            lies_at=lambda digest: root / digest[:2] / digest[2:4] / f"{digest}.bin",
            headers={"X-API-Key": key},
        )
