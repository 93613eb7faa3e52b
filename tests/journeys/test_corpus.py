"""A sibling service has files brought into the bank, through RQ and over HTTP: all is real."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from redis import Redis
from rq.job import Job

from data_bank_client import DataBankClient
from data_bank_client.wire.digest import Digest
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.fakes.web_server import Served, WebServer
from tests.running_bank import READ_KEY, UPLOAD_KEY, RunningBank, running, until
from tests.running_worker import WORKER, RunningWorker

FILES = {
    "data/train.parquet": b"t" * 3_000_000,
    "data/test.parquet": b"t" * 10,
    "README.md": b"# Data",
}
PARQUET = {path: Digest.of(FILES[path]).hex for path in FILES if path.endswith(".parquet")}
ROWS = b"a,b\n" * 1_000_000
API = Path(__file__).parent.parent.parent / "docs" / "api.md"


@contextmanager
def working(
    folder: Path, redis: RedisServer, database_url: str, hub: StandInHub, **more: str
) -> Iterator[RunningBank]:
    addresses = {"REDIS_URL": redis.url, "DATABASE_URL": database_url}
    with running(folder, **addresses) as bank:
        settings = {"HF_ENDPOINT": hub.endpoint, **more}
        worker = RunningWorker(folder, redis.url, database_url, WORKER, **settings)
        try:
            yield bank
        finally:
            worker.stop()


def documented_line(redis_url: str) -> Job:
    """What a reader of docs/api.md would paste, and the job that it gives."""
    page = API.read_text(encoding="utf-8").split("### Through RQ")[1]
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Job | Redis] = {}
    exec(code.replace("redis://...", redis_url), names)
    job, connection = names["job"], names["redis"]
    assert isinstance(job, Job)
    assert isinstance(connection, Redis)
    return job


def test_a_sibling_asks_by_the_documented_line_and_finds_the_files_by_their_digests(
    tmp_path: Path, redis_server: RedisServer, sqlite_url: str, stand_in_hub: StandInHub
) -> None:
    upstream = stand_in_hub.add(RepoSpec("org/data", FILES, repo_type="dataset"))
    with working(tmp_path, redis_server, sqlite_url, stand_in_hub) as bank:
        job = documented_line(redis_server.url)
        until(lambda: job.get_status().value in {"finished", "failed"})
        told = msgspec.convert(job.return_value(), dict[str, str | int])
        files = bank.get(f"/files/{told['result_id']}").json()["files"]
        contents = {each["path"]: bank.get(f"/files/{each['sha256']}").content for each in files}
        with DataBankClient(bank.address, READ_KEY) as client:
            seen = client.wait_for_job(job.id.replace("-", ""), 60)
    job.connection.close()
    assert {each["path"]: each["sha256"] for each in files} == PARQUET
    assert contents == {path: FILES[path] for path in PARQUET}
    assert (seen["state"], seen["job_id"]) == ("success", told["job_id"])
    assert seen["result"] is not None
    assert seen["result"]["result_id"] == told["result_id"]
    assert seen["result"]["details"]["commit"] == upstream.head


def test_files_and_an_address_are_asked_for_over_http(
    tmp_path: Path, redis_server: RedisServer, sqlite_url: str, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.add(RepoSpec("org/data", FILES, repo_type="dataset"))
    with WebServer() as server:
        authority = tmp_path / "authority.pem"
        server.authority.cert_pem.write_to_path(str(authority))
        server.files["/rows.csv"] = Served(ROWS, '"v1"', {"Content-Type": "text/csv"})
        settings = {
            "CORPUS_HOSTS": server.entry("127.0.0.1"),
            "SSL_CERT_FILE": str(authority),
        }
        with (
            working(tmp_path, redis_server, sqlite_url, stand_in_hub, **settings) as bank,
            DataBankClient(bank.address, UPLOAD_KEY) as client,
            DataBankClient(bank.address, READ_KEY) as reader,
        ):
            one = client.ingest_corpus("org/data", include=["data/test*"])["job_id"]
            url = server.url("/rows.csv", "127.0.0.1")
            rows = client.ingest_url(url, sha256=Digest.of(ROWS).hex)["job_id"]
            elsewhere = client.ingest_url("https://elsewhere.example.org/")["job_id"]
            done = [reader.wait_for_job(each, 60) for each in (one, rows, elsewhere)]
            results = [each["result"]["result_id"] for each in done if each["result"] is not None]
            stored = bank.get(f"/files/{results[1]}")
    assert results == [PARQUET["data/test.parquet"], Digest.of(ROWS).hex]
    assert (stored.content, stored.headers["content-type"]) == (ROWS, "text/csv")
    refused = done[2]["error"]
    assert refused is not None
    assert (refused["kind"], refused["code"]) == ("user", "FORBIDDEN")
    assert "elsewhere.example.org, port 443, is not named in CORPUS_HOSTS" in refused["message"]
