"""Files on their way between the bank and here; whole ones are verified while they move.

These are flows (see calls/call.py): both drivers run them, and neither has a copy.
"""

import hashlib
import os
import stat
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Never

from data_bank_client.calls import files
from data_bank_client.calls.call import Answer, Flow, Progress, Request
from data_bank_client.calls.content_type import checked_content_type
from data_bank_client.calls.outgoing import file_body
from data_bank_client.errors import (
    DigestMismatchError,
    ForbiddenError,
    InvalidInputError,
    RangeNotSatisfiableError,
)
from data_bank_client.fetch import fetch
from data_bank_client.hashing import hash_file
from data_bank_client.partial import Partial
from data_bank_client.sinks import Passing, Window
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileAnswer


def upload_path(
    path: Path, content_type: str | None, *, force: bool, on_progress: Progress | None
) -> Flow[Never, FileAnswer]:
    """Hash a file, ask whether it is stored, and send it where it is not, or with `force`.

    Raises DigestMismatchError where the file changes meanwhile; nothing is stored then; and
    InvalidInputError for a pipe or a device, which cannot be read twice.
    """
    kind = checked_content_type(content_type, path.name)
    with open(path, "rb", opener=_without_waiting) as file:
        digest, size = yield from _identify(file, path, on_progress)
        if not force:
            known = yield from _find(digest, size)
            if known is not None:
                return known
        return (yield from _send(file, path, digest, kind, on_progress))


def _without_waiting(path: str, flags: int) -> int:
    """Open a pipe, too, at once: whether somebody writes to it does not matter."""
    return os.open(path, flags | os.O_NONBLOCK)


def _identify(
    file: BinaryIO, path: Path, on_progress: Progress | None
) -> Flow[Never, tuple[Digest, int]]:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise InvalidInputError(f"{path} is not a regular file: give it to `upload` as a stream")
    running = hashlib.sha256()
    size = yield from hash_file(file, running, status.st_size, on_progress)
    return Digest(running.hexdigest()), size


def _find(digest: Digest, size: int) -> Generator[Request, Answer, FileAnswer | None]:
    """The file as it is stored; None where it is not, is of another size, or is not told of."""
    try:
        answer = yield from files.batch([digest]).ask()
    except ForbiddenError:
        return None
    for item in answer["items"]:
        if item["file_id"] == digest.hex and item["size"] == size:
            return item
    return None


def _send(
    file: BinaryIO, path: Path, digest: Digest, kind: str, on_progress: Progress | None
) -> Flow[Never, FileAnswer]:
    file.seek(0)
    body = file_body(file, on_progress, is_hashed=False)  # the service compares with the address
    try:
        return (yield from files.put(digest, body, kind).ask())
    except DigestMismatchError as error:
        message = f"{path} changed while it was being sent; nothing was stored"
        raise DigestMismatchError(message, request_id=error.request_id) from error


def download_to_path(
    digest: Digest,
    path: Path,
    *,
    resume: bool,
    verify_etag: bool,
    on_progress: Progress | None,
) -> Flow[Never, Path]:
    """Fetch a file into its place, which it takes only when it is whole."""
    partial = Partial(path, digest, is_hashed=verify_etag, on_progress=on_progress)
    with closing(partial):
        if resume:
            yield from partial.rehash()
        else:
            partial.restart()
        is_continued = partial.position > 0
        yield from _complete(digest, partial, verify_etag=verify_etag)
        if not partial.is_right and is_continued:
            # What an earlier run left was at fault, perhaps: a power loss can leave zeros.
            partial.restart()
            yield from _complete(digest, partial, verify_etag=verify_etag)
        if not partial.is_right:
            partial.restart()
            raise _damaged(digest)
        partial.finish()
    return path


def _complete(digest: Digest, partial: Partial, *, verify_etag: bool) -> Flow[Never, None]:
    if partial.is_known_whole:
        return
    try:
        yield from fetch(digest, partial, verify_etag=verify_etag)
    except RangeNotSatisfiableError as error:
        if partial.position == 0:
            raise
        if error.size != partial.position:  # longer than the file: not of this file
            partial.restart()
            yield from fetch(digest, partial, verify_etag=verify_etag)


def stream(digest: Digest, on_progress: Progress | None) -> Flow[bytes, None]:
    """Give a file's bytes in order. Raises DigestMismatchError after the last, if it must."""
    passing = Passing(on_progress)
    yield from fetch(digest, passing)
    if passing.digest != digest:
        raise _damaged(digest)


def _damaged(digest: Digest) -> DigestMismatchError:
    return DigestMismatchError(
        f"what the service sent is not the file {digest}: "
        "upload the file again with force (databank put --force) to heal the stored copy"
    )


def read_range(digest: Digest, start: int, stop: int) -> Flow[Never, bytes]:
    """Bytes `start` up to, not including, `stop`; fewer where the file ends before. Unverified."""
    if not 0 <= start <= stop:
        raise InvalidInputError(f"bytes {start} to {stop} are not a range")
    window = Window(start, stop)
    if start < stop:
        yield from fetch(digest, window, stop)
    return bytes(window.content)
