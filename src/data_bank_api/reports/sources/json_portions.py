"""JSON of long objects, some at a time.

The engine takes 2048 objects at once, whatever their length, and needs several times their memory
to look into them. Where that is too much they are laid down as text first, and taken in portions
of some length.
"""

from collections.abc import Iterable, Iterator, Sequence

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.limits import MIB

_LONG = 8 * MIB  # bytes that are taken at once


def in_portions(engine: Engine, objects: str) -> Sequence[str]:
    """SQL for each: a table with one column `json`, as `objects` is one. In their order."""
    laid = f"SELECT CAST(json AS VARCHAR) AS json FROM {objects}"
    engine.run(f"CREATE OR REPLACE TABLE objects AS {laid}")
    lengths = engine.each("SELECT strlen(json) FROM objects ORDER BY rowid", tuple[int])
    starts = [0, *_starts(length for (length,) in lengths)]
    return [
        f"(SELECT json FROM objects WHERE rowid >= {start} AND rowid < {end})"
        for start, end in zip(starts, [*starts[1:], 1 << 62], strict=True)
    ]


def _starts(lengths: Iterable[int]) -> Iterator[int]:
    """Where each portion but the first begins."""
    held = 0
    for place, length in enumerate(lengths):
        if held and held + length > _LONG:
            yield place
            held = 0
        held += length
