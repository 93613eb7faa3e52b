"""Why something below a scanned folder is not taken, and how much of what it was.

It is told, and the scan goes on: nothing of a folder fails it but what fails the bank.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from errno import ELOOP, EMFILE, ENFILE, ENOENT, ENOMEM, ENOTDIR, ENXIO

SHOWN = 20
LONGEST = 500  # characters of a path
DEEPEST = 64


class Reason(Enum):
    """`code` is told to programs, `says` to people."""

    BOOKKEEPING = ("bookkeeping", "what git or the Hub's client keep for themselves")
    UNFINISHED = ("unfinished", "an unfinished download")
    LEADS_OUT = ("leads_out", "a link that leads out of the root")
    LEADS_NOWHERE = ("leads_nowhere", "a link that leads nowhere")
    FOLDER_LINK = ("folder_link", "a link to a folder")
    NOT_REGULAR = ("not_regular", "a pipe, a socket or a device")
    UNREADABLE = ("unreadable", "the bank may not or cannot read it")
    CHANGED = ("changed", "it changed, or went, while it was read")
    TOO_LARGE = ("too_large", "larger than `MAX_FILE_BYTES`")
    TOO_DEEP = ("too_deep", f"deeper than {DEEPEST} folders")
    ODD_NAME = ("odd_name", "its name is not UTF-8")
    OWN = ("own", "the bank's own folder, or its database")

    def __init__(self, code: str, says: str) -> None:
        self.code = code
        self.says = says


class SkippedError(Exception):
    """This one is not taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.says)
        self.reason = reason


# What is wrong with this process, and would befall all that follow.
_OURS = {EMFILE, ENFILE, ENOMEM}
_REASONS = {
    ENOENT: Reason.CHANGED,
    ELOOP: Reason.CHANGED,  # a link now, where none was: links are not followed by the system
    ENOTDIR: Reason.CHANGED,
    ENXIO: Reason.NOT_REGULAR,
}


@contextmanager
def skipping(gone: Reason = Reason.CHANGED) -> Iterator[None]:
    """Turn what the system says of somebody's file into SkippedError; `gone` where it is none."""
    try:
        yield
    except OSError as error:
        if error.errno in _OURS:
            raise
        found = _REASONS.get(error.errno or 0, Reason.UNREADABLE)
        raise SkippedError(gone if found is Reason.CHANGED else found) from error


class Skips:
    """How many for each reason, and the first of them."""

    def __init__(self) -> None:
        self._counts: dict[Reason, int] = {}
        self._first: dict[Reason, list[str]] = {}

    def add(self, path: str, reason: Reason) -> None:
        self._counts[reason] = self._counts.get(reason, 0) + 1
        first = self._first.setdefault(reason, [])
        if len(first) < SHOWN:
            first.append(path if len(path) <= LONGEST else f"{path[:LONGEST]}...")

    def tell(self) -> dict[str, object]:
        """`{"count": 1, "reasons": {"changed": {"count": 1, "first": ["a.bin"]}}}`."""
        reasons = {
            each.code: {"count": self._counts[each], "first": self._first[each]}
            for each in Reason
            if each in self._counts
        }
        return {"count": sum(self._counts.values()), "reasons": reasons}

    def lines(self) -> list[str]:
        """The same for people, a line for each reason."""
        return [
            f"skipped {self._counts[each]}: {each.says}; the first: {self._first[each][0]}"
            for each in Reason
            if each in self._counts
        ]
