"""`databank catalog show`: one dataset, its impact, and why it has that."""

from data_bank_client.cli.catalog_lines import count_text, size_text, why
from data_bank_client.cli.job_lines import short_time
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import printable
from data_bank_client.cli.show import show as put_out
from data_bank_client.wire.catalog import DatasetAnswer


def show(dataset_id: str, /, *, session: Session = DEFAULT) -> None:
    """Print what the catalog knows of a dataset: its impact, and what that was told by.

    Parameters
    ----------
    dataset_id
        Its id on the Hub: `org/name`.
    """
    with session.client() as bank:
        found = bank.get_dataset(dataset_id)
    if session.json:
        put_out(found, "", json=True)
        return
    for name, told in _fields(found).items():
        if told:
            print(printable(f"{name:<13} {told}"))


def _fields(dataset: DatasetAnswer) -> dict[str, str]:
    states = [name for name in ("gated", "private", "disabled") if dataset.get(name)]
    return {
        "id": dataset["id"],
        "impact": f"{dataset['impact']}, {why(dataset)}",
        "downloads": count_text(dataset["downloads"]),
        "likes": count_text(dataset["likes"]),
        "size": size_text(dataset["size_bytes"]),
        "modified": _moment(dataset["last_modified"]),
        "created": _moment(dataset["created_at"]),
        "commit": dataset["sha"] or "",
        "access": ", ".join(states),
        "tags": ", ".join(dataset["tags"]),
        "description": " ".join((dataset["description"] or "").split()),
    }


def _moment(told: str | None) -> str:
    return "" if told is None else short_time(told)
