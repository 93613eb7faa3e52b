"""A report of a file, made in this process. Who serves others has it made by `profile.py`.

tell(5) ── read ── tell(25) ── columns one by one ── tell(60) ── rows, alerts ── tell(85)
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from data_bank_api.reports.alerts import alerts_of
from data_bank_api.reports.engine import Engine, RefusedError
from data_bank_api.reports.errors import UnreadableError
from data_bank_api.reports.first_rows import first_rows
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.report import ColumnReport, Report, cut
from data_bank_api.reports.sources.kinds import SOURCES
from data_bank_api.reports.statistics import columns, rows
from data_bank_api.reports.statistics.missing import kinds_missing
from data_bank_api.reports.statistics.statistic import NUMERIC, Traits
from data_bank_api.reports.table import Table
from data_bank_api.reports.values import values_of
from data_bank_api.reports.words import Tell

STARTED, PARSED, TOLD, JUDGED = 5, 25, 60, 85


def report_of(path: Path, kind: str, folder: Path, limits: Limits, tell: Tell) -> Report:
    """`folder` is empty and takes what does not fit into memory. Raises ReportError."""
    # Not resolved: what a descriptor leads to may have no name of its own.
    (folder / "input").symlink_to(path.absolute())
    tell(STARTED)
    try:
        with Engine(folder, limits) as engine:
            table = SOURCES[kind].load(engine, limits)
            tell(PARSED)
            return _report(engine, table, tell)
    except RefusedError as error:
        raise UnreadableError(f"it cannot be read as {kind}") from error


def _report(engine: Engine, table: Table, tell: Tell) -> Report:
    described = tuple(_columns(engine, table, tell))
    report = Report(
        source=table.source,
        row_count=table.rows,
        column_count=len(table.columns),
        columns=described,
        table=rows.describe(engine, table, _traits(table, described)),
        first_rows=first_rows(engine, table),
        alerts=(),
        approximate=(*columns.APPROXIMATE, *rows.APPROXIMATE),
    )
    tell(JUDGED)
    return replace(report, alerts=alerts_of(report))


def _traits(table: Table, described: tuple[ColumnReport, ...]) -> Traits:
    pairs = list(zip(table.columns, described, strict=True))
    return Traits(
        numeric=tuple(column for column, told in pairs if told.type in NUMERIC),
        lacking=tuple((column, kinds) for column, told in pairs if (kinds := kinds_missing(told))),
    )


def _columns(engine: Engine, table: Table, tell: Tell) -> Iterator[ColumnReport]:
    for done, column in enumerate(table.columns, 1):
        with values_of(engine, table, column) as values:
            told = columns.describe(values)
        yield ColumnReport(column.position, column.name, cut(column.written), values.type, told)
        tell(PARSED + (TOLD - PARSED) * done // len(table.columns))
