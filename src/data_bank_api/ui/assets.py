"""Style, scripts and what is vendored: `static/`, each file at an address with its digest.

    /ui/static/1f2e3d4c5b6a/pages.css

An address never has other bytes, so browsers keep them for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from starlette.responses import Response

from data_bank_api.ui.headers import GUARDS
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.digest import Digest

PATH = "/ui/static/{digest}/{name}"

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_NAMES = ("pages.css", "reports.css", "icon.svg", "live.js", "upload.js", "vendor/htmx.min.js")
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    content: bytes

    @property
    def address(self) -> str:
        return PATH.format(digest=Digest.of(self.content).hex[:_DIGITS], name=self.name)

    def answer(self) -> Response:
        headers = {**GUARDS, "cache-control": "public, max-age=31536000, immutable"}
        kind = _TYPES[self.name.rpartition(".")[2]]
        return Response(self.content, 200, headers, kind)


@dataclass(frozen=True, slots=True)
class Assets:
    by_address: Mapping[str, Asset]

    @classmethod
    def load(cls) -> "Assets":
        static = files("data_bank_api.ui").joinpath("static")
        found = [
            Asset(name.rpartition("/")[2], static.joinpath(name).read_bytes()) for name in _NAMES
        ]
        return cls({each.address: each for each in found})

    def address(self, name: str) -> str:
        """Raises StopIteration for a name that no asset has: a template is wrong."""
        return next(each.address for each in self.by_address.values() if each.name == name)

    def find(self, digest: str, name: str) -> Asset:
        """Raises NotFoundError."""
        address = PATH.format(digest=digest, name=name)
        if address not in self.by_address:
            raise NotFoundError("there is nothing at this address")
        return self.by_address[address]
