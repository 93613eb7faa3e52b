"""A file that somebody asks for by its https address, and what is said of it."""

from dataclasses import dataclass

import httpx2

from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class WantedFile:
    """`content_type` and `name` as somebody said them; `digest` is what the file must have."""

    url: httpx2.URL
    digest: Digest | None = None
    content_type: str | None = None
    name: str | None = None

    @property
    def shown_name(self) -> str:
        """As it was given, or as the address ends."""
        return self.name or self.url.path.rpartition("/")[2]
