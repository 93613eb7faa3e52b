"""`/ui/datasets/{id}/report`: what is in a dataset, each of its columns, and all as JSON."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from starlette.responses import Response
from starlette.types import ASGIApp

from data_bank_api.api.disposition import attachment
from data_bank_api.api.routes.dataset_answer import tell_dataset
from data_bank_api.api.routes.dataset_question import read_dataset_id
from data_bank_api.api.routes.dataset_report import ReportReader
from data_bank_api.api.routes.datasets import DatasetRoom
from data_bank_api.datasets.dataset import Dataset
from data_bank_api.ui.headers import GUARDS
from data_bank_api.ui.pictures.bands import missing_map, row_ticks, runs
from data_bank_api.ui.pictures.histogram import HEIGHT, histogram
from data_bank_api.ui.pictures.matrix import CELL, correlation, matrix, pairs_of
from data_bank_api.ui.pictures.sparkline import sparkline
from data_bank_api.ui.places import READ
from data_bank_api.ui.report_alerts import alerts_of
from data_bank_api.ui.report_columns import ColumnQuestion, column_page
from data_bank_api.ui.report_desk import ReportDesk
from data_bank_api.ui.report_sums import sums_of
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_client.errors import NotFoundError, ServiceUnavailableError
from data_bank_client.wire.problem import status_of
from data_bank_client.wire.reports import Report, ReportColumn

Draw = Callable[[Visit, Dataset, Report], Response]

# Reports that are in memory at once: one of a thousand columns may take a hundred megabytes.
AT_ONCE = 2

_MOST_DIGITS = 6
_STEM = 200  # characters of a file's name


def report_windows(room: DatasetRoom) -> list[Window]:
    pages = ReportPages(room)
    report = "/ui/datasets/{id}/report"
    return [
        Window(report, {"GET": View(READ, pages.show)}),
        Window(f"{report}/columns/{{position}}", {"GET": View(READ, pages.show_column)}),
        Window(f"{report}/download", {"GET": View(READ, pages.download)}),
    ]


@dataclass(frozen=True, slots=True)
class ReportPages:
    room: DatasetRoom
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def show(self, visit: Visit) -> Response:
        return await self._read(visit, partial(_show, ColumnQuestion.read(visit.query)))

    async def show_column(self, visit: Visit) -> Response:
        return await self._read(visit, _show_column)

    async def download(self, visit: Visit) -> ASGIApp:
        dataset = await self._find(visit)
        answer = await self._reader.answer(dataset, visit.request, _as_file(dataset))
        return self.room.transfers.count(answer, visit.request)

    async def _read(self, visit: Visit, draw: Draw) -> Response:
        dataset = await self._find(visit)
        if dataset.report is None:  # its page says why
            return visit.lead(f"/ui/datasets/{dataset.dataset_id}")
        async with self.places:
            try:
                report = await ReportDesk(self._reader).read(dataset)
            except ServiceUnavailableError as error:
                status = status_of(error)
                return visit.show("report_lost.html", status, dataset=tell_dataset(dataset))
            return await self.room.pools.storage.run(draw, visit, dataset, report)

    async def _find(self, visit: Visit) -> Dataset:
        desk, dataset_id = self.room.desk(), read_dataset_id(visit.request)
        return await self.room.pools.database.run(desk.get, dataset_id)

    @property
    def _reader(self) -> ReportReader:
        return ReportReader(self.room.bank, self.room.pools.storage)


def _show(question: ColumnQuestion, visit: Visit, dataset: Dataset, report: Report) -> Response:
    return visit.show(
        "report.html",
        dataset=tell_dataset(dataset),
        report=report,
        sums=sums_of(report),
        alerts=alerts_of(report),
        page=column_page(report, question),
        sparkline=sparkline,
        missing_map=missing_map(report),
        row_ticks=row_ticks(report),
        matrix=matrix(report),
        cell=CELL,
        correlation=correlation,
        positions=_positions(report),
    )


def _show_column(visit: Visit, dataset: Dataset, report: Report) -> Response:
    """Raises NotFoundError."""
    column = _column(visit, report)
    statistics, at = column["statistics"], column["position"] - 1
    return visit.show(
        "report_column.html",
        dataset=tell_dataset(dataset),
        report=report,
        column=column,
        about=statistics,
        present=report["row_count"] - statistics["missing"]["count"],
        alerts=alerts_of(report, column["name"]),
        histogram=histogram(column),
        height=HEIGHT,
        runs=runs(report["table"]["missing_map"], column["position"]),
        row_ticks=row_ticks(report),
        pairs=pairs_of(report, column["name"]),
        correlation=correlation,
        positions=_positions(report),
        first_cells=[(each["row"], each["cells"][at]) for each in report["first_rows"]],
    )


def _positions(report: Report) -> dict[str, int]:
    """Of the columns, by their names."""
    return {each["name"]: each["position"] for each in report["columns"]}


def _column(visit: Visit, report: Report) -> ReportColumn:
    """Raises NotFoundError."""
    text = str(visit.request.path_params["position"])
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    if not is_number or not 0 < int(text) <= len(report["columns"]):
        raise NotFoundError(f"it has no such column: there are {report['column_count']:,}")
    return report["columns"][int(text) - 1]


def _as_file(dataset: Dataset) -> dict[str, str]:
    """Never shown as a page of the bank."""
    stem = dataset.original_filename.rpartition(".")[0] or dataset.original_filename
    name = attachment(f"{stem[:_STEM]}-report.json")
    return {**GUARDS, "content-disposition": name}
