"""A repository is asked for over HTTP and comes into the bank: real service, worker and Redis."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data_bank_client.wire.digest import Digest
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.running_bank import UPLOAD_KEY, RunningBank, running, until
from tests.running_worker import WORKER, RunningWorker

FILES = {
    "config.json": b'{"layers": 2}',
    "tokenizer.json": b"{}",
    "empty.txt": b"",
    "odd #1 %20 \N{SPARKLES}.md": b"# odd",
    "weights/model.safetensors": b"w" * 3_000_000,
}


@contextmanager
def working(
    folder: Path, redis: RedisServer, database_url: str, hub: StandInHub
) -> Iterator[RunningBank]:
    addresses = {"REDIS_URL": redis.url, "DATABASE_URL": database_url}
    with running(folder, **addresses) as bank:
        worker = RunningWorker(folder, redis.url, database_url, WORKER, HF_ENDPOINT=hub.endpoint)
        try:
            yield bank
        finally:
            worker.stop()


def ask(bank: RunningBank, verb: str) -> None:
    """Until the job has succeeded."""
    body = json.dumps({"repo_id": "org/model"}).encode()
    answer = bank.request("POST", f"/v1/hub/{verb}", UPLOAD_KEY, body)
    assert answer.status_code == 202, answer.text
    address = f"/jobs/{answer.json()['job_id']}"
    until(lambda: bank.get(address).json()["state"] in {"success", "failure"})
    job = bank.get(address).json()
    assert job["state"] == "success", job


def test_a_repository_that_is_registered_comes_whole_with_its_digests(
    tmp_path: Path, redis_server: RedisServer, database_url: str, stand_in_hub: StandInHub
) -> None:
    upstream = stand_in_hub.add(RepoSpec("org/model", FILES))
    with working(tmp_path, redis_server, database_url, stand_in_hub) as bank:
        ask(bank, "register")
        ask(bank, "download")
        [repository] = bank.get("/v1/hub/models").json()["items"]
        one = f"/v1/hub/repos/{repository['repository_id']}"
        artifacts = bank.get(f"{one}/artifacts").json()["items"]
        snapshot = bank.get(f"{one}/snapshots/{upstream.head}").json()
        manifest = bank.get(f"/files/{snapshot['manifest_id']}").json()
        contents = {each["path"]: bank.get(f"/files/{each['file_id']}") for each in artifacts}
    assert (repository["status"], repository["head"]) == ("synced", upstream.head)
    assert {each["status"] for each in artifacts} == {"completed"}
    assert {path: answer.content for path, answer in contents.items()} == FILES
    digests = {path: Digest.of(content).hex for path, content in FILES.items()}
    assert {each["path"]: each["file_id"] for each in artifacts} == digests
    assert {each["path"]: each["sha256"] for each in manifest["files"]} == digests
