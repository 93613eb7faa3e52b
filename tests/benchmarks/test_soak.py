"""What `make soak` makes of words and counts."""

from collections import Counter

import pytest

from benchmarks.soak.__main__ import PARTS, SoakError, main, parse
from benchmarks.soak.census import MIB, Census
from benchmarks.soak.kill import Outcome as Killed
from benchmarks.soak.kill import Sent
from benchmarks.soak.load import Outcome as Loaded
from benchmarks.soak.load import quarters

STEADY = Census(memory=100 * MIB, descriptors=50, threads=20)


@pytest.mark.parametrize(("word", "amount"), [("kill", 50.0), ("kill=200", 200.0)])
def test_a_part_may_be_given_an_amount(word: str, amount: float) -> None:
    assert parse(word) == ("kill", amount)


@pytest.mark.parametrize("word", ["nothing", "kill=many", "=3"])
def test_what_is_no_part_is_told(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SoakError):
        parse(word)
    assert main([*PARTS, word]) == 2
    assert capsys.readouterr().err.startswith("soak: ")


@pytest.mark.parametrize(
    ("last", "is_good"),
    [
        (STEADY, True),
        (Census(memory=200 * MIB, descriptors=50, threads=20), False),
        (Census(memory=100 * MIB, descriptors=90, threads=20), False),
        (Census(memory=100 * MIB, descriptors=50, threads=40), False),
    ],
)
def test_a_server_that_grows_under_load_is_seen(last: Census, *, is_good: bool) -> None:
    first, found = quarters([Census(0, 0, 0)] + [STEADY] * 5 + [last] * 4)
    assert (first, found) == (STEADY, last)
    assert Loaded(Counter(), first, found).is_good is is_good


@pytest.mark.parametrize(
    ("listed", "broken", "drafts", "is_good"),
    [
        ({"a"}, set(), 0, True),
        ({"a", "b"}, set(), 0, True),  # it was stored, and the answer was lost
        (set(), set(), 0, False),
        ({"a", "c"}, set(), 0, False),
        ({"a"}, {"a"}, 0, False),
        ({"a"}, set(), 1, False),
    ],
)
def test_what_a_kill_may_leave(
    listed: set[str], broken: set[str], drafts: int, *, is_good: bool
) -> None:
    sent = Sent(begun={"a", "b"}, acknowledged={"a"})
    outcome = Killed(1, sent, frozenset(listed), frozenset(broken), drafts)
    assert outcome.is_good is is_good
