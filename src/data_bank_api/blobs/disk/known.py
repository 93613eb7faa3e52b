"""What was read of sidecars lately, so that a blob that is opened again needs no parsing.

A line counts only while the blob and its sidecar are the very files that it was read from:
same inode, same time of change. So nothing has to be told of an upload, a removal or a repair,
in this process or in another.
"""

import os
import threading
from dataclasses import dataclass

from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

_MOST = 4096

Mark = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a blob, and the marks of the two files that say so."""

    info: FileInfo
    blob: Mark
    sidecar: Mark


def mark_of(found: os.stat_result) -> Mark:
    return found.st_dev, found.st_ino, found.st_ctime_ns, found.st_size


class KnownInfos:
    """Bounded: the line that came first goes first."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lines: dict[Digest, Known] = {}
        self._turn = threading.Lock()

    def get(self, digest: Digest) -> Known | None:
        return self._lines.get(digest)

    def keep(self, known: Known) -> None:
        with self._turn:
            self._lines[known.info.digest] = known
            if len(self._lines) > self._most:
                del self._lines[next(iter(self._lines))]
