"""A host of files, by https, and the web as an ingest sees it: names lead to 127.0.0.1.

with WebServer() as server:
    server.files["/data.csv"] = Served(b"a,b\\n", etag='"v1"')
    server.files["/moved"] = lambda request: Answer(302, {"Location": "/data.csv"})
    with server.web(tmp_path, f"private:data.example.org:{server.port}") as web: ...
"""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
import trustme

from data_bank_api.blobs.receive import Receiver
from data_bank_api.corpus.address import Web
from data_bank_api.corpus.allowed_hosts import AllowedHosts
from data_bank_api.corpus.web_files import WebFiles, web_client
from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.download import Downloader
from data_bank_api.hub.patience import Patience
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.patient_stream import StreamPatience
from tests.fakes.disk import open_store
from tests.fakes.hub.content import Content
from tests.fakes.hub.messages import Answer, Request, whole
from tests.fakes.hub.ranges import give
from tests.fakes.hub.server import Host

NAME = "data.example.org"
OTHER = "cdn.example.org"
PART = 100_000
SOON = Patience(tries=4, pauses=(0.01,))


@dataclass(frozen=True)
class Served:
    """`etag` as it stands in the header; without one there are no ranges."""

    data: bytes
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, request: Request) -> Answer:
        if self.etag is None or not self.etag.startswith('"'):
            known = {} if self.etag is None else {"ETag": self.etag}
            return Answer(200, {**self.headers, **known}, whole(self.data))
        return give(request, Content(self.data), self.etag.strip('"'), dict(self.headers))


class WebServer:
    """It listens until the `with` ends. `requests` are all that came."""

    def __init__(self) -> None:
        self.files: dict[str, Callable[[Request], Answer]] = {}
        self.requests: list[Request] = []
        self.authority = trustme.CA()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(NAME, OTHER, "127.0.0.1").configure_cert(tls)
        self._host = Host("web", self._respond, tls)
        self.port = self._host.port
        self.leads_to: Mapping[str, Sequence[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._host.cut()

    def url(self, path: str, name: str = NAME) -> str:
        return f"https://{name}:{self.port}{path}"

    def entry(self, name: str = NAME) -> str:
        """Of CORPUS_HOSTS."""
        return f"private:{name}:{self.port}"

    @property
    def asked(self) -> list[tuple[str, str | None]]:
        """Paths and ranges."""
        return [(each.path, each.range) for each in self.requests]

    def http(self, allowed: AllowedHosts) -> httpx2.Client:
        tls = ssl.create_default_context()
        self.authority.configure_trust(tls)
        patience = StreamPatience(head_seconds=2, body_seconds=1, body_rate=1000)
        connections = JudgedConnections(allowed.may_be_private, self._resolve, patience)
        return web_client(connections, tls)

    @contextmanager
    def web(self, folder: Path, *hosts: str, max_bytes: int = 0) -> Iterator[Web]:
        allowed = AllowedHosts.parse(hosts)
        store = open_store(folder / "files")
        with self.http(allowed) as http:
            fetcher = Downloader(
                http, folder / "files" / "spool", store, ByteBudget(2**20), SOON, part_size=PART
            )
            yield Web(WebFiles(allowed, http), fetcher, store, Receiver(store, max_bytes))

    def _resolve(self, host: str, _port: int) -> Sequence[str]:
        return self.leads_to.get(host, ["127.0.0.1"])

    def _respond(self, request: Request) -> Answer:
        self.requests.append(request)
        served = self.files.get(request.path)
        return Answer(404) if served is None else served(request)
