"""A dirty table (columns.py) as a file of a size, written two thousand rows at a time."""

from collections.abc import Iterable
from json.encoder import encode_basestring
from pathlib import Path
from random import Random

from benchmarks.reports.columns import COLUMNS, cells_of

_AT_ONCE = 2000
_NESTED = (
    ',"address":{"city":"Kiel","geo":[54.3,10.1]}',
    ',"address":{"city":"Lyon","geo":[45.7,4.8],"floor":3}',
    ',"address":null',
    ',"tags":["a","b"]',
    ',"tags":[],"vip":true',
    "",
)


def write_csv(path: Path, size: int, seed: int = 7, *, ragged: bool = True) -> None:
    """Each two-hundredth row is there twice; of two thousand one is too short, and one too long."""
    rng, first = Random(seed), 0
    with path.open("w", encoding="utf-8", newline="") as file:
        written = file.write(",".join(column.name for column in COLUMNS) + "\n")
        while written < size:
            rows = [",".join(map(_quoted, row)) for row in _rows(rng, first)]
            if ragged:
                rows[7] = rows[7].partition(",")[0]
                rows[11] += ",one,too many"
            written += file.write("\n".join(rows) + "\n")
            first += _AT_ONCE


def write_json(path: Path, size: int, seed: int = 7) -> None:
    """An array of objects: keys are missing here and there, and values are nested."""
    rng, first = Random(seed), 0
    with path.open("w", encoding="utf-8", newline="") as file:
        written = file.write("[")
        while written < size:
            objects = ",\n".join(_object(row, rng.choice(_NESTED)) for row in _rows(rng, first))
            written += file.write((",\n" if first else "\n") + objects)
            first += _AT_ONCE
        file.write("\n]\n")


def _rows(rng: Random, first: int) -> list[tuple[str, ...]]:
    rows = list(cells_of(rng, range(first, first + _AT_ONCE)))
    for place in range(100, _AT_ONCE, 200):
        rows[place] = rows[place - 1]
    return rows


def _quoted(cell: str) -> str:
    if "," in cell or '"' in cell or "\n" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _object(row: Iterable[str], nested: str) -> str:
    pairs = (
        f'"{column.name}":{encode_basestring(cell) if column.is_text else cell}'
        for column, cell in zip(COLUMNS, row, strict=True)
        if cell != "N/A"
    )
    return "{" + ",".join(pairs) + nested + "}"
