"""Where things lie below the data root.

    ab/cd/<sha256>.bin     a blob; the digest begins with abcd
    ab/cd/<sha256>.meta    its sidecar
    ab/cd/<sha256>.bad     a copy in quarantine: kept, not served, gone when an upload replaces it
    tmp/<uuid>             an unfinished upload, locked by the process that writes it
    spool/                 downloads under way: on this disk, for they become blobs by their rename
    state/                 not the store's (STATE_ROOT)

Shards (`ab`, `ab/cd`) are made when first needed and never removed.
"""

import os
import re
from os.path import samestat

from data_bank_client.wire.digest import Digest

_SHARD = re.compile(r"\A[0-9a-f]{2}\Z")
_BLOB = re.compile(r"\A([0-9a-f]{64})\.(bin|meta|bad)\Z")


class Layout:
    def __init__(self, root: str) -> None:
        self.root = root
        self.tmp = os.path.join(root, "tmp")
        self.spool = os.path.join(root, "spool")

    def parent(self, digest: Digest) -> str:
        """`ab`"""
        return f"{self.root}/{digest.hex[:2]}"

    def shard(self, digest: Digest) -> str:
        """`ab/cd`"""
        return f"{self.root}/{digest.hex[:2]}/{digest.hex[2:4]}"

    def blob(self, digest: Digest) -> str:
        return f"{self.shard(digest)}/{digest.hex}.bin"

    def condemned(self, digest: Digest) -> str:
        return f"{self.shard(digest)}/{digest.hex}.bad"

    def sidecar(self, digest: Digest) -> str:
        return f"{self.shard(digest)}/{digest.hex}.meta"


def is_shard(name: str) -> bool:
    return _SHARD.match(name) is not None


def parse_name(name: str) -> tuple[Digest, str] | None:
    """The digest and the kind (`bin`, `meta`, `bad`) of a file in a shard; None for a stranger."""
    match = _BLOB.match(name)
    return None if match is None else (Digest(match[1]), match[2])


def is_at(path: str, fd: int) -> bool:
    """Whether the path names the file that is open, and not another one by now."""
    try:
        return samestat(os.lstat(path), os.fstat(fd))
    except OSError:
        return False
