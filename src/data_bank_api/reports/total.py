"""The exact sum of doubles, as `math.fsum` has it before it rounds: whatever their order and size.

All are scaled by a power of two so that they are below 2^86, and their whole parts are added as
integers of 128 bits, which 2^41 of them cannot overflow. What was behind the point is a double
too, and exact; these rests are added in the same way until there are none. Most columns have
none: only doubles 2^33 times smaller than the largest do.
"""

import math
from fractions import Fraction

from data_bank_api.reports.engine import Engine

_BITS = 86


def total_of_doubles(engine: Engine) -> Fraction:
    """Of `numbers`, with e of type DOUBLE and none but finite ones."""
    total, table = Fraction(0), "numbers"
    while largest := _largest(engine, table):
        shift = _BITS - math.frexp(largest)[1]
        whole = f"trunc({times('e', shift)})"
        (added,) = engine.row(
            f"SELECT CAST(sum(CAST({whole} AS HUGEINT) * n) AS VARCHAR) FROM {table}", tuple[str]
        )
        total += Fraction(int(added)) / Fraction(2) ** shift
        rest = f"e - {times(whole, -shift)}"
        engine.run(
            f"CREATE OR REPLACE TEMP TABLE next_rests AS SELECT {rest} AS e, n FROM {table}"
            f" WHERE {rest} <> 0"
        )
        engine.run("DROP TABLE IF EXISTS rests")
        engine.run("ALTER TABLE next_rests RENAME TO rests")
        table = "rests"
    return total


def _largest(engine: Engine, table: str) -> float:
    return engine.row(f"SELECT coalesce(max(abs(e)), 0) FROM {table}", tuple[float])[0]


def times(e: str, power: int) -> str:
    """SQL: times 2 to that power, in two steps that are doubles."""
    half = power // 2
    return f"{e} * {2.0**half:.17e} * {2.0 ** (power - half):.17e}"
