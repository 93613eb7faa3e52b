"""Uploads to a real disk that is too small for them. Prints a line of JSON.

    python -m tests.fakes.small_disk FOLDER

Run within a mount namespace of its own, where it may mount a tmpfs on FOLDER.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from data_bank_api.blobs.disk.prepare import prepare
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.receive import Declared, Receiver
from data_bank_api.config import SettingsError
from data_bank_client.errors import InsufficientStorageClientError, ServiceUnavailableError
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import files_in, look

SIZE = 4 * 1024 * 1024
CHUNK = 64 * 1024


def mount(folder: Path) -> None:
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    subprocess.run(command, check=True)


def content_of(number: int) -> bytes:
    return number.to_bytes(4, "big") * (CHUNK * 3 // 4)


def upload(store: DiskStore, content: bytes, declared: Declared) -> bool:
    """Whether there was room. Other errors end the script."""
    intake = Receiver(store, 0).begin(declared)
    try:
        intake.open()
        for start in range(0, len(content), CHUNK):
            intake.write(content[start : start + CHUNK])
        intake.finish("text/plain")
    except InsufficientStorageClientError:
        return False
    finally:
        intake.discard()
    return True


def fill(root: Path, *, is_declared: bool) -> dict[str, object]:
    mount(root)
    prepare(root, root / "state", System())
    store = DiskStore(str(root))
    kept: list[bytes] = []
    content = content_of(0)
    while upload(store, content, Declared(size=len(content) if is_declared else None)):
        kept.append(content)
        content = content_of(len(kept))
    found: dict[str, object] = {
        "kept": len(kept),
        "are_whole": all(_is_whole(root, each) for each in kept),
        "is_refused_gone": look(root, Digest.of(content)) == "missing",
        "drafts": len(os.listdir(root / "tmp")),
        "files": len(files_in(root)),
        "is_ready": _is_ready(root),
    }
    store.remove(Digest.of(kept.pop()))
    return {**found, "is_room_used_again": upload(store, content, Declared(size=len(content)))}


def _is_whole(root: Path, content: bytes) -> bool:
    found = look(root, Digest.of(content))
    return not isinstance(found, str) and found[1] == content


def _is_ready(root: Path) -> bool:
    """Of a disk that is full, but for what uploads must leave free."""
    try:
        DiskStore(str(root), min_free=SIZE).check()
    except ServiceUnavailableError:
        return False
    return True


def refusal(root: Path) -> str:
    """What a start says to a folder for drafts on a disk of its own."""
    mount(root / "tmp")
    try:
        prepare(root, root / "state", System())
    except SettingsError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    top = Path(sys.argv[1])
    print(
        json.dumps(
            {
                "declared": fill(top / "declared", is_declared=True),
                "undeclared": fill(top / "undeclared", is_declared=False),
                "refusal": refusal(top / "split"),
            }
        )
    )
