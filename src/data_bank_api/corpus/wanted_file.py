"""A file that somebody asks for by its https address, and what is said of it."""

from dataclasses import dataclass
from urllib.parse import unquote

import httpx2

from data_bank_client.wire.digest import Digest

LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class WantedFile:
    """`content_type` and `name` as somebody said them; `digest` is what the file must have."""

    url: httpx2.URL
    digest: Digest | None = None
    content_type: str | None = None
    name: str | None = None

    @property
    def shown_name(self) -> str:
        """As it was given, or as the address ends; percent-encoded where else it hid something."""
        if self.name is not None:
            return self.name
        last = self.url.raw_path.decode("ascii").partition("?")[0].rpartition("/")[2]
        return (unquote(last) if is_name(unquote(last)) else last)[:LONGEST_NAME]


def is_name(text: str) -> bool:
    """Whether it can be a file's name: printable, without a slash, neither empty nor too long."""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and "/" not in text
