"""A dataset of the stand-in Hub is found by the command line, and brought into a real bank."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from data_bank_client import DataBankClient
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.cli.conftest import CommandLine
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.running_bank import running
from tests.running_worker import WORKER, RunningWorker

KEY = "one-key-for-all"
KEYS = {"API_UPLOAD_KEYS": KEY, "API_READ_KEYS": "", "API_DELETE_KEYS": ""}
OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"
FILES = {"data.csv": b"a,b\n1,2\n", "deep/größe #1.parquet": b"p" * 100_000}
TOLD = {"description": "Arms of robots, which pick and place.", "mainSize": 2 << 30}


@pytest.fixture
def databank(
    tmp_path: Path,
    redis_server: RedisServer,
    sqlite_url: str,
    stand_in_hub: StandInHub,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Iterator[CommandLine]:
    stand_in_hub.add(
        RepoSpec("org/arms", FILES, repo_type="dataset", tags=("language:en",), told=TOLD)
    )
    stand_in_hub.add(RepoSpec("org/letters", FILES, repo_type="dataset"))
    settings = {"HF_ENDPOINT": stand_in_hub.endpoint, "HF_TOKEN": stand_in_hub.token, **KEYS}
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


def test_a_dataset_is_found_and_comes_into_the_bank(
    databank: CommandLine, stand_in_hub: StandInHub
) -> None:
    assert databank("catalog", "refresh", "--full", "--watch").exit_code == 0
    found = databank("catalog", "search", "ROBOT", "pick", "--tag", "language:en")
    assert found.out.decode().splitlines()[1:] == [
        "medium        1,234       56     2.0 GiB  org/arms"
    ]
    [shown] = databank("catalog", "show", "org/arms", "--json").records
    assert (shown["impact"], shown["impact_method"]) == ("medium", "medium_size")
    assert databank("catalog", "show", "org/nothing").exit_code == 4
    mirrored = databank("catalog", "mirror", "org/arms", "--watch")
    assert mirrored.exit_code == 0, mirrored.err
    listed = databank("hub", "show", "org/arms", "--files", "--json").records
    digests = {name: Digest.of(content).hex for name, content in FILES.items()}
    assert {str(each["path"]): each["file_id"] for each in listed} == digests
    with DataBankClient(os.environ["DATA_BANK_URL"], KEY) as bank:
        told = {
            each["path"]: each["file_id"] for each in bank.list_dataset_files("org/arms")["items"]
        }
        assert told == digests
        where = bank.get_dataset_file_url("org/arms", "data.csv")
        away = bank.get_dataset_file_url("org/letters", "data.csv")
        figures = httpx2.get(f"{os.environ['DATA_BANK_URL']}/api/datasets/metrics", trust_env=False)
    assert set(re.findall(r"^(databank_catalog_\w+) [0-9]", figures.text, re.MULTILINE)) == set(
        re.findall(r"`(databank_catalog_\w+)` \| gauge", OPERATIONS.read_text(encoding="utf-8"))
    )
    # No key is sent: the address is enough.
    assert httpx2.get(where["url"], trust_env=False).content == FILES["data.csv"]
    assert where["file_id"] == digests["data.csv"]
    assert away["url"].startswith(f"{stand_in_hub.endpoint}/datasets/org/letters/resolve/")
