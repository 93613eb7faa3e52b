"""How the figures of a report are shown: shares, numbers in short and in full. All of it pure."""

import math
import re
from collections.abc import Mapping

from data_bank_client.wire.reports import ReportColumn, TextLengths, Told

_UNITS: Mapping[int, str] = {2: "M", 3: "G", 4: "T"}  # of thousands
_DIGITS = 4
_SMALL = 1_000_000
_DAY = len("2026-11-21")
_WORD = 40  # characters
_FOUR = re.compile(r"\A(-?\d),(\d{3})(?=\.|\Z)")
_ZEROS = re.compile(r"\.0+(?=\D|\Z)|(\.\d*[1-9])0+(?=\D|\Z)")


def share(value: float) -> str:
    """Of 1, in percent: what is there is not `0 %`, and what is not all is not `100 %`."""
    percent = value * 100
    if 0 < percent < 0.1:
        return "<0.1 %"
    if 99.9 < percent < 100:
        return ">99.9 %"
    is_fine = 0 < percent < 10 or 99 < percent < 100
    return f"{percent:.1f} %" if is_fine else f"{percent:.0f} %"


def told(value: Told | None) -> str:
    """A number with its digits, grouped; text as it is."""
    if isinstance(value, str):
        return value
    if value is None:
        return "none"
    return _typeset(f"{value:,}" if isinstance(value, int) else f"{value:,.15g}")


def nearly(value: Told) -> str:
    """A number that was reckoned, to eight digits."""
    return value if isinstance(value, str) else _typeset(f"{value:,.8g}")


def brief(value: float, digits: int = _DIGITS) -> str:
    """To so many digits: `0.2500`, `1,204`, `2.500M`, `1.000e-9`."""
    power = math.floor(math.log10(abs(value))) if value else 0
    after = max(0, digits - 1)
    if -5 <= power < 6:
        return _typeset(f"{value:,.{max(0, after - power)}f}")
    if 6 <= power < 15:
        unit, left = divmod(power, 3)
        return _typeset(f"{value / 1000**unit:.{max(0, after - left)}f}{_UNITS[unit]}")
    return _typeset(f"{value:.{after}e}")


def in_short(value: Told | None) -> str:
    """A number to four digits without zeros at its end; a moment as its day."""
    number = as_number(value)
    if number is None:
        return "none" if value is None else _of_text(str(value))
    if isinstance(value, int) and abs(value) < _SMALL:
        return told(value)
    return _ZEROS.sub(r"\1", brief(number))


def as_number(value: Told | None) -> float | None:
    """None for what is none, or larger than doubles are."""
    try:
        number = math.nan if value is None else float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def lengths(found: TextLengths) -> str:
    """`3 to 1,200 characters`."""
    least, most = found["minimum"], found["maximum"]
    if least == most:
        return f"{least:,} character" if least == 1 else f"{least:,} characters"
    return f"{least:,} to {most:,} characters"


def outline(column: ReportColumn) -> str:
    """What a column holds, in a few words: from where to where, or what most often."""
    statistics = column["statistics"]
    ends, top = statistics.get("range"), statistics["top_values"]
    if ends is not None:
        return f"{in_short(ends['minimum'])} … {in_short(ends['maximum'])}"
    if not top:
        return ""
    if "lengths" in statistics and statistics["distinct"]["share"] == 1:
        return lengths(statistics["lengths"])
    return f"{_word(top[0]['value'])} {share(top[0]['share'])}"


def _of_text(text: str) -> str:
    """Of an integer larger than doubles its first digits; of a moment its day."""
    digits = text.removeprefix("-")
    if not digits.isdecimal():
        return text[:_DAY]
    return f"{text.removesuffix(digits)}{digits[0]}.{digits[1:_DIGITS]}e{len(digits) - 1}"


def _word(text: str) -> str:
    return text if len(text) <= _WORD else f"{text[: _WORD - 1]}…"


def _typeset(number: str) -> str:
    """Its power as people write it: `1e-9`, not `1e-09`; four digits are not grouped."""
    mantissa, e, power = number.partition("e")
    plain = _FOUR.sub(r"\1\2", mantissa)
    return f"{plain}{e}{int(power) if e else ''}"


FIGURE_FILTERS = {each.__name__: each for each in (share, told, nearly, in_short, lengths, outline)}
