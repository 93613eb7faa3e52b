"""Making the index of a generation, in a process of its own that is fed from here."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index import child
from data_bank_api.catalog.index.folders import IndexFolder, IndexFolders
from data_bank_client.errors import ServiceUnavailableError

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class IndexMaker:
    """An IndexBuilder."""

    folders: IndexFolders

    def build(
        self,
        generation: str,
        documents: Iterator[Sequence[Document]],
        position: str | None = None,
    ) -> None:
        """It is there once it is whole, and nothing of it before, whatever happens. One that was
        made of the generation before, by who was cut off then, is gone at once: it lacks what came
        since.

        `position`: how far in the stream of updates these datasets are. Raises
        ServiceUnavailableError where it cannot be made, and what `documents` raises.
        """
        self.folders.discard(self.folders.of(generation))
        part = self.folders.begin(generation)
        try:
            _fill(part, documents)
            part.write_position(position)
            self.folders.complete(part, generation)
        finally:
            self.folders.discard(part)


def _fill(part: IndexFolder, documents: Iterator[Sequence[Document]]) -> None:
    with _started(part) as (process, sink):
        _feed(sink, documents)
        code = process.wait()
    if code != 0:
        raise ServiceUnavailableError(f"the search index could not be made: exit code {code}")


def _feed(sink: BinaryIO, documents: Iterator[Sequence[Document]]) -> None:
    """All of them; fewer where nobody takes them any more: an exit code tells why."""
    with suppress(BrokenPipeError):
        sink.writelines(map(_lines, documents))
        sink.write(child.END)
        sink.flush()


def _lines(batch: Sequence[Document]) -> bytes:
    return b"".join(_encoder.encode(each) + b"\n" for each in batch)


@contextmanager
def _started(part: IndexFolder) -> "Iterator[tuple[subprocess.Popen[bytes], BinaryIO]]":
    """It is killed where this is left early."""
    source, sink = os.pipe()
    with os.fdopen(sink, "wb", buffering=0) as feeding:
        command = [sys.executable, "-P", "-m", child.__name__, str(part.path)]
        with os.fdopen(source, "rb") as taking:
            process = subprocess.Popen(command, stdin=taking, stdout=subprocess.DEVNULL)
        try:
            yield process, feeding
        finally:
            process.kill()
            process.wait()
