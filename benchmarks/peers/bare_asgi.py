"""uvicorn with an application that does nothing: the ceiling of small downloads."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contestants import BARE_ASGI
from benchmarks.peers.peer import Peer
from benchmarks.peers.process import free_port, running, wait_for

APP = "benchmarks.peers.bare_asgi_app:app"
HOME = Path(__file__).parents[2]


@contextmanager
def bare_asgi(folder: Path) -> Iterator[Peer]:
    folder.mkdir(parents=True)
    port, log = free_port(), folder / "log"
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "uvicorn",
        APP,
        "--app-dir",
        HOME,
        "--workers",
        "2",
    ]
    command += ["--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop", "--http"]
    command += ["httptools", "--ws", "none", "--no-access-log"]
    with running(command, log) as process:
        wait_for(process, port, "/", log)
        yield Peer(
            name=BARE_ASGI,
            address=f"http://127.0.0.1:{port}",
            prefix="/",
            pid=process.pid,
            lies_at=lambda digest: folder / digest,
        )
