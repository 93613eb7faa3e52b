"""Conditional requests (RFC 9110, section 13), as pure functions.

Files never change, so both validators are strong: the entity tag is the digest, and
`Last-Modified` is when the file was first stored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import Enum

from data_bank_client.errors import PreconditionFailedError
from data_bank_client.wire.files import FileInfo

# Possessive: without that, a long run of blanks takes time that grows with its square.
_TAG = re.compile(r'[ \t]*+(?:(W/)?"([\x21\x23-\x7e\x80-\xff]*+)"[ \t]*+)?(?:,|\Z)')


class Outcome(Enum):
    PROCEED = "proceed"
    NOT_MODIFIED = "not modified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Validators:
    """Of a file that is there: its quoted tag and its date, to the second."""

    etag: str
    modified: datetime

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified, usegmt=True)


def validators(info: FileInfo) -> Validators:
    return Validators(info.digest.etag, info.created_at.astimezone(UTC).replace(microsecond=0))


def _lists(field: str, etag: str, *, is_weak_allowed: bool) -> bool:
    """Whether a list of entity tags, or `*`, names this one. What cannot be read names nothing."""
    if field.strip() == "*":
        return True
    position = 0
    while position < len(field):
        match = _TAG.match(field, position)
        if match is None or match.end() == position:
            return False
        if match[2] is not None and f'"{match[2]}"' == etag and (is_weak_allowed or not match[1]):
            return True
        position = match.end()
    return False


def _date(field: str) -> datetime | None:
    """An HTTP date; None, so that the header is ignored, for anything else."""
    try:
        found = parsedate_to_datetime(field)
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _holds(headers: Mapping[str, str], found: Validators) -> bool:
    """If-Match, and If-Unmodified-Since only without it."""
    match = headers.get("if-match")
    if match is not None:
        return _lists(match, found.etag, is_weak_allowed=False)
    date = _date(headers.get("if-unmodified-since", ""))
    return date is None or found.modified <= date


def _is_known(headers: Mapping[str, str], found: Validators, *, is_read: bool) -> bool:
    """If-None-Match, and, for a read, If-Modified-Since only without it."""
    none_match = headers.get("if-none-match")
    if none_match is not None:
        return _lists(none_match, found.etag, is_weak_allowed=True)
    date = _date(headers.get("if-modified-since", "")) if is_read else None
    return date is not None and found.modified <= date


def evaluate(headers: Mapping[str, str], found: Validators | None, *, is_read: bool) -> Outcome:
    """In the order of 13.2.2. `found` is None where there is no such file; `is_read`: GET, HEAD."""
    if found is None:
        return Outcome.FAILED if "if-match" in headers else Outcome.PROCEED
    if not _holds(headers, found):
        return Outcome.FAILED
    if _is_known(headers, found, is_read=is_read):
        return Outcome.NOT_MODIFIED if is_read else Outcome.FAILED
    return Outcome.PROCEED


def require(
    headers: Mapping[str, str], found: Validators | None, *, is_read: bool = False
) -> Outcome:
    """As `evaluate`. Raises PreconditionFailedError."""
    outcome = evaluate(headers, found, is_read=is_read)
    if outcome is Outcome.FAILED:
        raise PreconditionFailedError("a condition of the request does not hold")
    return outcome


def may_send_range(headers: Mapping[str, str], found: Validators) -> bool:
    """Whether `If-Range` lets `Range` count (13.1.5)."""
    field = headers.get("if-range")
    if field is None or field.strip() == found.etag:
        return True
    return '"' not in field and _date(field) == found.modified
