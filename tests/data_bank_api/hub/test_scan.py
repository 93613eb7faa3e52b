"""A folder is scanned: its files come into the bank, and complete what repositories wait for."""

import json
import os
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from errno import EACCES
from io import FileIO
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.hub import artifacts, scan
from data_bank_api.hub.git_blobs import GitBlob, recall, remember
from data_bank_api.hub.listing import begin_listing
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.scan_intake import Content as ScannedContent
from data_bank_api.hub.scan_intake import ScanIntake
from data_bank_api.hub.scan_tally import ScanTally
from data_bank_api.hub.sync import sync
from data_bank_client.errors import InsufficientStorageClientError, NotFoundError
from data_bank_client.wire.digest import Digest
from tests.fakes.hub.judge import Judge
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.hub_in_memory import NAME, Content, Mirrored, lfs, plain
from tests.fakes.scanning import Scanning, fail_to_open, git_name, make_files

OTHER = RepoName("dataset", "org/other")


@pytest.fixture
def scanning(database: Database, tmp_path: Path) -> Scanning:
    """On either database."""
    return Scanning(Mirrored(database), tmp_path / "root")


@pytest.fixture
def light(sqlite_url: str, tmp_path: Path) -> Iterator[Scanning]:
    """On SQLite: what does not depend on the database."""
    with closing(Database(sqlite_url)) as database:
        yield Scanning(Mirrored(database), tmp_path / "root")


def list_files(
    scanning: Scanning, files: Mapping[str, Content], name: RepoName = NAME
) -> dict[str, str]:
    """A repository that was listed, and nothing of it fetched: the states of its artifacts."""
    mirrored = scanning.mirrored
    commit = mirrored.hub.commit(files, name)
    repository = mirrored.register(name)
    listing = begin_listing(mirrored.database, repository.repository_id, commit, {})
    listing.take([content.listed_as(path) for path, content in files.items()], {})
    listing.finish(mirrored.clock)
    return states(scanning, name)


def states(scanning: Scanning, name: RepoName = NAME) -> dict[str, str]:
    return scanning.mirrored.states(scanning.mirrored.mirror.registry.find(name))


def scan_of(
    scanning: Scanning, files: Mapping[str, bytes | str], path: str = "."
) -> scan.ScanOutcome:
    make_files(scanning.root, files)
    return scanning.scan(path)


def test_files_come_into_the_bank_and_the_manifest_says_what_they_are(light: Scanning) -> None:
    files = {
        "org/name/config.json": b"{}",
        "org/name/model.Q4_K_M.gguf": b"weights",
        "empty": b"",
        "notes.md": b"# Notes",
    }
    make_files(light.root, files)
    outcome = light.scan()
    told = light.manifest(outcome)
    assert {path: each["sha256"] for path, each in told.items()} == {
        path: Digest.of(content).hex for path, content in files.items()
    }
    for content in files.values():
        assert light.read(Digest.of(content)) == content
    assert told["org/name/model.Q4_K_M.gguf"] == {
        "format": "gguf",
        "kind": "model",
        "oid": git_name(b"weights"),
        "precision": "q4_k_m",
        "sha256": Digest.of(b"weights").hex,
        "size": 7,
    }
    assert told["org/name/config.json"]["kind"] == "config"
    assert outcome.tally.summary() == {
        "files": 4,
        "bytes": 16,
        "files_new": 4,
        "bytes_new": 16,
        "kinds": {"model": 1, "config": 1, "other": 2},
        "artifacts_completed": 0,
    }
    types = [light.mirrored.store.stat(Digest.of(each)).content_type for each in files.values()]
    assert types[0] == "application/json"


def test_a_scan_that_is_repeated_copies_nothing_and_has_the_same_manifest(light: Scanning) -> None:
    make_files(light.root, {"a/b": b"1", "c": b"2"})
    first = light.scan()
    again = light.scan()
    assert (first.tally.new.files, again.tally.new.files, again.tally.taken.files) == (2, 0, 2)
    assert again.manifest.digest == first.manifest.digest
    part = light.scan("a")
    assert (part.folder, list(light.manifest(part))) == ("a", ["a/b"])


def test_the_manifest_is_one_json_text_without_a_server_path(light: Scanning) -> None:
    outcome = scan_of(light, {"a/ü\n": b"1"}, "a")
    text = light.read(outcome.manifest.digest)
    assert json.loads(text)["folder"] == "a"
    assert text.startswith(b'{"files":[{"format":null,"kind":"other","oid":"')
    assert text.endswith(b'"size":1}],"folder":"a","version":1}')
    assert str(light.root).encode() not in text
    assert outcome.manifest.content_type == "application/json"


def test_what_is_skipped_is_counted_by_reason_and_told(light: Scanning) -> None:
    files: dict[str, bytes | str] = {f"out{number:02}": "/etc/passwd" for number in range(25)}
    outcome = scan_of(light, files | {"a": b"1", ".git/config": b""})
    assert outcome.skips.tell() == {
        "count": 26,
        "reasons": {
            "bookkeeping": {"count": 1, "first": [".git"]},
            "leads_out": {"count": 25, "first": [f"out{number:02}" for number in range(20)]},
        },
    }
    assert light.told.lines == [
        "27 files of 1 bytes are there",
        "skipped 1: what git or the Hub's client keep for themselves; the first: .git",
        "skipped 25: a link that leads out of the root; the first: out00",
    ]


def test_of_a_long_path_that_is_skipped_the_beginning_is_told(light: Scanning) -> None:
    long = "/".join(["d" * 200] * 3)
    outcome = scan_of(light, {f"{long}/out": "/etc"})
    told = {"count": 1, "first": [f"{long[:500]}..."]}
    assert outcome.skips.tell() == {"count": 1, "reasons": {"leads_out": told}}


def test_an_empty_folder_has_an_empty_manifest(light: Scanning) -> None:
    light.root.mkdir()
    outcome = light.scan()
    assert (light.manifest(outcome), outcome.tally.taken.files) == ({}, 0)


def test_a_file_that_changes_and_one_that_may_not_be_read_are_told_and_the_others_come(
    light: Scanning, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files(light.root, {"changing": b"1", "good": b"2", "shut": b"3"})
    fail_to_open(monkeypatch, "shut", EACCES)
    honest = ScanTally.on_read

    def on_read(tally: ScanTally, count: int) -> None:
        with (light.root / "changing").open("ab") as file:
            file.write(b"more")
        honest(tally, count)

    monkeypatch.setattr(ScanTally, "on_read", on_read)
    outcome = light.scan()
    assert outcome.skips.tell() == {
        "count": 2,
        "reasons": {
            "unreadable": {"count": 1, "first": ["shut"]},
            "changed": {"count": 1, "first": ["changing"]},
        },
    }
    assert list(light.manifest(outcome)) == ["good"]


def test_what_repositories_wait_for_is_completed_and_their_snapshots_appear(
    scanning: Scanning,
) -> None:
    weights, config = lfs("weights" * 10), plain("{}")
    list_files(scanning, {"model.safetensors": weights, "config.json": config})
    missing = {"copy/model.safetensors": weights, "missing.bin": lfs("elsewhere")}
    list_files(scanning, missing, OTHER)
    outcome = scan_of(scanning, {"any/weights.bin": weights.data, "any/text": config.data})
    assert states(scanning) == {"model.safetensors": "completed", "config.json": "completed"}
    assert states(scanning, OTHER) == {
        "copy/model.safetensors": "completed",
        "missing.bin": "pending",
    }
    assert outcome.tally.artifacts == 3
    [published] = outcome.published
    repository = scanning.mirrored.mirror.registry.find(NAME)
    assert (published.name, published.snapshot.commit) == (NAME, repository.head)
    assert scanning.told.lines[-1] == (
        f"the snapshot of org/small at {published.snapshot.commit} is complete"
    )
    assert scanning.scan().published == []


def test_the_contents_of_files_in_lfs_and_of_others_are_not_mistaken(light: Scanning) -> None:
    """Git's name of a file in LFS is that of its pointer."""
    pointer, weights = plain("the pointer"), lfs("weights")
    listed = weights.listed_as("model.bin")
    mirrored = light.mirrored
    commit, repository = mirrored.hub.commit({}), mirrored.register()
    listing = begin_listing(mirrored.database, repository.repository_id, commit, {})
    oid = pointer.listed_as("x").oid
    listing.take([replace(listed, oid=oid)], {})
    listing.finish(mirrored.clock)
    scan_of(light, {"pointer": pointer.data})
    assert states(light) == {"model.bin": "pending"}
    scan_of(light, {"weights": weights.data})
    assert states(light) == {"model.bin": "completed"}


def test_more_artifacts_than_one_batch_wait_for_one_file(
    light: Scanning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "BATCH", 3)
    same = plain("the same")
    list_files(light, {f"{number}.txt": same for number in range(8)})
    assert scan_of(light, {"one": same.data}).tally.artifacts == 8
    assert set(states(light).values()) == {"completed"}


def test_a_repository_that_is_synced_after_a_scan_moves_no_byte(scanning: Scanning) -> None:
    weights, config = lfs("weights" * 100), plain("{}")
    scan_of(scanning, {"a": weights.data, "b": config.data})
    mirrored = scanning.mirrored
    mirrored.hub.commit({"model.safetensors": weights, "config.json": config})
    mirrored.register()
    outcome = sync(mirrored.mirror, NAME, mirrored.told)
    assert outcome.snapshot is not None
    assert (mirrored.fetcher.moved, mirrored.hub.located) == (0, [])


def test_the_cache_of_the_hubs_own_client_is_taken_by_its_names(
    light: Scanning, judge: Judge, stand_in_hub: StandInHub
) -> None:
    from huggingface_hub import snapshot_download

    files = {"config.json": b"{}", "sub/model.safetensors": b"w" * 100_000}
    repo = stand_in_hub.add(RepoSpec("org/name", files))
    snapshot_download("org/name", cache_dir=light.root, endpoint=stand_in_hub.endpoint, token=False)
    outcome = light.scan()
    snapshot = f"models--org--name/snapshots/{repo.head}"
    told = light.manifest(outcome)
    assert {path: each["sha256"] for path, each in told.items() if snapshot in path} == {
        f"{snapshot}/{name}": Digest.of(content).hex for name, content in files.items()
    }
    assert [path for path in told if "/blobs/" in path] == []
    assert light.mirrored.store.stat(Digest.of(b"{}")).content_type == "application/json"
    assert (outcome.tally.new.files, light.told.percents[-1]) == (2, 100)


def test_a_blob_of_the_cache_that_no_name_leads_to_is_taken(light: Scanning) -> None:
    outcome = scan_of(light, {"models--org--name/blobs/abc": b"orphan"})
    assert list(light.manifest(outcome)) == ["models--org--name/blobs/abc"]


def test_a_file_of_several_names_is_read_once_and_told_by_each(
    light: Scanning, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files(light.root, {"a": b"content"})
    os.link(light.root / "a", light.root / "b")
    taken: list[str] = []
    honest = ScanIntake.take

    def take(intake: ScanIntake, file: FileIO, name: str) -> ScannedContent:
        taken.append(name)
        return honest(intake, file, name)

    monkeypatch.setattr(ScanIntake, "take", take)
    outcome = light.scan()
    assert (list(light.manifest(outcome)), taken) == (["a", "b"], ["a"])
    assert (outcome.tally.taken.files, outcome.tally.new.files) == (2, 1)
    monkeypatch.setattr(scan, "REMEMBERED", 0)
    light.scan()
    assert taken == ["a", "a", "b"]


def test_what_was_registered_before_a_scan_is_cut_off_stays(
    light: Scanning, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = [f"{number}".encode() for number in range(5)]
    make_files(light.root, {each.decode(): each for each in contents})
    names = [git_name(each) for each in contents]

    def end(*_: object) -> None:
        if len(recall(light.mirrored.database, names)) == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(scan, "BATCH", 2)
        patch.setattr(light.told, "progress", end)
        with pytest.raises(KeyboardInterrupt):
            light.scan()
    outcome = light.scan()
    assert (outcome.tally.taken.files, outcome.tally.new.files) == (5, 0)


def test_much_is_registered_before_there_are_many(
    light: Scanning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "SOME_BYTES", 10)
    batches: list[int] = []

    def count(session: Session, blobs: Collection[GitBlob]) -> None:
        batches.append(len(blobs))
        remember(session, blobs)

    monkeypatch.setattr("data_bank_api.hub.scan.remember", count)
    scan_of(light, {"a": b"0123456789", "b": b"01234567", "c": b"89", "d": b"x"})
    assert batches == [1, 2, 1]


def test_a_scan_that_is_ended_stops_its_threads_and_closes_what_is_open(
    light: Scanning, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files(light.root, {f"{number}": b"content" for number in range(20)})
    threads, files = threading.active_count(), len(os.listdir("/dev/fd"))
    honest, stopped = ScanIntake.take, list[bool]()

    def take(intake: ScanIntake, file: FileIO, name: str) -> ScannedContent:
        stopped.append(intake.halt.wait(30))
        return honest(intake, file, name)

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ScanIntake, "take", take)
    monkeypatch.setattr(light.told, "progress", end)
    with pytest.raises(KeyboardInterrupt):
        light.scan()
    assert len(stopped) >= scan.PLACES
    assert all(stopped)
    assert (threading.active_count(), len(os.listdir("/dev/fd"))) == (threads, files)


def test_a_full_bank_ends_the_scan(light: Scanning, monkeypatch: pytest.MonkeyPatch) -> None:
    make_files(light.root, {f"{number}": f"{number}".encode() for number in range(100)})

    def fail(*_: object) -> None:
        raise InsufficientStorageClientError("the disk is full")

    monkeypatch.setattr(ScanIntake, "_store", fail)
    with pytest.raises(InsufficientStorageClientError):
        light.scan()
    assert light.mirrored.store.list("", None, 10) == []


def test_progress_is_told_while_a_large_file_is_read(
    light: Scanning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "TICK", 0.01)
    make_files(light.root, {"large": bytes(3_000_000)})
    is_told, honest = threading.Event(), ScanTally.on_read

    def tell(percent: float, *_: object) -> None:
        if 0 < percent < 100:
            is_told.set()

    def on_read(tally: ScanTally, count: int) -> None:
        honest(tally, count)
        assert is_told.wait(30)

    monkeypatch.setattr(light.told, "progress", tell)
    monkeypatch.setattr(ScanTally, "on_read", on_read)
    assert light.scan().tally.taken.bytes == 3_000_000


def test_thousands_of_files_are_counted_before_they_are_read(
    light: Scanning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_OFTEN", 10)
    outcome = scan_of(light, {f"{number}": b"" for number in range(30)})
    assert light.told.percents[:4] == [0, 0, 0, pytest.approx(100 / 30)]
    assert outcome.tally.taken.files == 30


def test_a_folder_that_is_not_there_is_not_scanned(light: Scanning) -> None:
    light.root.mkdir()
    with pytest.raises(NotFoundError):
        light.scan("missing")
    assert light.mirrored.store.list("", None, 10) == []
