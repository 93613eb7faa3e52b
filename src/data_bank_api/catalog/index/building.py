"""Making the index of a generation, in a process of its own that is fed from here."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

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
        """It is there once it is whole, and nothing of it before, whatever happens.

        `position`: how far in the stream of updates these datasets are. Raises
        ServiceUnavailableError where it cannot be made, and what `documents` raises.
        """
        part = self.folders.begin(generation)
        try:
            _fill(part, documents)
            part.write_position(position)
            self.folders.complete(part, generation)
        finally:
            self.folders.discard(part)


def _fill(part: IndexFolder, documents: Iterator[Sequence[Document]]) -> None:
    with _started(part) as process:
        _feed(process, documents)
        process.communicate()
        code = process.returncode
    if code != 0:
        raise ServiceUnavailableError(
            f"the search index could not be made: its maker ended: {code}"
        )


def _feed(process: "subprocess.Popen[bytes]", documents: Iterator[Sequence[Document]]) -> None:
    if process.stdin is None:
        return
    try:
        for batch in documents:
            process.stdin.write(b"".join(_encoder.encode(each) + b"\n" for each in batch))
        process.stdin.write(child.END)
        process.stdin.flush()
    except BrokenPipeError:
        pass  # its exit code tells what happened


@contextmanager
def _started(part: IndexFolder) -> "Iterator[subprocess.Popen[bytes]]":
    """It is killed where this is left early."""
    command = [sys.executable, "-P", "-m", child.__name__, str(part.path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
