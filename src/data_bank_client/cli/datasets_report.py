"""`databank datasets report`: read the report of a dataset."""

import shutil
import sys

from rich.console import Console

from data_bank_client.cli.datasets_find import find_dataset
from data_bank_client.cli.reports.column import column_detail
from data_bank_client.cli.reports.lines import LEAST, Lines
from data_bank_client.cli.reports.page import find_column, report_page
from data_bank_client.cli.session import DEFAULT, Session


def report(dataset: str, /, *, column: str | None = None, session: Session = DEFAULT) -> None:
    """Print the report of a dataset: what to look at, its columns, where values are missing.

    With --json the report as it is stored.

    Parameters
    ----------
    dataset
        Its id, or its name, where no other has that.
    column
        One column in detail, by its name, or its number.
    """
    with session.client() as bank:
        found = find_dataset(bank, dataset)
        if session.json:
            sys.stdout.flush()
            sys.stdout.buffer.write(bank.datasets.report_json(found["id"]) + b"\n")
            return
        told = bank.datasets.report(found["id"])
    width = max(_width(), LEAST)
    if column is not None:
        _put_out(column_detail(told, find_column(told, column), width))
        return
    _put_out(report_page(found, told, width))
    session.hint(f"one column: databank datasets report {found['id']} --column NAME")


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else LEAST


def _put_out(lines: Lines) -> None:
    """In colours where somebody sees them."""
    if not sys.stdout.isatty():
        for line in lines:
            print(line.plain)
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line)
