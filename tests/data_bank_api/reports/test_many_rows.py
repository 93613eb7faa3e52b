"""A file of more rows than the engine takes at a time, by two threads."""

import math
import random
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from data_bank_api.reports.limits import Limits
from data_bank_api.reports.profiling import report_of

ROWS = 300_000


@pytest.mark.parametrize("spread", [1.0, 1e200], ids=["alike", "far apart"])
def test_all_is_exact_and_in_order_of_many_values(tmp_path: Path, spread: float) -> None:
    chance = random.Random(7)
    numbers = [chance.uniform(-1, 1) * spread ** chance.random() for _ in range(ROWS)]
    (tmp_path / "data").write_text("x\n" + "".join(f"{number!r}\n" for number in numbers))
    (tmp_path / "work").mkdir()
    report = report_of(tmp_path / "data", "csv", tmp_path / "work", Limits(), lambda percent: None)
    told = msgspec.to_builtins(report.columns[0].statistics)
    ordered = sorted(numbers)
    assert told["mean"] == math.fsum(numbers) / ROWS
    assert told["range"] == {"minimum": ordered[0], "maximum": ordered[-1]}
    assert list(told["quartiles"].values()) == [quartile(ordered, part) for part in (1, 2, 3)]
    assert sum(told["histogram"]["counts"]) == ROWS
    assert [row.cells for row in report.first_rows] == [(repr(each),) for each in numbers[:20]]
    for example in told["outliers"]["examples"]:
        assert repr(numbers[example["row"] - 1]) == example["value"]


def quartile(ordered: list[float], part: int) -> float:
    place = Fraction(part, 4) * (len(ordered) - 1)
    low, high = Fraction(ordered[math.floor(place)]), Fraction(ordered[math.ceil(place)])
    return float(low + (high - low) * (place % 1))
