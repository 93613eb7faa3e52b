"""`corpus.ingest` with all that is real about it, but for the Hub and the host of files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from data_bank_api.auth.scope import Scope
from data_bank_api.config import Settings, SettingsError
from data_bank_api.jobs.kinds.corpus_ingest import CorpusIngest
from data_bank_api.jobs.kinds.table import arguments_of, read_kind
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import NewJob
from data_bank_api.wiring import build_shop
from data_bank_client.errors import ForbiddenError, InvalidInputError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.jobs import JobResult
from tests.data_bank_api.jobs.kinds.test_hub import REDIS_AWAY, Told
from tests.fakes.hub.faults import drop
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.web_server import Served, WebServer

FILES = {
    "data/a.parquet": b"a" * 3_000_000,
    "data/odd #1 %20.parquet": b"odd",
    "README.md": b"# Data",
}
DATA = RepoSpec("org/data", FILES, repo_type="dataset")
LARGE = bytes(range(256)) * 12_000


class Run(Protocol):
    def __call__(self, arguments: dict[str, object], **settings: str) -> JobResult: ...


@pytest.fixture
def run(tmp_path: Path, sqlite_url: str, stand_in_hub: StandInHub) -> Iterator[Run]:
    """Runs the kind in a shop as a worker opens it."""
    (tmp_path / "files" / "tmp").mkdir(parents=True)
    opened: list[Shop] = []

    def run(arguments: dict[str, object], **settings: str) -> JobResult:
        variables = {
            "API_UPLOAD_KEYS": "k",
            "DATA_ROOT": str(tmp_path / "files"),
            "MIN_FREE_GB": "0",
            "REDIS_URL": REDIS_AWAY,
            "DATABASE_URL": sqlite_url,
            "HF_ENDPOINT": stand_in_hub.endpoint,
            **settings,
        }
        shop = build_shop(Settings.read(variables))
        opened.append(shop)
        kind = read_kind("corpus.ingest", arguments)
        return kind.run(shop, Told(shop.jobs.enqueue(NewJob("corpus.ingest", arguments))))

    yield run
    for each in opened:
        each.close()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """Whose certificate the system's authorities vouch for."""
    with WebServer() as server:
        authority = tmp_path / "authority.pem"
        server.authority.cert_pem.write_to_path(str(authority))
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        yield server


def stored(tmp_path: Path, file_id: str | None) -> bytes:
    assert file_id is not None
    return (tmp_path / "files" / file_id[:2] / file_id[2:4] / f"{file_id}.bin").read_bytes()


def test_files_of_a_dataset_come_by_their_manifest(
    run: Run, stand_in_hub: StandInHub, tmp_path: Path
) -> None:
    upstream = stand_in_hub.add(DATA)
    result = run({"repo_id": "org/data", "include": ["*.parquet"]})
    manifest = json.loads(stored(tmp_path, result["result_id"]))
    digests = {each["path"]: each["sha256"] for each in manifest["files"]}
    wanted = {path: content for path, content in FILES.items() if path.endswith(".parquet")}
    assert {path: stored(tmp_path, digest) for path, digest in digests.items()} == wanted
    assert (manifest["commit"], manifest["repo_type"]) == (upstream.head, "dataset")
    assert result["result_bytes"] == len(stored(tmp_path, result["result_id"]))
    assert result["details"]["bytes_moved"] == result["details"]["bytes"] == 3_000_003


def test_one_file_is_the_result_itself_and_comes_through_lost_connections(
    run: Run, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.add(DATA)
    stand_in_hub.faults.add("storage", drop(after=100_000), times=2)
    result = run({"repo_id": "org/data", "include": ["data/a*"]})
    assert result["result_id"] == Digest.of(FILES["data/a.parquet"]).hex
    again = run({"repo_id": "org/data", "include": ["data/a*"], "revision": "main"})
    assert again["details"]["bytes_moved"] == 0


def test_the_file_at_an_address_comes_by_ranges(
    run: Run, server: WebServer, tmp_path: Path
) -> None:
    server.files["/a.bin"] = Served(LARGE, '"v1"')
    result = run({"url": server.url("/a.bin", "127.0.0.1")}, CORPUS_HOSTS=server.entry("127.0.0.1"))
    assert stored(tmp_path, result["result_id"]) == LARGE
    assert any(each.range is not None for each in server.requests)


def test_an_address_is_refused_unless_the_setting_names_its_host(
    run: Run, server: WebServer
) -> None:
    url = server.url("/a.bin", "127.0.0.1")
    for hosts in ("", "data.example.org", "127.0.0.1"):
        with pytest.raises(ForbiddenError, match="is not named in CORPUS_HOSTS"):
            run({"url": url}, CORPUS_HOSTS=hosts)
    with pytest.raises(ForbiddenError, match="private address"):
        run({"url": url}, CORPUS_HOSTS=f"127.0.0.1:{server.port}")
    assert server.requests == []


def test_hosts_that_are_none_are_told_at_the_start(run: Run) -> None:
    with pytest.raises(SettingsError, match=r"\ACORPUS_HOSTS: 'https://a\.b' is no host"):
        run({"url": "https://a.b/"}, CORPUS_HOSTS="a.b, https://a.b")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"repo_id": "org/data", "url": "https://a.b/c"},
        {"repo_id": "org/data", "sha256": "0" * 64},
        {"repo_id": "org/data", "name": "a"},
        {"url": "https://a.b/c", "include": ["*"]},
        {"url": "https://a.b/c", "repo_type": "model"},
        {"include": ["*"]},
    ],
)
def test_it_is_a_repository_or_an_address_with_what_goes_with_it(
    arguments: dict[str, object],
) -> None:
    with pytest.raises(InvalidInputError, match="repo_id, with repo_type"):
        read_kind("corpus.ingest", arguments)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"repo_id": "org"}, None),
        ({"repo_id": "../org"}, "repo_id"),
        ({"repo_id": "org/data", "repo_type": "space"}, "repo_type"),
        ({"repo_id": "org/data", "revision": "a..b"}, "revision"),
        ({"repo_id": "org/data", "exclude": [""]}, "exclude"),
        ({"url": "http://a.b/c"}, "must begin with https://"),
        ({"url": "https://user@a.b/c"}, "no user"),
        ({"url": "https://a.b/c#d"}, "no fragment"),
        ({"url": "https://a.b:0/c"}, "port"),
        ({"url": "https://0x7f.1/c"}, "its host is no name"),
        ({"url": "https://a.b/\n"}, "printable"),
        ({"url": "https://a.b/" + "c" * 9000}, "8192"),
        ({"url": "https://a.b/c", "sha256": "0"}, "SHA-256"),
        ({"url": "https://a.b/c", "content_type": "text"}, "content_type"),
        ({"url": "https://a.b/c", "content_type": "text/a\r\nb: c"}, "content_type"),
        ({"url": "https://a.b/c", "name": "a/b"}, "name"),
        ({"url": "https://a.b/c", "name": ""}, "name"),
        ({"url": "https://a.b/c", "name": "a\0"}, "name"),
        ({"url": "https://a.b/c", "name": "a" * 256}, "name"),
        ({"url": "https://a.b/c", "token": "x"}, "unknown field"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_asked_for(
    arguments: dict[str, object], says: str | None
) -> None:
    if says is None:
        read_kind("corpus.ingest", arguments)
    else:
        with pytest.raises(InvalidInputError, match=says):
            read_kind("corpus.ingest", arguments)


def test_its_arguments_are_named_as_they_are_asked_for() -> None:
    kind = CorpusIngest(url="https://a.b/c", file_name="d")
    assert arguments_of(kind)["name"] == "d"
    assert (CorpusIngest.name, CorpusIngest.scope) == ("corpus.ingest", Scope.UPLOAD)
