"""The kinds of files that a report can be of."""

from collections.abc import Mapping

from data_bank_api.reports.sources.csv_file import CsvFile
from data_bank_api.reports.sources.json_file import JsonFile
from data_bank_api.reports.sources.parquet_file import ParquetFile
from data_bank_api.reports.sources.source import SourceKind

SOURCES: Mapping[str, SourceKind] = {
    "csv": CsvFile(),
    "json": JsonFile(),
    "ndjson": JsonFile(),
    "parquet": ParquetFile(),
}
