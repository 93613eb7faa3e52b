"""Integers too large for the engine, as their digits: `-12`, `0`, `345`. Their order is exact too.

Each has a key whose order as text is that of the integers: how many digits, then the digits; of
negative ones both turned around.
"""

from data_bank_api.reports.engine import quoted

_UP, _DOWN = "0123456789", "9876543210"
_LENGTH = 5  # digits that say how many digits


def order_of_digits(digits: str) -> str:
    """SQL: the key of what is `as_digits`."""
    key = f"lpad(CAST(length({digits}) AS VARCHAR), {_LENGTH}, '0') || {digits}"
    return (
        f"CASE WHEN starts_with({digits}, '-') THEN '-' || translate({key}, '{_UP}', '{_DOWN}')"
        f" ELSE '0' || {key} END"
    )


def order_of_integer(value: int) -> str:
    """SQL: the key of an integer from outside."""
    return f"({order_of_digits(quoted(str(value)))})"
