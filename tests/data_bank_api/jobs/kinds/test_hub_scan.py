"""`hub.scan` with all that is real about it: the store on the disk, the settings, the tables."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from data_bank_api.config import Settings
from data_bank_api.hub.listing import begin_listing
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.jobs.kinds.hub_scan import HubScan
from data_bank_api.jobs.kinds.table import read_kind
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.wiring import build_shop
from data_bank_client.errors import ForbiddenError, InvalidInputError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.jobs import JobResult
from tests.fakes.hub_in_memory import NAME, lfs, plain
from tests.fakes.scanning import make_files

COMMIT = "c" * 40


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
        self.payload = payload

    def log(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """As `databank up` keeps a bank: with its key beside it."""
    files: dict[str, bytes | str] = {"bank/key": b"secret", "models/a/config.json": b"{}"}
    home = make_files(tmp_path / "home", files | {"models/a/model.bin": b"weights" * 9})
    (home / "bank" / "files" / "tmp").mkdir(parents=True)
    return home


@pytest.fixture
def open_shop(home: Path, sqlite_url: str) -> Iterator[Open]:
    opened: list[Shop] = []

    def open_shop(**settings: str) -> Shop:
        variables = {
            "API_UPLOAD_KEYS": "k",
            "DATA_ROOT": str(home / "bank" / "files"),
            "STATE_ROOT": str(home / "bank" / "state"),
            "MIN_FREE_GB": "0",
            "REDIS_URL": "unix:///nowhere/redis.sock",
            "DATABASE_URL": sqlite_url,
            **settings,
        }
        opened.append(build_shop(Settings.read(variables)))
        return opened[-1]

    yield open_shop
    for each in opened:
        each.close()


def run(shop: Shop, path: str) -> JobResult:
    return HubScan(path).run(shop, Told(shop.jobs.enqueue(NewJob("hub.scan", {"path": path}))))


def test_a_folder_comes_into_the_bank_and_completes_a_repository(
    open_shop: Open, home: Path
) -> None:
    shop = open_shop(SCAN_ROOTS=f"{home}/models")
    repository = Registry(shop.database).register(Registration.parse(NAME)).repository_id
    listing = begin_listing(shop.database, repository, COMMIT, {})
    weights, config = lfs("weights" * 9), plain("{}")
    listing.take([weights.listed_as("model.bin"), config.listed_as("config.json")], {})
    listing.finish(shop.clock)
    result = run(shop, "a")
    manifest = shop.store.stat(Digest(result["result_id"] or ""))
    assert (manifest.size, manifest.content_type) == (result["result_bytes"], "application/json")
    [snapshot] = Registry(shop.database).newest(None, 10)
    assert snapshot.head == COMMIT
    told = result["details"]
    assert told.pop("snapshots") == [
        {
            "repo_type": "model",
            "repo_id": "org/small",
            "commit": COMMIT,
            "manifest": told_manifest(shop, repository),
        }
    ]
    assert told == {
        "folder": "a",
        "files": 2,
        "bytes": 65,
        "files_new": 2,
        "bytes_new": 65,
        "kinds": {"config": 1, "model": 1},
        "artifacts_completed": 2,
        "skipped": {"count": 0, "reasons": {}},
    }


def told_manifest(shop: Shop, repository_id: str) -> str:
    with shop.mirror() as mirror:
        snapshot = mirror.publisher.publish(repository_id)
    assert snapshot is not None
    return snapshot.manifest.hex


def test_of_the_banks_own_folder_nothing_is_taken_its_key_neither(
    open_shop: Open, home: Path
) -> None:
    shop = open_shop(SCAN_ROOTS=str(home))
    told = run(shop, ".")["details"]
    assert told["skipped"] == {"count": 1, "reasons": {"own": {"count": 1, "first": ["bank"]}}}
    assert shop.store.list(Digest.of(b"secret").hex, None, 1) == []
    with pytest.raises(ForbiddenError, match="bank is in the bank's own folder"):
        run(shop, "bank")


def test_where_files_and_state_lie_apart_what_is_beside_them_is_not_the_banks(
    open_shop: Open, home: Path
) -> None:
    (home / "bank" / "key").unlink()
    shop = open_shop(SCAN_ROOTS=str(home / "bank"))
    told = run(shop, ".")["details"]
    assert told["skipped"] == {"count": 1, "reasons": {"own": {"count": 1, "first": ["files"]}}}


def test_the_database_is_not_read_by_any_name(open_shop: Open, sqlite_url: str) -> None:
    place = Path(sqlite_url.removeprefix("sqlite:///"))
    root = place.parent / "root"
    root.mkdir()
    os.link(place, root / "copy")
    (root / "link").symlink_to("copy")
    shop = open_shop(SCAN_ROOTS=str(root))
    told = run(shop, ".")["details"]
    own = {"count": 2, "first": ["copy", "link"]}
    assert told["skipped"] == {"count": 2, "reasons": {"own": own}}


def test_without_roots_it_fails_by_its_input(open_shop: Open) -> None:
    with pytest.raises(ForbiddenError, match="scanning is off"):
        run(open_shop(), ".")


@pytest.mark.parametrize("path", ["", "..", "a\n"])
def test_a_path_is_judged_when_it_is_asked_for(path: str) -> None:
    with pytest.raises(InvalidInputError, match="path: "):
        read_kind("hub.scan", {"path": path})
