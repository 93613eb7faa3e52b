"""docker-registry (distribution): its file system driver, blobs by POST and PUT, no keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from benchmarks.contestants import REGISTRY
from benchmarks.errors import BenchmarkError
from benchmarks.load.http import http
from benchmarks.peers.peer import Peer
from benchmarks.peers.process import free_port, running, wait_for
from benchmarks.tools import find

# As Debian's, but for the keys: `blobdescriptor` keeps what it knows of blobs in memory.
CONFIGURATION = """
version: 0.1
log:
  level: info
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: {files}
http:
  addr: 127.0.0.1:{port}
  relativeurls: true
  secret: benchmark
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
"""
UPLOADS = "/v2/bench/blobs/uploads/"


@contextmanager
def registry(folder: Path) -> Iterator[Peer]:
    binary, port, log = find("docker-registry"), free_port(), folder / "log"
    blobs = folder / "files/docker/registry/v2/blobs/sha256"
    folder.mkdir(parents=True)
    configuration = folder / "config.yml"
    configuration.write_text(CONFIGURATION.format(files=folder / "files", port=port))
    address = f"http://127.0.0.1:{port}"

    def begin(digest: str) -> str:
        answer = http().post(address + UPLOADS)
        if answer.status_code != 202:
            raise BenchmarkError(f"{REGISTRY} answered a POST with {answer.status_code}")
        return f"{urljoin(address, answer.headers['Location'])}&digest=sha256:{digest}"

    with running([binary, "serve", configuration], log) as process:
        wait_for(process, port, "/v2/", log)
        yield Peer(
            name=REGISTRY,
            address=address,
            prefix="/v2/bench/blobs/sha256:",
            pid=process.pid,
            lies_at=lambda digest: blobs / digest[:2] / digest / "data",
            begin=begin,
            script="registry.lua",
            script_path=UPLOADS,
        )
