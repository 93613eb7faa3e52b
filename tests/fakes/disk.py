"""A disk store in a folder: made, looked at as a reader and as an operator sees it, and damaged."""

import os
from collections.abc import Callable
from pathlib import Path

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.mend import Mended, mend_shards, sweep_drafts
from data_bank_api.blobs.disk.sidecar import read_sidecar
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System
from data_bank_client.errors import FileQuarantinedError, NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo
from tests.fakes.files import fetch, put

# What a reader gets: the file and its bytes, or the name of the error.
Seen = tuple[FileInfo, bytes] | str


def open_store(root: Path, system: System | None = None, min_free: int = 0) -> DiskStore:
    (root / "tmp").mkdir(parents=True, exist_ok=True)
    return DiskStore(str(root), min_free, system)


def bring(root: Path, content: bytes) -> Path:
    """A file on the store's disk that may be adopted."""
    path = root / "spool" / "brought"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def take_back(root: Path, content: bytes) -> None:
    """Remove what was brought, which is whole where it was left."""
    path = root / "spool" / "brought"
    if path.exists():
        assert path.read_bytes() == content
        path.unlink()


def look(root: Path, digest: Digest) -> Seen:
    store = DiskStore(str(root))
    try:
        return store.stat(digest), fetch(store, digest)
    except NotFoundError:
        return "missing"
    except FileQuarantinedError:
        return "damaged"


def files_in(root: Path) -> list[str]:
    """All below the root that is no folder, by its path in it."""
    found = (path for path in root.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(str(path.relative_to(root)) for path in found)


def names_of(digest: Digest) -> list[str]:
    """The two files of a stored blob, by their paths in the root."""
    stem = f"{digest.hex[:2]}/{digest.hex[2:4]}/{digest.hex}"
    return [f"{stem}.bin", f"{stem}.meta"]


def is_tidy(root: Path, digest: Digest, found: Seen) -> bool:
    """Whether the root holds what belongs to what a reader sees, and nothing else."""
    blob, sidecar = names_of(digest)
    in_quarantine = [blob.replace(".bin", ".bad"), sidecar]
    if found == "missing":
        return files_in(root) == []
    allowed = [[blob, sidecar]] + ([in_quarantine] if found == "damaged" else [])
    return files_in(root) in allowed


def is_sidecar_valid(root: Path, digest: Digest) -> bool:
    return read_sidecar(Layout(str(root)).sidecar(digest), digest) is not None


def restart(root: Path) -> tuple[int, Mended]:
    """What a start of the service does about what the last one left."""
    system, store = System(), DiskStore(str(root))
    return sweep_drafts(str(root), system), mend_shards(str(root), store, system, lambda: False)


Scenario = Callable[[Path, bytes], None]


def nothing(root: Path, content: bytes) -> None:
    open_store(root)


def stored(root: Path, content: bytes) -> None:
    put(open_store(root), content)


def cut_short(root: Path, content: bytes) -> None:
    stored(root, content)
    os.truncate(_blob(root, content), len(content) // 2)


def overwritten(root: Path, content: bytes) -> None:
    stored(root, content)
    _blob(root, content).write_bytes(b"x" * len(content))


def grown(root: Path, content: bytes) -> None:
    stored(root, content)
    _blob(root, content).write_bytes(content + b"more")


def without_sidecar(root: Path, content: bytes) -> None:
    stored(root, content)
    _sidecar(root, content).unlink()


def with_broken_sidecar(root: Path, content: bytes) -> None:
    stored(root, content)
    _sidecar(root, content).write_bytes(b"size=")


def with_stray_sidecar(root: Path, content: bytes) -> None:
    stored(root, content)
    _blob(root, content).unlink()


def linked_away(root: Path, content: bytes) -> None:
    stored(root, content)
    _blob(root, content).unlink()
    _blob(root, content).symlink_to("/dev/null")


def condemned(root: Path, content: bytes) -> None:
    overwritten(root, content)
    blob = open_store(root).open(Digest.of(content))
    assert blob.condemn()
    blob.close()


SCENARIOS: tuple[Scenario, ...] = (
    nothing,
    stored,
    cut_short,
    overwritten,
    grown,
    without_sidecar,
    with_broken_sidecar,
    with_stray_sidecar,
    linked_away,
    condemned,
)


def _blob(root: Path, content: bytes) -> Path:
    return Path(Layout(str(root)).blob(Digest.of(content)))


def _sidecar(root: Path, content: bytes) -> Path:
    return Path(Layout(str(root)).sidecar(Digest.of(content)))
