"""A repository by the command line: from the stand-in Hub into a real bank, and into a folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_bank_client import DataBankClient
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.cli.conftest import CommandLine, Ran
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.running_bank import running, until
from tests.running_worker import WORKER, RunningWorker

KEY = "one-key-for-all"
KEYS = {"API_UPLOAD_KEYS": KEY, "API_READ_KEYS": "", "API_DELETE_KEYS": ""}
FILES = {"config.json": b"{}", "model.safetensors": b"w" * 100_000, "deep/odd #1 %20.txt": b""}


class HubCommands:
    """`databank hub`, in this process."""

    def __init__(self, databank: CommandLine) -> None:
        self._databank = databank

    def __call__(self, *tokens: object) -> Ran:
        return self._databank("hub", *tokens)


@pytest.fixture
def hub(
    tmp_path: Path,
    redis_server: RedisServer,
    sqlite_url: str,
    stand_in_hub: StandInHub,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Iterator[HubCommands]:
    settings = {"HF_ENDPOINT": stand_in_hub.endpoint, **KEYS}
    url = redis_server.url
    with running(tmp_path, REDIS_URL=url, DATABASE_URL=sqlite_url, **settings) as bank:
        worker = RunningWorker(tmp_path, url, sqlite_url, WORKER, **settings)
        try:
            monkeypatch.setenv("DATA_BANK_URL", bank.address)
            monkeypatch.setenv("DATA_BANK_KEY", KEY)
            monkeypatch.delenv("DATA_BANK_KEY_FILE", raising=False)
            yield HubCommands(CommandLine(capfdbinary))
        finally:
            worker.stop()


def test_a_repository_is_added_shown_fetched_and_forgotten(
    hub: HubCommands, stand_in_hub: StandInHub, tmp_path: Path
) -> None:
    repo = stand_in_hub.add(RepoSpec("org/model", FILES))
    added = hub("add", "org/model", "--watch")
    assert added.exit_code == 0
    assert hub("ls").out.rstrip().endswith(b"org/model  whole")
    [shown] = hub("show", "org/model", "--json").records
    assert (shown["status"], shown["head"]) == ("synced", repo.head)
    listed = {
        str(each["path"]): each["file_id"]
        for each in hub("show", "org/model", "--files", "--json").records
    }
    assert listed == {name: Digest.of(content).hex for name, content in FILES.items()}
    folder = tmp_path / "copy"
    assert hub("fetch", "org/model", "-o", folder).exit_code == 0
    copied = {name: (folder / name).read_bytes() for name in FILES}
    assert copied == FILES
    assert hub("add", "org/model").exit_code == 5
    assert hub("rm", "org/model").out == b"org/model\n"
    assert (hub("ls").out, hub("sync", "org/model").exit_code) == (b"", 4)


def test_what_keeps_itself_whole_is_brought_in_and_kept_so_by_nobody(
    hub: HubCommands, stand_in_hub: StandInHub
) -> None:
    def is_whole() -> bool:
        [found] = hub("ls", "--json").records
        return found["head"] == repo.head

    repo = stand_in_hub.add(RepoSpec("org/model", FILES))
    assert hub("add", "org/model", "--auto-sync").exit_code == 0
    until(is_whole)
    repo.commit({"model.safetensors": b"v" * 100_000})
    hub("set", "org/model", "--by-hand")
    assert hub("set", "org/model", "--auto-sync").exit_code == 0  # the next sync is due now
    until(is_whole)
    [planned] = hub("ls", "--json").records
    assert str(planned["next_sync_at"]) > str(planned["synced_at"])
    assert len(hub("jobs", "--json").records) == 2


def test_what_changed_upstream_comes_with_the_next_sync(
    hub: HubCommands, stand_in_hub: StandInHub
) -> None:
    repo = stand_in_hub.add(RepoSpec("org/model", FILES))
    hub("add", "org/model", "--watch")
    repo.commit({"model.safetensors": b"v" * 100_000})
    assert hub("sync", "org/model", "--watch").exit_code == 0
    [found] = hub("ls", "--json").records
    assert found["commit"] == found["head"] == repo.head


def test_what_changed_upstream_may_be_listed_first_and_downloaded_then(
    hub: HubCommands, stand_in_hub: StandInHub
) -> None:
    repo = stand_in_hub.add(RepoSpec("org/model", FILES))
    hub("add", "org/model", "--exclude", "deep/*", "--watch")
    repo.commit({"model.safetensors": b"v" * 100_000})
    assert hub("sync", "org/model", "--list-only", "--watch").exit_code == 0
    assert not hub("ls").out.rstrip().endswith(b"whole")
    assert hub("download", "org/model", "--watch").exit_code == 0
    [found] = hub("ls", "--json").records
    assert found["commit"] == found["head"] == repo.head
    [shown] = hub("show", "org/model", "--json").records
    assert isinstance(shown["snapshots"], list)
    assert len(shown["snapshots"]) == 2


def test_a_repository_that_the_hub_does_not_have_fails_by_its_name(hub: HubCommands) -> None:
    ran = hub("add", "org/nowhere", "--watch")
    assert ran.exit_code == 11
    assert ran.err.startswith("databank: the job failed by its input: ")
    assert hub("add", "../etc").exit_code == 2


def test_some_files_of_a_repository_are_had_by_the_client(
    hub: HubCommands, stand_in_hub: StandInHub
) -> None:
    repo = stand_in_hub.add(RepoSpec("org/model", FILES))
    hub("add", "org/model", "--watch", "--include", "config.json", "--include", "*.safetensors")
    repo.commit({"model.safetensors": b"v" * 100_000, "second.safetensors": b"u" * 100_000})
    hub("sync", "org/model", "--list-only", "--watch")
    with DataBankClient(os.environ["DATA_BANK_URL"], KEY) as bank:
        [mirrored] = bank.iter_repositories("model")
        assert list(bank.iter_repositories("dataset")) == []
        repository_id = mirrored["repository_id"]
        [first, second] = bank.iter_artifacts(repository_id, status=["pending", "failed"])
        job = bank.download_artifacts([second["artifact_id"]])
        assert bank.wait_for_job(job["job_id"], 60)["state"] == "success"
        [left] = bank.iter_artifacts(repository_id, status="pending", type="model")
        assert left["path"] == first["path"] == "model.safetensors"
        assert bank.get_repository(repository_id)["artifacts"]["completed"]["files"] == 2
        [snapshot] = bank.list_snapshots(repository_id)["items"]
        assert bank.get_snapshot(repository_id, snapshot["commit"]) == snapshot
