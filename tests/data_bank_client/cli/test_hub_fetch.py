"""`databank hub fetch`, against a fake bank over a real connection."""

from pathlib import Path

import msgspec
import pytest

from data_bank_client.cli.hub_manifest import place_in, read_manifest
from data_bank_client.errors import InvalidInputError, UnexpectedAnswerError
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.cli.conftest import CommandLine
from tests.data_bank_client.fake_bank import FakeBank
from tests.data_bank_client.fake_hub import (
    COMMIT,
    REPOS,
    SNAPSHOT,
    answering,
    listing,
    repository,
)
from tests.data_bank_client.fake_jobs import JobBank

CONFIG, EMPTY = Digest.of(b"{}").hex, Digest.of(b"").hex
FILES = {"config.json": b"{}", "deep/er/# odd \u00a0%.txt": b"", "again.json": b"{}"}


class MirrorBank(JobBank):
    """A JobBank that has files, too; its one snapshot is of these."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__()
        self.stored = FakeBank(*files.values())
        self.kept["GET /v1/hub/repos"] = listing(repository())
        self.snapshot(*((name, Digest.of(content).hex) for name, content in files.items()))

    def snapshot(self, *files: tuple[str, str]) -> None:
        """Of these names and ids."""
        told = [
            {"path": name, "sha256": digest, "size": len(self.stored.files[digest])}
            for name, digest in files
        ]
        manifest = msgspec.json.encode({"commit": COMMIT, "files": told, "version": 1})
        manifest_id = Digest.of(manifest).hex
        self.stored.files[manifest_id] = manifest
        snapshot = {**SNAPSHOT, "manifest_id": manifest_id}
        self.kept[f"GET {REPOS}/snapshots/{COMMIT}"] = answering(200, snapshot)
        for digest in self.stored.files:
            self.kept[f"GET /files/{digest}"] = self.stored.handle


@pytest.fixture
def bank() -> MirrorBank:
    return MirrorBank(FILES)


def found_in(folder: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


def test_fetch_makes_a_folder_of_the_newest_snapshot(
    databank: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = databank("hub", "fetch", "org/name")
    assert (ran.exit_code, ran.err) == (0, "")
    assert found_in(tmp_path / "name") == FILES
    assert ran.out.decode().splitlines()[0] == f"{CONFIG}  name/config.json"


def test_fetch_tells_machines_of_each_file(databank: CommandLine, tmp_path: Path) -> None:
    ran = databank("hub", "fetch", "org/name", "--commit", COMMIT, "-o", tmp_path, "--json")
    assert ran.records[1] == {
        "file_id": EMPTY,
        "path": str(tmp_path / "deep/er/# odd \u00a0%.txt"),
        "size": 0,
    }
    assert found_in(tmp_path) == FILES


def test_fetch_fetches_only_what_is_not_there(
    bank: MirrorBank, databank: CommandLine, tmp_path: Path
) -> None:
    databank("hub", "fetch", "org/name", "-o", tmp_path)
    (tmp_path / "config.json").write_bytes(b"[]")
    (tmp_path / "again.json").write_bytes(b"longer")
    before = len(bank.stored.requests)
    assert databank("hub", "fetch", "org/name", "-o", tmp_path).exit_code == 0
    asked = [each.url.path for each in bank.stored.requests[before:]]
    assert asked[1:] == [f"/prefix/files/{CONFIG}"] * 2
    assert found_in(tmp_path) == FILES


@pytest.mark.parametrize(
    "name", ["../out", "/out", "a//b", "a/./b", "C:/x", "a\\b", "a\0b", "", "a/.Git/config"]
)
def test_a_name_that_leads_elsewhere_writes_nothing(
    bank: MirrorBank, databank: CommandLine, tmp_path: Path, name: str
) -> None:
    bank.snapshot(("config.json", CONFIG), (name, CONFIG))
    ran = databank("hub", "fetch", "org/name", "-o", tmp_path / "folder")
    assert (ran.exit_code, ran.out) == (2, b"")
    assert ran.err.startswith("databank: ")
    assert list(tmp_path.iterdir()) == []


def test_odd_names_that_lead_nowhere_else_are_files(tmp_path: Path) -> None:
    for name in ("1:2.txt", "a/b:c", ".github/x", "é:1", "#1 %20"):
        assert place_in(tmp_path, name) == tmp_path / name


def test_a_link_in_the_folder_is_not_followed_out_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "deep").symlink_to(tmp_path)
    with pytest.raises(InvalidInputError, match="would not be a file in"):
        place_in(folder, "deep/x")
    assert place_in(folder, "other/x") == folder / "other" / "x"


def test_a_repository_without_a_snapshot_says_what_to_do(
    bank: MirrorBank, databank: CommandLine, tmp_path: Path
) -> None:
    fresh = repository()
    fresh["head"] = None
    bank.kept["GET /v1/hub/repos"] = listing(fresh)
    ran = databank("hub", "fetch", "org/name", "-o", tmp_path)
    said = "databank: org/name has no snapshot yet: databank hub download org/name\n"
    assert (ran.exit_code, ran.err) == (4, said)
    assert databank("hub", "fetch", "org/name", "--commit", "main").exit_code == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"x":' + b"[" * 100_000,
        b"\xff",
        b"[]",
        b'{"files":[{"path":"x"}]}',
        b'{"files":[{"path":"x","sha256":"../x","size":1}]}',
    ],
)
def test_what_is_no_manifest_is_unexpected(content: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError, match="manifest"):
        read_manifest(content)
