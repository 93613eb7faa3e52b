"""The head of a report: what was read, how much of it there is, how much is missing."""

from data_bank_client.cli.catalog_lines import size_text
from data_bank_client.cli.job_lines import short_time
from data_bank_client.cli.reports.lines import Lines, joined, wrapped
from data_bank_client.cli.reports.numbers import share_text
from data_bank_client.wire.datasets import StoredDataset
from data_bank_client.wire.reports import Report

_DELIMITERS = {"\t": "tabs", " ": "spaces"}


def head(dataset: StoredDataset, report: Report, width: int) -> Lines:
    """Its name, its file, and its size in rows and columns."""
    name = [joined((each, "bold")) for each in wrapped(dataset["name"], width)]
    told = ", ".join(filter(None, _file(dataset, report))), ", ".join(_counts(report))
    return name + [joined(line) for each in told for line in wrapped(each, width)]


def _file(dataset: StoredDataset, report: Report) -> list[str]:
    filename, source = dataset["original_filename"], report["source"]
    encoding = "" if source["encoding"] is None else f" in {source['encoding']}"
    at = dataset["processed_at"]
    return [
        "" if filename == dataset["name"] else filename,
        f"{source['kind']}{encoding}{_delimited(source['delimiter'])}",
        size_text(dataset["size_bytes"]),
        "" if at is None else f"profiled {short_time(at)}",
    ]


def _delimited(delimiter: str | None) -> str:
    if delimiter is None:
        return ""
    return f" with {_DELIMITERS.get(delimiter, repr(delimiter))} between cells"


def _counts(report: Report) -> list[str]:
    duplicates = report["table"]["duplicates"]
    told = [
        _counted(report["row_count"], "row"),
        _counted(report["column_count"], "column"),
        f"{_missing(report)} of the values missing",
    ]
    if duplicates["count"]:
        share = share_text(duplicates["share"])
        told.append(f"{_counted(duplicates['count'], 'duplicate row')} ({share})")
    return told


def _missing(report: Report) -> str:
    values = report["row_count"] * report["column_count"]
    count = sum(each["statistics"]["missing"]["count"] for each in report["columns"])
    return share_text(count / values) if count else "none"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
