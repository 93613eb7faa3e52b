"""How many files a store holds, told by the first of them: never by going through all.

Digests are spread evenly. So where the first n of them end at a share s of all digests that there
can be, there are about (n - 1) / s files: for a thousand that is right to about three in a hundred.
Their sizes are not even, so the bytes are told only where all files were seen.
"""

from dataclasses import dataclass

from data_bank_api.blobs.store import BlobLister
from data_bank_client.wire.digest import Digest

SEEN = 1000

_ALL_DIGESTS = 2**256


@dataclass(frozen=True, slots=True)
class Holdings:
    """`size` in bytes; None where `files` is an estimate."""

    files: int
    size: int | None


def estimate(store: BlobLister, seen: int = SEEN) -> Holdings:
    """Exact for up to `seen` files."""
    found = store.list("", None, seen + 1)
    if len(found) > seen:
        return Holdings(files_by(found[-1].digest, len(found)), None)
    return Holdings(len(found), sum(each.size for each in found))


def files_by(last: Digest, count: int) -> int:
    """About how many files there are, where the `count`th of them is `last`."""
    return max(count, (count - 1) * _ALL_DIGESTS // (int(last.hex, 16) + 1))
