"""A repository comes into the bank whole, though its worker is killed and the link is cut."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Snapshots
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import open_store
from tests.fakes.hub.faults import slow
from tests.fakes.hub.realistic import realistic_model
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until
from tests.running_worker import WORKER, Asking, RunningWorker

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ends children with their parent")

SIZE = 64 * 2**20
NAME = RepoName("model", "acme/example-1b")


@pytest.fixture
def asking(sqlite_url: str, redis_server: RedisServer) -> Iterator[Asking]:
    asking = Asking(sqlite_url, redis_server)
    yield asking
    asking.close()


def test_a_repository_comes_whole_over_a_kill_of_the_worker_and_a_cut_of_the_link(
    tmp_path: Path,
    asking: Asking,
    sqlite_url: str,
    redis_server: RedisServer,
    stand_in_hub: StandInHub,
) -> None:
    upstream = stand_in_hub.add(realistic_model(tmp_path, NAME.repo_id, size=SIZE, small=40))
    stand_in_hub.faults.add("storage", slow(2_000_000))
    repository_id = Registry(asking.database).register(Registration.parse(NAME)).repository_id

    def start() -> RunningWorker:
        endpoint = stand_in_hub.endpoint
        return RunningWorker(
            tmp_path, redis_server.url, sqlite_url, WORKER, HF_ENDPOINT=endpoint, GRACE_SECONDS="0"
        )

    worker = start()
    try:
        asking.wait(asking.ask("hub.sync", repo_id=NAME.repo_id), "success")
        job_id = asking.ask("hub.download", repo_id=NAME.repo_id)
        until(lambda: asking.get(job_id).progress > 30)
        worker.process.kill()
        worker.process.wait()
        worker = start()
        until(lambda: asking.get(job_id).attempts == 2)
        stand_in_hub.cut()
        stand_in_hub.restore()
        job = asking.wait(job_id, "success", "failure")
    finally:
        worker.stop()
    assert job.error is None
    store = open_store(tmp_path / "files")
    snapshots = Snapshots(asking.database)
    snapshot = snapshots.get(repository_id, upstream.head)
    found = {each.path.text: each.digest for each in snapshots.files(snapshot, None, 1000)}
    assert found == {path: Digest.of(file.read()) for path, file in upstream.files.items()}
    assert {store.stat(digest).digest for digest in found.values()} == set(found.values())
    # What had come before the kill was not fetched again.
    assert stand_in_hub.requests.content_bytes < 1.8 * SIZE
