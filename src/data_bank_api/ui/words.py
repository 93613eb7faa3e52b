"""How values are shown: sizes, counts, moments, durations, digests. All of it pure."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from data_bank_client.wire.times import parse_time

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_BINARY_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB")
_THOUSAND = 1000
_SHORT = 12
_LINE = 120  # characters


def size(count: float) -> str:
    """Bytes in decimal units, three digits: `1.23 MB`."""
    unit = 0
    value = float(count)
    while value >= _THOUSAND - 0.5 and unit < len(_UNITS) - 1:
        value, unit = value / _THOUSAND, unit + 1
    if unit == 0:
        return "1 byte" if count == 1 else f"{count:.0f} bytes"
    digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f} {_UNITS[unit]}"


def binary_size(count: float) -> str:
    """Bytes in binary units, as thresholds of sizes are told: `1.5 GiB`."""
    unit = max(0, int(count).bit_length() - 1) // 10
    if unit == 0:
        return size(count)
    unit = min(unit, len(_BINARY_UNITS))
    return f"{count / 1024**unit:.4g} {_BINARY_UNITS[unit - 1]}"


def number(value: float) -> str:
    """`12,345`."""
    return f"{value:,.0f}"


def minute(text: str) -> str:
    """Of RFC 3339 in UTC: `2026-11-21 10:00`."""
    return parse_time(text).strftime("%Y-%m-%d %H:%M")


def second(text: str) -> str:
    """Of RFC 3339 in UTC: `2026-11-21 10:00:00`."""
    return parse_time(text).strftime("%Y-%m-%d %H:%M:%S")


def clock(text: str) -> str:
    """The time of the day, of RFC 3339 in UTC: `10:00:00`."""
    return parse_time(text).strftime("%H:%M:%S")


def between(begin: str, end: str) -> str:
    """How long something took: `0.3 s`, `4 min 5 s`, `2 h 10 min`, `3 d 4 h`."""
    return duration(parse_time(end) - parse_time(begin))


def duration(time: timedelta) -> str:
    seconds = max(0.0, time.total_seconds())
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for large, small, name, rest in ((86400, 3600, "d", "h"), (3600, 60, "h", "min")):
        if whole >= large:
            return f"{whole // large} {name} {whole % large // small} {rest}"
    return f"{whole // 60} min {whole % 60} s"


def short(digest: str) -> str:
    """The beginning of a digest or an id, for people to tell it by."""
    return digest[:_SHORT]


def arguments(given: Mapping[str, object]) -> str:
    """Those of a job that say something, in a line that is cut where it is long."""
    said = [f"{name}: {_plain(value)}" for name, value in given.items() if _says(value)]
    text = ", ".join(said)
    return text if len(text) <= _LINE else f"{text[: _LINE - 1]}…"


def block(content: object) -> str:
    """Anything that JSON can hold, set over several lines."""
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def _says(value: object) -> bool:
    return value not in (None, [], {}) and value is not False


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


FILTERS = {
    each.__name__: each
    for each in (size, binary_size, number, minute, second, clock, between, short, arguments, block)
}
