"""Conditional requests, by RFC 9110, section 13."""

from datetime import UTC, datetime

import pytest

from data_bank_api.api.preconditions import Outcome, evaluate, may_send_range, validators
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

DIGEST = Digest.of(b"x")
TAG = DIGEST.etag
FOUND = validators(FileInfo(DIGEST, 1, "text/plain", datetime(2026, 11, 21, 10, 0, 0, 999, UTC)))
AT, BEFORE, AFTER = (
    f"Sat, 21 Nov 2026 {time} GMT" for time in ("10:00:00", "09:59:59", "10:00:01")
)
GO, SAME, FAILED = Outcome.PROCEED, Outcome.NOT_MODIFIED, Outcome.FAILED


def test_the_date_is_told_to_the_second() -> None:
    assert FOUND.last_modified == AT


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, GO),
        ({"if-match": TAG}, GO),
        ({"if-match": "*"}, GO),
        ({"if-match": f'"x", "y,z", {TAG}'}, GO),
        ({"if-match": '"x"'}, FAILED),
        ({"if-match": f"W/{TAG}"}, FAILED),
        ({"if-match": ""}, FAILED),
        ({"if-match": DIGEST.hex}, FAILED),
        ({"if-match": f'"x" {TAG}'}, FAILED),
        ({"if-none-match": TAG}, SAME),
        ({"if-none-match": f"W/{TAG}"}, SAME),
        ({"if-none-match": " * "}, SAME),
        ({"if-none-match": f'"x" , ,{TAG}'}, SAME),
        ({"if-none-match": '"x"'}, GO),
        ({"if-match": '"x"', "if-none-match": TAG}, FAILED),
        ({"if-unmodified-since": AT}, GO),
        ({"if-unmodified-since": BEFORE}, FAILED),
        ({"if-unmodified-since": "yesterday"}, GO),
        ({"if-match": TAG, "if-unmodified-since": BEFORE}, GO),
        ({"if-modified-since": AT}, SAME),
        ({"if-modified-since": AFTER}, SAME),
        ({"if-modified-since": BEFORE}, GO),
        ({"if-modified-since": "Sat, 99 Nov 2026 10:00:00 GMT"}, GO),
        ({"if-none-match": '"x"', "if-modified-since": AFTER}, GO),
        ({"if-modified-since": "21 Nov 2026 10:00:00 -0000"}, SAME),
    ],
)
def test_a_read_goes_by_the_conditions_in_their_order(
    headers: dict[str, str], expected: Outcome
) -> None:
    assert evaluate(headers, FOUND, is_read=True) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"if-none-match": "*"}, FAILED),
        ({"if-none-match": TAG}, FAILED),
        ({"if-match": TAG}, GO),
        ({"if-modified-since": AFTER}, GO),
    ],
)
def test_a_write_fails_where_a_read_is_not_modified(
    headers: dict[str, str], expected: Outcome
) -> None:
    assert evaluate(headers, FOUND, is_read=False) is expected


def test_without_a_file_only_if_match_fails() -> None:
    assert evaluate({"if-match": "*"}, None, is_read=False) is FAILED
    assert evaluate({"if-none-match": "*"}, None, is_read=False) is GO


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (None, True),
        (TAG, True),
        (AT, True),
        ('"x"', False),
        (f"W/{TAG}", False),
        (BEFORE, False),
        (AFTER, False),
        (DIGEST.hex, False),
    ],
)
def test_a_range_counts_only_if_the_validator_is_this_one(
    field: str | None, expected: bool
) -> None:
    headers = {} if field is None else {"if-range": field}
    assert may_send_range(headers, FOUND) is expected
