"""Files that were fetched by other means come into the bank, and are not fetched again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data_bank_client.cli.conftest import CommandLine
from tests.fakes.hub.judge import Judge
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.running_bank import running
from tests.running_worker import WORKER, RunningWorker

KEY = "one-key-for-all"
KEYS = {"API_UPLOAD_KEYS": KEY, "API_READ_KEYS": "", "API_DELETE_KEYS": ""}
FILES = {"config.json": b"{}", "model.safetensors": b"w" * 3_000_000, "deep/odd #1 %20.txt": b"1"}


@pytest.fixture
def databank(
    tmp_path: Path,
    redis_server: RedisServer,
    sqlite_url: str,
    stand_in_hub: StandInHub,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Iterator[CommandLine]:
    roots = tmp_path / "roots"
    roots.mkdir()
    settings = {"HF_ENDPOINT": stand_in_hub.endpoint, "SCAN_ROOTS": str(roots), **KEYS}
    url = redis_server.url
    with running(tmp_path, REDIS_URL=url, DATABASE_URL=sqlite_url, **settings) as bank:
        worker = RunningWorker(tmp_path, url, sqlite_url, WORKER, **settings)
        try:
            monkeypatch.setenv("DATA_BANK_URL", bank.address)
            monkeypatch.setenv("DATA_BANK_KEY", KEY)
            monkeypatch.delenv("DATA_BANK_KEY_FILE", raising=False)
            yield CommandLine(capfdbinary)
        finally:
            worker.stop()


def test_what_the_hubs_own_client_had_fetched_is_scanned_and_not_fetched_again(
    databank: CommandLine, judge: Judge, stand_in_hub: StandInHub, tmp_path: Path
) -> None:
    from huggingface_hub import snapshot_download

    repo = stand_in_hub.add(RepoSpec("org/model", FILES))
    cache, endpoint = tmp_path / "roots" / "hub", stand_in_hub.endpoint
    snapshot_download("org/model", cache_dir=cache, endpoint=endpoint, token=False)
    scanned = databank("hub", "scan", "hub", "--watch")
    assert scanned.exit_code == 0
    assert b"3 files, 3000003 bytes, 3 of them new; 0 artifacts completed" in scanned.out
    before = stand_in_hub.requests.content_bytes
    assert databank("hub", "add", "org/model", "--watch").exit_code == 0
    assert stand_in_hub.requests.content_bytes == before
    assert databank("hub", "ls").out.rstrip().endswith(b"org/model  whole")
    copy = tmp_path / "copy"
    assert databank("hub", "fetch", "org/model", "-o", copy).exit_code == 0
    assert {name: (copy / name).read_bytes() for name in repo.files} == FILES
