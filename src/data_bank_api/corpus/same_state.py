"""What is expected of a file whose digest nobody knows: that all of it is of one state."""

from dataclasses import dataclass
from hashlib import blake2b

from data_bank_api.hub.expected import Running


@dataclass(frozen=True, slots=True)
class SameState:
    """The state that has this strong ETag, at this address.

    Each request asks for it (`If-Range`), so parts of two are never put together.
    """

    url: str
    etag: str
    size: int

    @property
    def digest(self) -> None:
        return None

    @property
    def name(self) -> str:
        said = f"{self.size} {self.etag} {self.url}"
        return f"web-{blake2b(said.encode(), digest_size=32).hexdigest()}"

    def running(self) -> Running:
        return _Unchecked()


class _Unchecked:
    def update(self, chunk: bytes | memoryview) -> None:
        """Its digest is what it comes to."""

    def check(self) -> None:
        """Nothing is known to compare it with."""
