"""What counts as a number in a text, said once: `SYNTAX`, for Python and for SQL alike.

| text | |
| --- | --- |
| `7`, ` 7 `, `+5`, `007`, `-0` | integers, exact whatever their size |
| `1.5`, `.5`, `1.`, `1e3` | decimals, as the double that is nearest |
| `1_000`, `0x1F`, `1,5`, `٣`, `nan`, `inf`, `7\\n` | text |
| `1e400` | text: no double holds it |
| more than 4300 characters | text: the most digits that Python reads |

Around a number there may be spaces and tabs. The forms in SQL take an expression of type VARCHAR.
"""

import math
import re

MOST_CHARACTERS = 4300
INTEGER = "[ \\t]*[+-]?[0-9]+[ \\t]*"
SYNTAX = "[ \\t]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?[ \\t]*"
_INTEGER = re.compile(INTEGER)
_SYNTAX = re.compile(SYNTAX)

Number = int | float


def parse(text: str) -> Number | None:
    """The number that a text is; None if it is not one."""
    if len(text) > MOST_CHARACTERS:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    if _SYNTAX.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else None
    return None


def is_integer(text: str) -> str:
    """SQL: whether it is an integer."""
    return f"(length({text}) <= {MOST_CHARACTERS} AND regexp_full_match({text}, '{INTEGER}'))"


def is_decimal(text: str) -> str:
    """SQL: whether it is a number that a double holds, be it an integer or not."""
    return (
        f"(length({text}) <= {MOST_CHARACTERS} AND regexp_full_match({text}, '{SYNTAX}')"
        f" AND isfinite({as_double(text)}))"
    )


def as_double(text: str) -> str:
    """SQL: the double nearest to what is a number; of other text it says nothing useful."""
    return f"TRY_CAST({text} AS DOUBLE)"


def as_bigint(text: str) -> str:
    """SQL: what is an integer as one of 64 bits, null if it is larger; of other text the same."""
    return f"TRY_CAST({text} AS BIGINT)"


def as_digits(text: str) -> str:
    """SQL: an integer without what can be left out: no spaces, no plus, no zeros in front."""
    bare = f"ltrim(trim({text}, ' \t'), '+-0')"
    sign = f"CASE WHEN starts_with(ltrim({text}, ' \t'), '-') THEN '-' ELSE '' END"
    return f"CASE WHEN {bare} = '' THEN '0' ELSE {sign} || {bare} END"
