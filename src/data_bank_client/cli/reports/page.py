"""A whole report, and which column of it is meant."""

from difflib import get_close_matches

from data_bank_client.cli.reports.alerts import alerts
from data_bank_client.cli.reports.columns import column_table
from data_bank_client.cli.reports.correlations import correlations
from data_bank_client.cli.reports.first_rows import first_rows
from data_bank_client.cli.reports.head import head
from data_bank_client.cli.reports.lines import LEAST, Lines
from data_bank_client.cli.reports.missing_map import missing_map
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.datasets import StoredDataset
from data_bank_client.wire.reports import Report, ReportColumn


def report_page(dataset: StoredDataset, report: Report, width: int) -> Lines:
    """What is worth reading first comes first; no line is wider than `width`, or 80 cells."""
    width = max(width, LEAST)
    return [
        *head(dataset, report, width),
        *alerts(report["alerts"], width),
        *column_table(report["columns"], width),
        *missing_map(report),
        *correlations(report),
        *first_rows(report, width),
    ]


def find_column(report: Report, name: str) -> ReportColumn:
    """The column of this name, else the one at this place. Raises NotFoundError."""
    by_name = {each["name"]: each for each in report["columns"]}
    by_place = {str(each["position"]): each for each in report["columns"]}
    found = by_name.get(name) or by_place.get(name)
    if found is not None:
        return found
    names = list(by_name)
    close = get_close_matches(name, names, n=3)
    hint = f": {', '.join(close)}?" if close else f"; there are {', '.join(names[:10])}"
    raise NotFoundError(f"there is no column {name}{hint}")
