"""How values are shown."""

from datetime import timedelta

import pytest

from data_bank_api.ui import words


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (9_996, "10.0 kB"),
        (99_940, "99.9 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (3_000_000, "3.00 MB"),
        (10**12, "1.00 TB"),
        (10**18, "1000 PB"),
    ],
)
def test_a_size_has_three_digits(count: int, shown: str) -> None:
    assert words.size(count) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (1, "1 byte"),
        (1023, "1.02 kB"),
        (1536, "1.5 KiB"),
        (10 << 30, "10 GiB"),
        (2**63, "8192 PiB"),
    ],
)
def test_a_size_beside_thresholds_is_binary(count: int, shown: str) -> None:
    assert words.binary_size(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-1, "0.0 s"),
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 0 min"),
        (86399, "23 h 59 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_a_duration_has_two_units(seconds: float, shown: str) -> None:
    assert words.duration(timedelta(seconds=seconds)) == shown


def test_moments_are_shown_as_they_are_in_utc() -> None:
    moment = "2026-11-21T10:00:59.900000Z"
    assert words.minute(moment) == "2026-11-21 10:00"
    assert words.second(moment) == "2026-11-21 10:00:59"
    assert words.clock(moment) == "10:00:59"
    assert words.between("2026-11-21T11:00:00+01:00", "2026-11-21T10:00:01.5Z") == "1.5 s"


def test_arguments_are_a_line_of_what_they_say() -> None:
    given = {"a": 0, "b": None, "c": [], "d": "x y", "e": False, "f": [1, "z"], "g": True}
    assert words.arguments(given) == 'a: 0, d: x y, f: [1,"z"], g: true'
    long = words.arguments({"a": "x" * 1000})
    assert (len(long), long[-1]) == (120, "…")


def test_what_json_can_hold_is_a_block() -> None:
    assert words.block({"a": 1}) == '{\n  "a": 1\n}'


def test_a_number_has_its_thousands_apart_and_a_digest_its_beginning() -> None:
    assert words.number(1234567) == "1,234,567"
    assert words.short("0123456789abcdef") == "0123456789ab"
