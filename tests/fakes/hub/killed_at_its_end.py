"""A process that is killed at each call with which a download ends, a new child for each.

    python -m tests.fakes.hub.killed_at_its_end ROOT before|after

All parts have come: nothing is asked for any more. For the n-th call a child works in ROOT/n until
it is killed there. Prints how many were.
"""

import os
import sys
from pathlib import Path

import httpx2

from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.receive import Receiver
from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.download import Downloader
from data_bank_api.hub.expected import Sha256
from data_bank_api.hub.located import Located
from data_bank_api.hub.part_map import PartMap
from data_bank_api.hub.spool import Spool
from data_bank_api.hub.syncing import Syncing
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo
from tests.fakes.disk import open_store
from tests.fakes.hub.downloading import LARGE, PART, content_of
from tests.fakes.systems import KillingSystem

WEIGHTS = content_of(LARGE)
DIGEST = Digest.of(WEIGHTS)
EXPECTED = Sha256(DIGEST)


def bring_all(folder: Path) -> None:
    """What is there when the last part has come."""
    spool = Spool.open(folder / "spool", EXPECTED.name, lambda _: None, Syncing())
    spool.prepare(PartMap(LARGE, PART, "etag"), 0)
    for part in spool.parts.parts():
        spool.write(part.start, WEIGHTS[part.start : part.stop])
        spool.settle(part)
    spool.close()


def fetch(folder: Path, system: System) -> FileInfo:
    """Raises httpx2's UnsupportedProtocol where a byte is asked for."""
    store = open_store(folder, system)
    with httpx2.Client() as http:
        downloader = Downloader(http, folder / "spool", store, ByteBudget(PART), system=system)
        return downloader.fetch(
            lambda _: Located("nowhere:", {}, LARGE, "etag", DIGEST, None),
            LARGE,
            EXPECTED,
            Receiver(store, 0),
        )


def is_killed(folder: Path, system: System) -> bool:
    child = os.fork()
    if child == 0:
        fetch(folder, system)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(top: Path, *, is_after: bool) -> int:
    at = 0
    while True:
        at += 1
        bring_all(top / str(at))
        if not is_killed(top / str(at), KillingSystem(at, is_after=is_after)):
            return at - 1


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), is_after=sys.argv[2] == "after"))
