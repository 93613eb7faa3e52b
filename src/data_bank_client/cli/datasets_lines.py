"""How datasets are told to people: a line each, what matters first."""

from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size

from data_bank_client.cli.catalog_lines import size_text
from data_bank_client.cli.job_lines import fitting, short_time
from data_bank_client.cli.show import printable
from data_bank_client.wire.datasets import DatasetKind, StoredDataset

_NAME = 24  # cells

# What `--type` says, as it is said to the service.
CONTENT_TYPES: Mapping[DatasetKind, str] = {
    "csv": "text/csv",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def dataset_line(dataset: StoredDataset) -> str:
    """Id, status, rows, name, bytes, when it was uploaded, and what is wrong with it."""
    rows = "-" if dataset["row_count"] is None else f"{dataset['row_count']:,}"
    name = printable(dataset["name"])
    name = set_cell_size(name, _NAME) if cell_len(name) < _NAME else name
    about = f"{size_text(dataset['size_bytes']):>10}  {short_time(dataset['uploaded_at'])}"
    what = f"{dataset['id']}  {dataset['status']:<10}  {rows:>9}  {name}"
    return fitting(f"{what}  {about}  {dataset['error'] or ''}".rstrip())
