"""A file in the tree of a commit, as the Hub lists it."""

from dataclasses import dataclass

from data_bank_api.hub.hub_path import HubPath
from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class TreeFile:
    """`size` in bytes. `oid`: the git SHA-1 of the blob, for a file in LFS that of its pointer.

    `sha256`: of the bytes, known before one of them moves; None for a file that is not in LFS.
    """

    path: HubPath
    size: int
    oid: str
    sha256: Digest | None = None
