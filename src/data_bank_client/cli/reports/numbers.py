"""Numbers as people read them, in as many characters as there is room for."""

from data_bank_client.wire.reports import TextLengths, Told

_UNITS = ("", "K", "M", "G", "T", "P")


def number_text(value: Told | None, width: int) -> str:
    """A number of a report in at most `width` characters, seven or more; `-` for none.

    Exact where there is room, else to as many digits as there is room for. A date is itself.
    """
    if value is None:
        return "-"
    if isinstance(value, str):
        return _of_text(value, width)
    return _of_integer(value, width) if isinstance(value, int) else _of_float(value, width)


def full_text(value: Told | None) -> str:
    """A number with all of its digits, grouped."""
    if isinstance(value, int):
        return f"{value:,}"
    return "-" if value is None else str(value)


def count_text(count: int) -> str:
    """In at most seven characters: `5,400`, `1.2M`."""
    if count < 1_000_000:
        return f"{count:,}"
    power = min((len(str(count)) - 1) // 3, len(_UNITS) - 1)
    return f"{count / 1000**power:.1f}{_UNITS[power]}"


def share_text(share: float) -> str:
    """`34%`; what is there is not `0%`, and what is not all is not `100%`."""
    if 0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1:
        return ">99%"
    return f"{share * 100:.0f}%"


def lengths_text(lengths: TextLengths) -> str:
    """`3 to 1,200 characters`."""
    least, most = lengths["minimum"], lengths["maximum"]
    if least == most:
        return f"{least:,} character" if least == 1 else f"{least:,} characters"
    return f"{least:,} to {most:,} characters"


def _of_text(text: str, width: int) -> str:
    digits = text.removeprefix("-")
    if len(text) <= width or not digits.isdecimal():
        return text
    sign = text[: len(text) - len(digits)]
    power = f"e{len(digits) - 1}"
    places = width - len(sign) - len(power) - len("1.")
    return f"{sign}{digits[0]}.{digits[1 : 1 + places]}{power}"


def _of_integer(value: int, width: int) -> str:
    texts = (f"{value:,}", f"{value}", _of_float(float(value), width))
    return next(text for text in texts if len(text) <= width)


def _of_float(value: float, width: int) -> str:
    texts = (_plain_power(f"{value:.{digits}g}") for digits in range(width, 0, -1))
    return next(text for text in texts if len(text) <= width)


def _plain_power(text: str) -> str:
    """`1.2e+09` is `1.2e9`."""
    mantissa, e, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if e else text
