"""The statistics of a report, in SQL that somebody who knows the table writes by hand for DuckDB.

    python -m benchmarks.reports.by_hand KIND PATH FOLDER MEMORY THREADS

It is told what a report has to find out: names, and which columns hold numbers and dates. What it
prints is JSON in the shape of a report. Statistics are asked of distinct values, and duplicates of
rows whose hash is shared, as the report asks for them: the naive queries do not end in the memory.
"""

import json
import math
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import duckdb

from benchmarks.reports.table import EXPECTED, Expected

_INTEGER = "regexp_full_match(x, '[ \\t]*[+-]?[0-9]+[ \\t]*')"
_DECIMAL = (
    "regexp_full_match(x, '[ \\t]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?[ \\t]*')"
    " AND isfinite(TRY_CAST(x AS DOUBLE))"
)
_DATE = "regexp_full_match(x, '\\d{4}-\\d\\d-\\d\\d') AND TRY_CAST(x AS DATE) IS NOT NULL"
_TIME = "regexp_full_match(x, '\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d.*')"
_MISSING = (
    "WHEN x IS NULL THEN 'null' WHEN x = '' THEN 'empty' WHEN trim(x, ' \t') = '' THEN 'blank'"
)
_DATES = f"WHEN {_DATE} THEN 'date' WHEN {_TIME} THEN 'datetime'"
_KIND = {
    "csv": f"CASE {_MISSING} WHEN {_INTEGER} THEN 'integer' WHEN {_DECIMAL} THEN 'decimal'"
    f" WHEN lower(x) IN ('true', 'false') THEN 'boolean' {_DATES} ELSE 'text' END",
    "json": f"CASE {_MISSING} {_DATES} ELSE 'text' END",
}
_NUMBER = f"CASE WHEN x IS NULL THEN 'null' WHEN {_INTEGER} THEN 'integer' ELSE 'decimal' END"
_OTHER = "CASE WHEN x IS NULL THEN 'null' ELSE 'other' END"
_PRESENT = "kind NOT IN ('null', 'empty', 'blank')"
_READ = {
    "csv": "read_csv('{path}', columns = {{{columns}}}, auto_detect = false, header = true,"
    " nullstr = 'no cell', delim = ',', quote = '\"', escape = '\"', {ragged})",
    "json": "read_json('{path}', format = 'array', columns = {{{columns}}})",
}
_RAGGED = "null_padding = true, strict_mode = false, parallel = false"
_BINS, _BANDS, _TOP = 20, 40, 10

Answer = dict[str, object]
Row = tuple[float, ...]


class ByHand:
    def __init__(self, kind: str, path: Path, folder: Path, memory: str, threads: str) -> None:
        self._kind = kind
        self._columns = EXPECTED[kind]
        self._sql = duckdb.connect(
            str(folder / "table"),
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": str(folder / "spill"),
            },
        )
        columns = ", ".join(f"'{column.name}': 'VARCHAR'" for column in self._columns)
        is_ragged = "ragged" in path.name
        read = _READ[kind].format(
            path=path, columns=columns, ragged=_RAGGED if is_ragged else "strict_mode = true"
        )
        self._sql.execute(f"CREATE TABLE t AS SELECT * FROM {read}")
        self._rows = int(self._row("SELECT count(*) FROM t")[0])

    def answer(self) -> Answer:
        return {
            "row_count": self._rows,
            "columns": [
                {"name": column.name, "statistics": self._column(column)}
                for column in self._columns
            ],
            "table": self._table(),
        }

    def _all(self, sql: str) -> list[Row]:
        return self._sql.execute(sql).fetchall()

    def _row(self, sql: str) -> Row:
        (row,) = self._all(sql)
        return row

    def _column(self, column: Expected) -> Answer:
        kind = {"text": _KIND[self._kind], "number": _NUMBER}.get(column.type, _OTHER)
        if self._kind == "csv":
            kind = _KIND["csv"]
        self._sql.execute(
            f"CREATE OR REPLACE TEMP TABLE v AS SELECT x, n, {kind} AS kind FROM"
            f" (SELECT {column.name} AS x, count(*) AS n FROM t GROUP BY x)"
        )
        kinds = self._kinds()
        missing = {kind: n for kind, n, _ in kinds if kind in ("null", "empty", "blank")}
        there = {kind: n for kind, n, _ in kinds if kind not in missing}
        told: Answer = {
            "missing": {name: missing.get(name, 0) for name in ("null", "empty", "blank")},
            "distinct": {"count": sum(n for kind, _, n in kinds if kind not in missing)},
            "top_values": self._top(),
        }
        if len(there) > 1:
            told["kinds"] = there
        if column.type == "text":
            told["lengths"] = self._lengths()
        if column.type in ("date", "datetime"):
            told["range"] = self._dates(column.type)
        if column.type == "number":
            told |= self._numbers(column.name)
        return told

    def _kinds(self) -> list[tuple[str, int, int]]:
        asked = "SELECT kind, sum(n)::BIGINT, count(*) FROM v GROUP BY kind ORDER BY kind"
        return self._sql.execute(asked).fetchall()

    def _top(self) -> list[Answer]:
        shown = "CASE WHEN length(x) > 200 THEN left(x, 199) || '\u2026' ELSE x END"
        found = self._all(
            f"SELECT {shown}, n FROM v WHERE {_PRESENT} ORDER BY n DESC, x LIMIT {_TOP}"
        )
        return [{"value": value, "count": n} for value, n in found]

    def _lengths(self) -> Answer:
        least, most, mean = self._row(
            "SELECT min(length(x)), max(length(x)), sum(length(x) * n) / sum(n)"
            f" FROM v WHERE {_PRESENT}"
        )
        return {"minimum": least, "maximum": most, "mean": mean}

    def _dates(self, type_: str) -> Answer:
        as_type = "x::DATE" if type_ == "date" else "x::TIMESTAMPTZ"
        first, last = self._row(
            f"SELECT arg_min(x, {as_type}), arg_max(x, {as_type}) FROM v WHERE {_PRESENT}"
        )
        return {"minimum": first, "maximum": last}

    def _numbers(self, name: str) -> Answer:
        self._sql.execute(
            "CREATE OR REPLACE TEMP TABLE e AS SELECT x::DOUBLE AS e, n FROM v"
            " WHERE kind IN ('integer', 'decimal') ORDER BY e"
        )
        count, least, most, mean = self._row(
            "SELECT sum(n)::BIGINT, min(e), max(e), fsum(e * n) / sum(n) FROM e"
        )
        (deviation,) = self._row(
            f"SELECT sqrt(fsum((e - {mean!r}) * (e - {mean!r}) * n) / {count - 1}) FROM e"
        )
        q1, median, q3 = self._quartiles(int(count))
        width = Fraction(most) - Fraction(least)
        edges = [float(Fraction(least) + width * step / _BINS) for step in range(_BINS + 1)]
        return {
            "range": {"minimum": least, "maximum": most},
            "mean": mean,
            "standard_deviation": deviation,
            "quartiles": {"q1": q1, "median": median, "q3": q3},
            "histogram": {"counts": self._histogram(edges)},
            "outliers": self._outliers(name, q1, q3),
        }

    def _quartiles(self, count: int) -> list[float]:
        places = [part * (count - 1) / 4 for part in (1, 2, 3)]
        ranks = [rank for place in places for rank in (math.floor(place), math.ceil(place))]
        asked = ", ".join(f"min(e) FILTER (WHERE upto > {rank})" for rank in ranks)
        found = self._row(
            f"SELECT {asked} FROM (SELECT e, sum(n) OVER (ROWS UNBOUNDED PRECEDING) AS upto FROM e)"
        )
        return [
            low + (high - low) * (place % 1)
            for place, low, high in zip(places, found[::2], found[1::2], strict=True)
        ]

    def _histogram(self, edges: Sequence[float]) -> list[float]:
        bin_ = " + ".join(f"(e >= {edge!r})::INTEGER" for edge in edges[1:-1])
        found = {
            int(place): n
            for place, n in self._all(f"SELECT {bin_} AS bin, sum(n)::BIGINT FROM e GROUP BY bin")
        }
        return [found.get(place, 0) for place in range(_BINS)]

    def _outliers(self, name: str, q1: float, q3: float) -> Answer:
        low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
        beyond = f"(e < {low!r} OR e > {high!r})"
        (count,) = self._row(f"SELECT coalesce(sum(n), 0)::BIGINT FROM e WHERE {beyond}")
        examples = self._all(
            f"SELECT place, x FROM (SELECT rowid + 1 AS place, {name} AS x,"
            f" TRY_CAST({name} AS DOUBLE) AS e FROM t) WHERE {beyond}"
            f" ORDER BY greatest({low!r} - e, e - {high!r}) DESC, place LIMIT 5"
        )
        return {
            "low": low,
            "high": high,
            "count": count,
            "examples": [{"row": row, "value": value} for row, value in examples],
        }

    def _table(self) -> Answer:
        return {
            "duplicates": {"count": self._duplicates()},
            "missing_map": {"shares": self._missing_map()},
            "correlations": {"pairs": self._correlations()},
        }

    def _duplicates(self) -> float:
        names = ", ".join(column.name for column in self._columns)
        alike = (
            f"FROM t WHERE hash({names}) IN"
            f" (SELECT hash({names}) AS h FROM t GROUP BY h HAVING count(*) > 1)"
        )
        return self._row(
            f"SELECT (SELECT count(*) {alike})"
            f" - (SELECT count(*) FROM (SELECT DISTINCT {names} {alike}))"
        )[0]

    def _missing_map(self) -> list[list[float]]:
        height = -(-self._rows // _BANDS)
        asked = ", ".join(
            f"count(*) FILTER (WHERE {name} IS NULL OR {name} = '' OR trim({name}, ' \t') = '')"
            for name in (column.name for column in self._columns)
        )
        found = self._all(f"SELECT rowid // {height} AS b, {asked} FROM t GROUP BY b ORDER BY b")
        sizes = [min(height, self._rows - band * height) for band in range(_BANDS)]
        return [
            [round(count / size, 6) for count in counts]
            for size, (_, *counts) in zip(sizes, found, strict=False)
        ]

    def _correlations(self) -> list[Answer]:
        names = [column.name for column in self._columns if column.type == "number"]
        pairs = [(one, two) for place, one in enumerate(names) for two in names[place + 1 :]]
        asked = ", ".join(f"corr({one}, {two})" for one, two in pairs)
        numbers = ", ".join(f"TRY_CAST({name} AS DOUBLE) AS {name}" for name in names)
        found = self._row(f"SELECT {asked} FROM (SELECT {numbers} FROM t)")
        return [
            {"first": one, "second": two, "correlation": value}
            for (one, two), value in zip(pairs, found, strict=True)
        ]


def main(kind: str, path: str, folder: str, memory: str, threads: str) -> None:
    answer = ByHand(kind, Path(path), Path(folder), memory, threads).answer()
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
