"""What the columns of the dirty table (columns.py) turn out to be, for who is told beforehand.

In JSON what stands in quotes is text, so fewer columns are numbers there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.reports.columns import COLUMNS

Type = Literal["text", "number", "date", "datetime", "other"]
_IN_BOTH: Mapping[str, Type] = {
    **dict.fromkeys(("id", "price", "latitude", "longitude", "score"), "number"),
    "ordered": "date",
    "changed": "datetime",
}
_IN_CSV: Mapping[str, Type] = {"quantity": "number", "discount": "number", "active": "other"}
_NESTED = ("address", "tags", "vip")


@dataclass(frozen=True, slots=True)
class Expected:
    name: str
    type: Type


def _expected(types: Mapping[str, Type]) -> tuple[Expected, ...]:
    return tuple(Expected(column.name, types.get(column.name, "text")) for column in COLUMNS)


EXPECTED: Mapping[str, tuple[Expected, ...]] = {
    "csv": _expected({**_IN_BOTH, **_IN_CSV}),
    "json": (*_expected(_IN_BOTH), *(Expected(name, "other") for name in _NESTED)),
}
