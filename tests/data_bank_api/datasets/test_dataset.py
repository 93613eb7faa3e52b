"""What a dataset is called by: a UUID, always written the same way."""

import pytest

from data_bank_api.datasets.dataset import is_dataset_id
from tests.fakes.datasets import new_dataset


def test_a_new_dataset_has_an_id_of_its_own() -> None:
    first, second = new_dataset(), new_dataset()
    assert is_dataset_id(first.dataset_id)
    assert first.dataset_id != second.dataset_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "\0",
        "c2140891-3a3f-4c82-b191-6d2e4500e4d7\n",
        "C2140891-3A3F-4C82-B191-6D2E4500E4D7",
        "c21408913a3f4c82b1916d2e4500e4d7",
        "{c2140891-3a3f-4c82-b191-6d2e4500e4d7}",
    ],
    ids=["empty", "short", "NUL", "line break", "upper case", "no hyphens", "braces"],
)
def test_what_is_written_otherwise_is_no_id(text: str) -> None:
    assert not is_dataset_id(text)
