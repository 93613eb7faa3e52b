"""The process that makes one report: whatever the file does to it, it happens to it alone.

    stdin    the request, and then nothing: where it ends, so did the parent, and this does too
    stdout   what happens, a line of JSON each: Told ..., and at last Made or Refused
    FOLDER   for all it writes; the report too, as FOLDER/report

It ends without a last word where it was killed, or where the service is at fault.
"""

import errno
import os
import resource
import sys
import threading
from pathlib import Path

import msgspec

from data_bank_api.reports.errors import LimitExceededError, UnreadableError
from data_bank_api.reports.limits import MIB, Limits
from data_bank_api.reports.profiling import report_of
from data_bank_api.reports.words import Made, Refused, Request, Told, Word

_ORPHANED = 137
_FULL = (errno.EFBIG, errno.ENOSPC, errno.EDQUOT)
# Beside the memory that DuckDB counts: addresses are asked for long before they are memory, so
# this is the last resort; watch.py looks at what is resident.
_BESIDE = 1024 * MIB


def main() -> None:
    request = msgspec.json.decode(sys.stdin.buffer.readline(), type=Request)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit(request.limits)
    _say(_made(request))


def _made(request: Request) -> Word:
    folder = Path(request.folder)
    try:
        report = report_of(
            Path(request.path),
            request.kind,
            folder,
            request.limits,
            lambda percent: _say(Told(percent)),
        )
    except UnreadableError as error:
        return Refused(error.message, is_limit=False, line=error.line)
    except LimitExceededError as error:
        return Refused(error.message, is_limit=True, line=None)
    except (MemoryError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in _FULL:
            raise
        return Refused(request.limits.of_room(), is_limit=True, line=None)
    (folder / "report").write_bytes(report.to_json())
    return Made()


def _limit(limits: Limits) -> None:
    """Of one file; of memory that is its own; no core file. What was lower already stays so."""
    for which, wanted in (
        (resource.RLIMIT_FSIZE, limits.disk),
        (resource.RLIMIT_DATA, limits.memory + _BESIDE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(which)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(which, (most, most))


def _say(word: Word) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    # Nothing comes but the end. Not by sys.stdin: its lock, held when the interpreter ends, would
    # abort it.
    os.read(0, 1)
    os._exit(_ORPHANED)


if __name__ == "__main__":
    main()
