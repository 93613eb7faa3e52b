"""The manifest of a scan: each file with its digest and what it is, as one JSON text.

    {"files":[{"format":null,"kind":"config","oid":"...","path":"a/config.json","precision":null,
    "sha256":"...","size":2},...],"folder":"a","version":1}

No white space, names in their order, files in the order of the walk (scan_walk.py): equal folders
have equal manifests. Paths are relative to the root; `oid` is git's SHA-1, `sha256` the file's id.
It is written piece by piece: there may be millions of files.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import msgspec

from data_bank_api.blobs.receive import Declared, Receiver
from data_bank_api.hub.file_kind import FileKind
from data_bank_api.hub.scan_intake import Content
from data_bank_client.wire.files import FileInfo

CONTENT_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Scanned:
    """A file that is in the bank now; `path` is relative to the root."""

    path: str
    content: Content
    kind: FileKind


class _File(msgspec.Struct, frozen=True):
    """Its fields are in the order of their names."""

    format: str | None
    kind: str
    oid: str
    path: str
    precision: str | None
    sha256: str
    size: int


class ScanManifest(AbstractContextManager["ScanManifest"]):
    """On its way into the bank. What is not finished leaves nothing behind."""

    def __init__(self, receiver: Receiver) -> None:
        self._intake = receiver.begin(Declared())
        self._comma = b""

    def __enter__(self) -> Self:
        self._intake.open()
        self._intake.write(b'{"files":[')
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._intake.discard()

    def add(self, files: Sequence[Scanned]) -> None:
        for each in files:
            self._intake.write(self._comma + _json(_file(each)))
            self._comma = b","

    def finish(self, folder: str) -> FileInfo:
        self._intake.write(b'],"folder":%b,"version":1}' % _json(folder))
        return self._intake.finish(CONTENT_TYPE).info


def _file(scanned: Scanned) -> _File:
    blob, kind = scanned.content.blob, scanned.kind
    return _File(
        format=kind.file_format,
        kind=kind.kind,
        oid=blob.oid,
        path=scanned.path,
        precision=kind.precision,
        sha256=blob.digest.hex,
        size=blob.size,
    )


def _json(value: str | _File) -> bytes:
    return msgspec.json.encode(value)
