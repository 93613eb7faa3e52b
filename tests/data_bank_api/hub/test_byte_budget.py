"""The bytes on their way: never more than the budget, nobody starves, nobody waits for ever."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_bank_api.hub.byte_budget import ByteBudget
from tests.running_bank import until


class OverError(Exception):
    pass


def nothing() -> None:
    """Nobody asks to stop."""


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one byte"):
        ByteBudget(0)


@settings(max_examples=30)
@given(st.integers(1, 50), st.lists(st.integers(0, 80), min_size=1, max_size=60))
def test_all_shares_are_served_and_never_more_than_the_budget(total: int, sizes: list[int]) -> None:
    budget, turn = ByteBudget(total), threading.Lock()
    held, most = 0, 0

    def hold(size: int) -> None:
        nonlocal held, most
        with budget.share(size, nothing):
            with turn:
                held += min(size, total)
                most = max(most, held)
            with turn:
                held -= min(size, total)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hold, random.Random(1).sample(sizes, len(sizes))))
    assert most <= total
    assert budget.free == total


def test_a_large_share_is_served_before_small_ones_that_came_later() -> None:
    budget, order = ByteBudget(10), list[str]()

    def take(name: str, size: int) -> None:
        with budget.share(size, nothing):
            order.append(name)

    with ThreadPoolExecutor(2) as pool, budget.share(5, nothing):
        pool.submit(take, "large", 10)
        until(lambda: budget.waiting == 1)
        pool.submit(take, "small", 1)
        until(lambda: budget.waiting == 2)
        assert order == []
    assert order == ["large", "small"]


def test_who_waits_can_be_called_off_and_is_not_waited_for() -> None:
    budget = ByteBudget(10)

    def over() -> None:
        raise OverError

    with budget.share(10, nothing):
        with pytest.raises(OverError), budget.share(1, over):
            pass
        assert budget.waiting == 0
    assert budget.free == 10


def test_a_share_is_given_back_after_an_error() -> None:
    budget = ByteBudget(10)
    with pytest.raises(OverError), budget.share(4, nothing):
        raise OverError
    assert budget.free == 10
