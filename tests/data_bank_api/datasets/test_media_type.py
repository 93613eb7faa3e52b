"""Which types a dataset may have."""

import pytest

from data_bank_api.datasets.media_type import content_type_of, kind_of
from data_bank_client.errors import UnsupportedMediaTypeError
from data_bank_client.wire.datasets import DATASET_KINDS


@pytest.mark.parametrize(
    ("said", "filename", "expected"),
    [
        ("text/csv", "a.json", "text/csv"),
        ("Text/CSV; charset=utf-16", "", "Text/CSV; charset=utf-16"),
        (None, "a.CSV", "text/csv"),
        ("", "a.json", "application/json"),
        ("application/octet-stream", "a.b.parquet", "application/vnd.apache.parquet"),
        ("Application/Octet-Stream; x=y", "a.jsonl", "application/jsonl"),
    ],
)
def test_what_was_said_counts_and_else_the_ending(
    said: str | None, filename: str, expected: str
) -> None:
    assert content_type_of(said, filename) == expected


@pytest.mark.parametrize(
    ("said", "filename", "says"),
    [
        ("text/plain", "a.csv", "not text/plain"),
        ("nonsense", "a.csv", "media type"),
        ("text/csv\n", "a.csv", "media type"),
        ("text/csv; " + "x" * 300, "a.csv", "media type"),
        (None, "a.csv.gz", "not told"),
        (None, "csv", "not told"),
        (None, "", "not told"),
    ],
)
def test_what_is_no_dataset_is_refused(said: str | None, filename: str, says: str) -> None:
    with pytest.raises(UnsupportedMediaTypeError, match=says):
        content_type_of(said, filename)


def test_every_type_is_read_as_its_kind() -> None:
    assert {type_: kind_of(f"{type_.upper()} ; a=b") for type_ in DATASET_KINDS} == DATASET_KINDS
