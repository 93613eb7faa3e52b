"""A folder of the server's disk that is scanned into a bank in memory, and what comes of it."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from errno import errorcode
from pathlib import Path

import pytest

from data_bank_api.hub.scan import Scanner, ScanOutcome
from data_bank_api.hub.scan_path import ScanPath
from data_bank_api.hub.scan_roots import ScanRoots
from data_bank_api.hub.scan_tree import Tree
from data_bank_api.hub.scan_walk import Found, walk
from data_bank_client.wire.digest import Digest
from tests.fakes.hub_in_memory import Mirrored, Told


def make_files(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """A text is where a link leads to."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            place.symlink_to(content)
        else:
            place.write_bytes(content)
    return folder


def git_name(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@contextmanager
def tree_of(root: Path, *own: Path) -> Iterator[Tree]:
    with closing(Tree(root, own)) as tree:
        yield tree


def seen_below(root: Path, *parts: str, own: tuple[Path, ...] = ()) -> dict[str, bytes | str]:
    """What a walk finds: the contents of files, the reasons for what is skipped."""
    found: dict[str, bytes | str] = {}
    with tree_of(root, *own) as tree:
        for each in walk(tree, parts):
            if isinstance(each, Found):
                with each.open() as file:
                    found[each.path] = file.read()
            else:
                found[each.path] = each.reason.code
    return found


def fail_to_open(monkeypatch: pytest.MonkeyPatch, name: str, error: int) -> None:
    """What the system would say to who is not root."""
    honest = os.open

    def open_(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == name:
            raise OSError(error, errorcode[error])
        return honest(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", open_)


@dataclass
class Scanning:
    """Scans `root`, or a folder below it, into the bank of a mirror in memory."""

    mirrored: Mirrored
    root: Path
    own: tuple[Path, ...] = ()
    told: Told = field(default_factory=Told)

    @property
    def scanner(self) -> Scanner:
        mirrored = self.mirrored
        roots = ScanRoots((self.root,), self.own)
        receiver = mirrored.mirror.receiver
        return Scanner(mirrored.database, mirrored.store, receiver, roots, mirrored.clock)

    def scan(self, path: str = ".") -> ScanOutcome:
        return self.scanner.scan(ScanPath.parse(path), self.told)

    def read(self, digest: Digest) -> bytes:
        blob = self.mirrored.store.open(digest)
        return blob.read(0, blob.info.size)

    def manifest(self, outcome: ScanOutcome) -> dict[str, dict[str, object]]:
        """What it says of each path."""
        files = json.loads(self.read(outcome.manifest.digest))["files"]
        return {each.pop("path"): each for each in files}
