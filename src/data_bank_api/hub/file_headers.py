"""What the Hub's answer says of a file in its headers; what cannot be read was not said.

A redirect to the bytes has them too. Its `Content-Length` is its own, not the file's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from data_bank_api.hub.revision import is_commit
from data_bank_client.wire.digest import Digest

_SIZE = re.compile(r"\A[0-9]{1,16}\Z")
_ETAG = re.compile(r'\A(?:W/)?"?([\x21\x23-\x7e]{1,128})"?\Z')
_SHA256 = re.compile(r"\A[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class FileHeaders:
    """`linked_size`, `sha256`: of a file in LFS. `size`: of the answer itself. In bytes."""

    commit: str | None
    etag: str | None
    sha256: Digest | None
    linked_size: int | None
    size: int | None

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> Self:
        commit = headers.get("x-repo-commit", "")
        linked = _etag(headers.get("x-linked-etag", ""))
        return cls(
            commit=commit if is_commit(commit) else None,
            etag=linked or _etag(headers.get("etag", "")),
            sha256=Digest.parse(linked) if linked is not None and _SHA256.match(linked) else None,
            linked_size=_size(headers.get("x-linked-size", "")),
            size=_size(headers.get("content-length", "")),
        )

    @property
    def is_about_a_file(self) -> bool:
        """Whether it is more than a redirect on the way."""
        return self.commit is not None and self.etag is not None


def _size(text: str) -> int | None:
    return int(text) if _SIZE.match(text) else None


def _etag(text: str) -> str | None:
    """Without quotes."""
    found = _ETAG.match(text)
    return None if found is None else found.group(1)
