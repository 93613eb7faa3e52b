"""Where the bytes of a file are just now, and what the Hub said of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from data_bank_client.wire.digest import Digest

# Rests for so many seconds, and may raise where somebody asks for an end.
Rest = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Located:
    """What `Hub.locate` found. The address may be signed and the headers may hold the token.

    So neither belongs in a log, and neither is kept: an address is good for about an hour.
    `size` in bytes where the Hub says it, which of a small file it mostly does not; `sha256` of
    one in LFS; `etag` as it stood in the answer, without quotes; `commit` the commit that
    answered. Redirects from here are not followed.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    size: int | None
    etag: str | None
    sha256: Digest | None
    commit: str | None
