"""rclone serve webdav: a local folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contestants import RCLONE
from benchmarks.peers.peer import Peer
from benchmarks.peers.process import free_port, running, wait_for
from benchmarks.tools import find


@contextmanager
def rclone(folder: Path) -> Iterator[Peer]:
    binary, port, log = find("rclone"), free_port(), folder / "log"
    files = folder / "files"
    files.mkdir(parents=True)
    (files / "healthz").write_text("ok")
    command: list[str | Path] = [
        binary,
        "serve",
        "webdav",
        files,
        "--addr",
        f"127.0.0.1:{port}",
        "--config",
        "",
    ]
    with running(command, log) as process:
        wait_for(process, port, "/healthz", log)
        yield Peer(
            name=RCLONE,
            address=f"http://127.0.0.1:{port}",
            prefix="/",
            pid=process.pid,
            lies_at=lambda digest: files / digest,
        )
