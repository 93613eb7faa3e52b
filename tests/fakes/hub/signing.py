"""Addresses of the storage host that are good for a while, for one content.

They name it by its sha256; whoever has the address gets the bytes, with no token.
`expire` ends all that were given so far.
"""

import hashlib
import hmac
import time
from urllib.parse import quote, urlencode

from tests.fakes.hub.content import Content, RepoFile
from tests.fakes.hub.messages import Request


class Signatures:
    """`lifetime` is in seconds."""

    def __init__(self, lifetime: float = 3600) -> None:
        self.lifetime = lifetime
        self._contents: dict[str, Content] = {}
        self._round = 0

    def sign(self, storage: str, file: RepoFile) -> str:
        name, until = file.content.sha256, time.time() + self.lifetime
        self._contents[name] = file.content
        shown = quote(file.path.rpartition("/")[2], errors="replace")
        query = {
            "response-content-disposition": f"inline; filename*=UTF-8''{shown};",
            "Expires": f"{until:.3f}",
            "Signature": self._signature(name, f"{until:.3f}"),
            "Key-Pair-Id": "K0STANDIN",
        }
        return f"{storage}/repos/{name[:2]}/{name}?{urlencode(query)}"

    def expire(self) -> None:
        self._round += 1

    def find(self, request: Request) -> Content | None:
        """What a good address names; None for one that is over or was made up."""
        name, until = request.path.rpartition("/")[2], request.one("Expires")
        known = self._signature(name, until)
        if not hmac.compare_digest(known, request.one("Signature")) or time.time() > float(until):
            return None
        return self._contents.get(name)

    def _signature(self, name: str, until: str) -> str:
        return hashlib.sha256(f"{self._round}:{name}:{until}".encode()).hexdigest()
