import pytest

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.sources import json_portions
from data_bank_api.reports.sources.json_portions import in_portions


@pytest.mark.parametrize(
    ("lengths", "portions"),
    [
        ([4, 4, 4, 4], [[4, 4], [4, 4]]),
        ([4, 8, 2, 2, 4], [[4], [8], [2, 2, 4]]),
        ([20, 4], [[20], [4]]),
        ([4, 20], [[4], [20]]),
        ([8], [[8]]),
        ([], [[]]),
    ],
)
def test_portions_are_of_some_length_together_and_have_all_in_order(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, lengths: list[int], portions: list[list[int]]
) -> None:
    monkeypatch.setattr(json_portions, "_LONG", 8)
    texts = f"SELECT repeat('x', n) AS json FROM unnest({lengths}::BIGINT[]) AS t(n)"
    found = [
        [length for (length,) in engine.rows(f"SELECT strlen(json) FROM {portion}", tuple[int])]
        for portion in in_portions(engine, f"({texts})")
    ]
    assert found == portions
