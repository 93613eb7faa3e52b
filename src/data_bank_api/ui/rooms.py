"""The pages, put together: their routes for the router, and how errors are told there."""

from dataclasses import dataclass

from starlette.routing import Route

from data_bank_api.api.event_source import EventSource
from data_bank_api.api.middleware.errors import Tell
from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.routes.catalog import CatalogPools
from data_bank_api.api.routes.datasets import DatasetPools, DatasetRoom
from data_bank_api.api.routes.files import Files
from data_bank_api.ui.assets import Assets
from data_bank_api.ui.figures import Figures
from data_bank_api.ui.pages.catalog import catalog_windows
from data_bank_api.ui.pages.catalog_dataset import dataset_windows
from data_bank_api.ui.pages.dataset import stored_dataset_windows
from data_bank_api.ui.pages.datasets import datasets_windows
from data_bank_api.ui.pages.files import file_windows
from data_bank_api.ui.pages.hub import hub_windows
from data_bank_api.ui.pages.hub_repository import repository_windows
from data_bank_api.ui.pages.jobs import job_windows
from data_bank_api.ui.pages.overview import overview_windows
from data_bank_api.ui.pages.report import report_windows
from data_bank_api.ui.pages.sign_in import sign_in_windows
from data_bank_api.ui.pages.static import static_windows
from data_bank_api.ui.renderer import Renderer
from data_bank_api.ui.trouble import Trouble
from data_bank_api.ui.window import Window
from data_bank_api.wiring import Bank


@dataclass(frozen=True, slots=True)
class Ui:
    routes: list[Route]
    tell: Tell


def build_ui(
    bank: Bank,
    files: Files,
    database: DatabasePool,
    catalog: CatalogPools,
    source: EventSource | None,
) -> Ui:
    assets = Assets.load()
    renderer = Renderer(assets)
    found = [*static_windows(assets), *windows(bank, files, database, catalog, source)]
    routes = [each.route(bank.sessions, renderer) for each in found]
    return Ui(routes, Trouble(bank.sessions, renderer).tell)


def windows(
    bank: Bank,
    files: Files,
    database: DatabasePool,
    catalog: CatalogPools,
    source: EventSource | None,
) -> list[Window]:
    """Every page there is."""
    datasets = DatasetRoom(bank, DatasetPools(files.pool, database), files.transfers)
    rooms = (
        sign_in_windows(bank.sessions),
        overview_windows(Figures(bank, files.pool, database)),
        file_windows(files),
        datasets_windows(datasets),
        stored_dataset_windows(datasets),
        report_windows(datasets),
        catalog_windows(bank, database, catalog),
        dataset_windows(bank, database, catalog),
        hub_windows(bank, database),
        repository_windows(bank, database),
        job_windows(bank, database, source),
    )
    return [window for room in rooms for window in room]
