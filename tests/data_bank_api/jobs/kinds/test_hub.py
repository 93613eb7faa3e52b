"""The kinds of the Hub with all that is real about them, but for the Hub itself."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import pytest

from data_bank_api.config import Settings, SettingsError
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.jobs.kinds.hub_download import HubDownload
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.wiring import build_shop
from data_bank_client.errors import ForbiddenError, NotFoundError
from data_bank_client.wire.digest import Digest
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub

MODEL = RepoSpec(
    "org/model",
    {"config.json": b"{}", "model.safetensors": b"w" * 3_000_000, "odd #1 %20.txt": b"odd"},
)
NAME = RepoName("model", "org/model")
REDIS_AWAY = "unix:///nowhere/redis.sock"


class Open(Protocol):
    def __call__(self, **settings: str) -> Shop: ...


@dataclass
class Told:
    """The work of a job, of which a test sees what was told."""

    job: Job
    lines: list[str] = field(default_factory=list)
    payload: dict[str, object] | None = None

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None:
        del percent, message
        self.payload = payload

    def log(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def open_shop(tmp_path: Path, database_url: str, stand_in_hub: StandInHub) -> Iterator[Open]:
    """As a worker opens it, for the stand-in Hub."""
    (tmp_path / "files" / "tmp").mkdir(parents=True)
    opened: list[Shop] = []

    def open_shop(**settings: str) -> Shop:
        variables = {
            "API_UPLOAD_KEYS": "k",
            "DATA_ROOT": str(tmp_path / "files"),
            "MIN_FREE_GB": "0",
            "REDIS_URL": REDIS_AWAY,
            "DATABASE_URL": database_url,
            "HF_ENDPOINT": stand_in_hub.endpoint,
            **settings,
        }
        opened.append(build_shop(Settings.read(variables)))
        return opened[-1]

    yield open_shop
    for each in opened:
        each.close()


def work_of(shop: Shop, kind: str) -> Told:
    return Told(shop.jobs.enqueue(NewJob(kind, {})))


def register(shop: Shop, name: RepoName = NAME) -> str:
    return Registry(shop.database).register(Registration.parse(name)).repository_id


def test_a_repository_comes_into_the_bank_whole(open_shop: Open, stand_in_hub: StandInHub) -> None:
    shop = open_shop()
    upstream = stand_in_hub.add(MODEL)
    register(shop)
    synced = HubSync("org/model").run(shop, work_of(shop, "sync"))
    assert synced["result_id"] is None
    work = work_of(shop, "download")
    result = HubDownload("org/model").run(shop, work)
    assert result["result_id"] is not None
    blob = shop.store.open(Digest(result["result_id"]))
    assert blob.info.size == result["result_bytes"]
    manifest = json.loads(blob.read(0, blob.info.size))
    blob.close()
    assert manifest["commit"] == upstream.head
    files = {each["path"]: each["sha256"] for each in manifest["files"]}
    expected = {path: Digest.of(file.read()).hex for path, file in upstream.files.items()}
    assert files == expected
    assert {shop.store.stat(Digest(each)).digest.hex for each in files.values()} == set(
        expected.values()
    )
    assert work.lines == [f"the snapshot of {upstream.head} is complete"]
    assert work.payload is not None
    assert work.payload["bytes"] == work.payload["bytes_total"] == 3_000_000


def test_a_sync_with_its_download_brings_all(open_shop: Open, stand_in_hub: StandInHub) -> None:
    shop = open_shop()
    stand_in_hub.add(MODEL)
    register(shop)
    result = HubSync("org/model", download=True).run(shop, work_of(shop, "whole"))
    assert result["result_id"] is not None
    assert shop.store.stat(Digest.of(b"w" * 3_000_000)).size == 3_000_000


def test_a_second_sync_asks_for_no_file(open_shop: Open, stand_in_hub: StandInHub) -> None:
    shop = open_shop()
    stand_in_hub.add(MODEL)
    register(shop)
    HubSync("org/model").run(shop, work_of(shop, "sync"))
    HubDownload("org/model").run(shop, work_of(shop, "download"))
    stand_in_hub.requests.clear()
    again = HubSync("org/model").run(shop, work_of(shop, "again"))
    assert again["result_id"] is not None
    assert {each.kind for each in stand_in_hub.requests} == {"info", "tree"}


@pytest.mark.parametrize("kind", [HubSync, HubDownload])
def test_a_registration_that_changes_meanwhile_is_worked_on_as_it_is_then(
    open_shop: Open, stand_in_hub: StandInHub, kind: type[HubSync] | type[HubDownload]
) -> None:
    shop = open_shop()
    stand_in_hub.add(RepoSpec("org/model", {"config.json": b"{}"}))
    registry, repository_id = Registry(shop.database), register(shop)
    HubSync("org/model").run(shop, work_of(shop, "sync"))

    @dataclass
    class Changing(Told):
        def log(self, text: str) -> None:
            if text.endswith("is complete") and not self.lines:
                registry.change(repository_id, lambda asked: replace(asked, revision="v1"))
            self.lines += [text] if text.endswith("once more") else []

    work = Changing(work_of(shop, "kind").job)
    with suppress(NotFoundError):  # there is no v1
        kind("org/model").run(shop, work)
    assert work.lines == ["its registration is another by now: once more"]


def test_named_artifacts_are_fetched(open_shop: Open, stand_in_hub: StandInHub) -> None:
    shop = open_shop()
    stand_in_hub.add(MODEL)
    repository_id = register(shop)
    HubSync("org/model").run(shop, work_of(shop, "sync"))
    with shop.mirror() as mirror:
        found = mirror.artifacts.list(repository_id, Wanted(("pending",)), None, 10)
    result = HubDownload(artifact_ids=[each.artifact_id for each in found]).run(
        shop, work_of(shop, "download")
    )
    assert result["result_id"] is not None


def test_a_gated_repository_needs_a_token(open_shop: Open, stand_in_hub: StandInHub) -> None:
    stand_in_hub.add(RepoSpec("org/gated", {"README.md": b"#"}, gated="auto"))
    stranger = open_shop()
    register(stranger, RepoName("model", "org/gated"))
    with pytest.raises(ForbiddenError):
        HubSync("org/gated").run(stranger, work_of(stranger, "stranger"))
    member = open_shop(HF_TOKEN=stand_in_hub.token)
    result = HubSync("org/gated").run(member, work_of(member, "member"))
    assert result["result_id"] is not None


def test_what_is_not_registered_is_not_synced(open_shop: Open) -> None:
    shop = open_shop()
    with pytest.raises(NotFoundError, match="the dataset org/model is not registered"):
        HubSync("org/model", "dataset").run(shop, work_of(shop, "sync"))


def test_what_was_begun_long_ago_is_swept(open_shop: Open, tmp_path: Path) -> None:
    spools = tmp_path / "files" / "spool"
    spools.mkdir(parents=True)
    old, new = spools / "sha256-old.data", spools / "sha256-new.data"
    for each in (old, new):
        each.touch()
    os.utime(old, (0, 0))
    with open_shop().mirror():
        assert list(spools.iterdir()) == [new]


def test_an_endpoint_that_is_none_is_told_at_the_start(open_shop: Open) -> None:
    with pytest.raises(SettingsError, match=r"\AHF_ENDPOINT: it holds more than"):
        open_shop(HF_ENDPOINT="https://hub.example.org?token=secret")
