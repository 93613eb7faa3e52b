"""What a process that makes a report and the one that it works for say to each other.

    Request ──► Told 5, Told 25 ... ──► Made or Refused

Who asks for reports needs no more than this: what reads files is the child's alone.
"""

from collections.abc import Callable

import msgspec

from data_bank_api.reports.errors import LimitExceededError, ReportError, UnreadableError
from data_bank_api.reports.limits import Limits

# Is called with how far the report is, in percent.
Tell = Callable[[int], None]


class Request(msgspec.Struct, frozen=True):
    path: str
    kind: str
    folder: str
    limits: Limits


class Told(msgspec.Struct, frozen=True, tag="told"):
    percent: int


class Made(msgspec.Struct, frozen=True, tag="made"):
    """The report lies in the folder."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """There is none: `is_limit` says that the file asked for too much; `line` of an error in it."""

    message: str
    is_limit: bool
    line: int | None

    def error(self) -> ReportError:
        if self.is_limit:
            return LimitExceededError(self.message)
        error = UnreadableError(self.message)
        error.line = self.line
        return error


Word = Told | Made | Refused
