"""JSON: objects, in an array or one on each line. A key is a column; what is nested stays JSON.

| the file begins with | it is |
| --- | --- |
| `[` | an array of objects |
| `{"name": [` and ends with `]}` | the array of objects that is all the object has |
| `{` | an object on each line (NDJSON), else one object: one row |

The columns are in the order of the first object's keys, those that come later after them by their
names. Of a key that an object has twice the first counts. NaN and Infinity, which are not JSON and
yet written by many, are read as numbers that are not finite. A comma after the last pair of an
object is let pass.
"""

import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from data_bank_api.reports.cell import Json
from data_bank_api.reports.engine import Engine, NoRoomError, RefusedError, quoted
from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.limits import MIB, Limits
from data_bank_api.reports.report import Source, names_of
from data_bank_api.reports.sources.encoding import encoding_of, to_utf8
from data_bank_api.reports.sources.json_fault import check_json
from data_bank_api.reports.sources.json_portions import in_portions
from data_bank_api.reports.sources.source import check_width, count_rows
from data_bank_api.reports.table import Column, Table

Layout = Literal["array", "newline_delimited", "unstructured"]
_LARGEST = 4 * MIB  # bytes of one object, of which each thread holds several
_REASON = f"it cannot be read as JSON, or an object is larger than {_LARGEST // MIB} MiB"
_HEAD = 1 << 16
_WRAPPED = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*(?=\[)')
_WRAPPED_END = re.compile(rb"\]\s*(\}\s*)\Z")


@dataclass(frozen=True, slots=True)
class JsonFile:
    def load(self, engine: Engine, limits: Limits) -> Table:
        path = Path(engine.input)
        encoding, mark = encoding_of(path)
        if encoding != "utf-8" or mark:
            path = engine.folder / "utf8"
            to_utf8(Path(engine.input), path, encoding, mark)
        array = _unwrapped(path, engine.folder / "array")
        if array is not None:
            # Where it is not that, the file may still be something else.
            with suppress(RefusedError, _NoObjectError):
                return _table(engine, limits, encoding, _objects(array, "array"))
        layout = _layout_of(engine, path)
        try:
            return _table(engine, limits, encoding, _objects(path, layout))
        except (RefusedError, _NoObjectError) as error:
            check_json(array or path, is_array=layout == "array" or array is not None)
            raise UnreadableError(_REASON) from error


class _NoObjectError(Exception):
    """A row is not an object."""


def _unwrapped(path: Path, target: Path) -> Path | None:
    """The array alone, where an object seems to have nothing else; its lines keep their numbers."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        begin = _WRAPPED.match(head)
        file.seek(max(0, path.stat().st_size - _HEAD))
        end = _WRAPPED_END.search(file.read())
        if begin is None or end is None:
            return None
        file.seek(begin.end())
        with target.open("wb") as out:
            out.write(b"\n" * begin[0].count(b"\n"))
            shutil.copyfileobj(file, out)
            out.truncate(out.tell() - len(end[1]))
    return target


def _layout_of(engine: Engine, path: Path) -> Layout:
    with path.open("rb") as file:
        first = file.read(_HEAD).lstrip()[:1]
    if first == b"[":
        return "array"
    if path.stat().st_size > _LARGEST:
        return "newline_delimited"
    # A small file may be one object over many lines.
    try:
        engine.row(f"SELECT count(*) FROM {_objects(path, 'newline_delimited')}", tuple[int])
    except RefusedError:
        return "unstructured" if first == b"{" and _is_one(engine, path) else "newline_delimited"
    return "newline_delimited"


def _is_one(engine: Engine, path: Path) -> bool:
    try:
        count = engine.row(f"SELECT count(*) FROM {_objects(path, 'unstructured')}", tuple[int])[0]
    except RefusedError:
        return False
    return count == 1


def _objects(path: Path, layout: Layout) -> str:
    """SQL: a table with one column `json`."""
    return (
        f"read_json_objects({quoted(str(path))}, format = '{layout}', compression = 'none',"
        f" maximum_object_size = {_LARGEST}, hive_partitioning = false)"
    )


def _table(engine: Engine, limits: Limits, encoding: str, objects: str) -> Table:
    try:
        return _table_of(engine, limits, encoding, [objects])
    except NoRoomError:
        table = _table_of(engine, limits, encoding, in_portions(engine, objects))
        engine.run("DROP TABLE objects")
        return table


def _table_of(engine: Engine, limits: Limits, encoding: str, portions: Sequence[str]) -> Table:
    keys = _keys(engine, limits, portions)
    check_width(keys, limits)
    declared = ", ".join(f"c{place} VARCHAR" for place in range(len(keys)))
    engine.run(f"CREATE OR REPLACE TABLE cells ({declared})")
    paths = ", ".join(quoted(_pointer(key)) for key in keys)
    cells = ", ".join(_cell(f"v[{place}]") for place in range(1, len(keys) + 1))
    for objects in portions:
        values = f"SELECT CAST(json_extract(json, [{paths}]) AS VARCHAR[]) AS v FROM {objects}"
        engine.run(f"INSERT INTO cells SELECT {cells} FROM ({values})")
    columns = tuple(
        Column(position, name, written, Json())
        for position, (name, written) in enumerate(zip(names_of(keys), keys, strict=True), 1)
    )
    return Table(Source("json", encoding), columns, count_rows(engine, limits))


def _cell(value: str) -> str:
    """SQL, in the form of a cell; JSON's null is as good as a key that is not there."""
    text = f"'\"' || json_extract_string({value}, '$')"
    return f"CASE WHEN {value}[1] = '\"' THEN {text} ELSE nullif({value}, 'null') END"


def _keys(engine: Engine, limits: Limits, portions: Sequence[str]) -> Sequence[str]:
    """Raises UnreadableError where there are none."""
    found: set[str | None] = set()
    for objects in portions:
        found.update(_some_keys(engine, limits, objects))
        if len(found) > limits.columns:
            break
    if None in found:
        raise _NoObjectError
    if not found:
        raise UnreadableError("there is no object with a key in it")
    first = engine.rows(f"SELECT json_keys(json) FROM {portions[0]} LIMIT 1", tuple[list[str]])
    return list(dict.fromkeys([*first[0][0], *sorted(key for key in found if key is not None)]))


def _some_keys(engine: Engine, limits: Limits, objects: str) -> set[str | None]:
    """One more than there may be at most; None stands for what is no object."""
    found = engine.rows(
        "SELECT DISTINCT unnest(CASE json_type(json) WHEN 'OBJECT' THEN json_keys(json)"
        f" ELSE [NULL] END) AS key FROM {objects} ORDER BY key LIMIT {limits.columns + 2}",
        tuple[str | None],
    )
    return {key for (key,) in found}


def _pointer(key: str) -> str:
    """The key's place in an object, as RFC 6901 has it."""
    return "/" + key.replace("~", "~0").replace("/", "~1")
