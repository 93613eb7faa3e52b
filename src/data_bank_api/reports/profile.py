"""A report of a file, made by a process of its own (child.py), which ends with this one.

    profile ──► child: reads, counts ──► Told 5, 25, ... ──► Made
                       │ killed: took too much (watch.py), or `tell` raised

A hostile file fails alone, and takes nothing with it but the folder that it had.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from data_bank_api.reports.errors import LimitExceededError, ReportError
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.report import Report
from data_bank_api.reports.watch import Watch
from data_bank_api.reports.words import Made, Refused, Request, Tell, Told, Word

# What a child has of our environment. It reads what others uploaded: it has no use for secrets.
_HANDED_ON = ("PATH", "PYTHON", "COVERAGE", "LANG", "LC_", "LD_LIBRARY_PATH")
_LAST_WORDS = 4000  # bytes
# Never imported here: it takes the engine along, which no process needs that only asks.
CHILD = "data_bank_api.reports.child"


class BrokenError(Exception):
    """The child is at fault, not the file; the message is for the log."""


def profile(path: Path, kind: str, scratch: Path, limits: Limits, tell: Tell) -> Report:
    """Of the kind `csv`, `json`, `ndjson` or `parquet`; `scratch` is a folder to make one in.

    On Linux `/dev/fd/N` is a path too, also of a file without a name: the child gets N.
    Raises ReportError, BrokenError, and what `tell` raises.
    """
    with tempfile.TemporaryDirectory(prefix="report-", dir=scratch) as folder:
        work = Path(folder) / "work"
        work.mkdir()
        request = Request(str(path), kind, str(work), limits)
        stderr = Path(folder) / "stderr"
        with _started(stderr, descriptors_of(path)) as started:
            last = _conversation(started, request, tell)
        if isinstance(last, Refused):
            raise last.error()
        if not isinstance(last, Made):
            raise _ended(started.process.returncode, stderr)
        return Report.from_json((work / "report").read_bytes())


@dataclass(frozen=True, slots=True)
class _Child:
    """`orders` and `words` are its ends of pipes that nobody else holds."""

    process: "subprocess.Popen[bytes]"
    orders: BinaryIO
    words: BinaryIO


@contextmanager
def _started(stderr: Path, descriptors: Sequence[int]) -> Iterator[_Child]:
    """It is gone when the block is left."""
    its_orders, orders = os.pipe()
    words, its_words = os.pipe()
    # Unbuffered, or what a dead child did not take would be written again at the end.
    with os.fdopen(orders, "wb", buffering=0) as to, os.fdopen(words, "rb") as of:
        try:
            process = _start(its_orders, its_words, stderr, descriptors)
        finally:
            os.close(its_orders)
            os.close(its_words)
        try:
            yield _Child(process, to, of)
        finally:
            process.kill()
            process.wait()


def _start(
    stdin: int, stdout: int, stderr: Path, descriptors: Sequence[int]
) -> "subprocess.Popen[bytes]":
    with stderr.open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", CHILD],
            stdin=stdin,
            stdout=stdout,
            stderr=errors,
            env=environment_of(os.environ),
            start_new_session=True,
            pass_fds=descriptors,
        )


def descriptors_of(path: Path) -> tuple[int, ...]:
    """What must be open in who opens the path."""
    number = path.name
    return (int(number),) if path == Path("/dev/fd") / number and number.isdigit() else ()


def environment_of(ours: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ours.items() if name.startswith(_HANDED_ON)}


def _conversation(started: _Child, request: Request, tell: Tell) -> Word | None:
    """Its last word, if any. Raises LimitExceededError where it took too much."""
    with Watch(started.process, Path(request.folder), request.limits) as watch:
        word = _last_word(started, request, tell)
    if watch.excess is not None:
        raise LimitExceededError(watch.excess)
    return word


def _last_word(started: _Child, request: Request, tell: Tell) -> Word | None:
    with suppress(BrokenPipeError):  # It is gone already, and has no words either.
        started.orders.write(msgspec.json.encode(request) + b"\n")
    last: Word | None = None
    for line in started.words:
        last = msgspec.json.decode(line, type=Told | Made | Refused)
        if isinstance(last, Told):
            tell(last.percent)
    started.process.wait()
    return last


def _ended(code: int, stderr: Path) -> Exception:
    """Killed, most likely for its memory, or failed."""
    if code < 0:
        return ReportError("the process that read it was killed: it may need too much memory")
    said = stderr.read_bytes()[-_LAST_WORDS:].decode(errors="replace")
    return BrokenError(f"the process that reads a dataset ended with {code}: {said}")
