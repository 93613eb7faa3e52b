"""What came of an ingest: which files are in the bank now, and by what they are found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

SHOWN = 100  # files that a result names


@dataclass(frozen=True, slots=True)
class IngestedFile:
    path: str
    digest: Digest
    size: int

    def tell(self) -> dict[str, object]:
        return {"path": self.path, "file_id": self.digest.hex, "size": self.size}


@dataclass(frozen=True, slots=True)
class Ingested:
    """`result` is the file where it is one, else the manifest of all of them.

    `files` and `bytes` of all; `moved`: the bytes that came over the network; `first`: up to
    SHOWN of the files; `more`: what else is told, by name.
    """

    result: FileInfo
    files: int
    bytes: int
    moved: int
    first: Sequence[IngestedFile]
    more: Mapping[str, object]

    def tell(self) -> dict[str, object]:
        """The details of the job's result."""
        return {
            **self.more,
            "files": self.files,
            "bytes": self.bytes,
            "bytes_moved": self.moved,
            "first": [each.tell() for each in self.first],
        }
