"""A Redis that was emptied is noticed: a sweep is asked for, once, when it finds what is lost."""

from dataclasses import replace

import pytest

from data_bank_api.jobs.emptied import Emptied
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.strays import Strays
from data_bank_api.queue.job import Wanted
from tests.fakes.clock import Clock, seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(shop: Shop, clock: Clock) -> Shop:
    return replace(shop, clock=clock)


@pytest.fixture
def emptied(office: Shop) -> Emptied:
    return Emptied(office.jobs, Strays(office.upkeep, office.redis))


def sweeps(office: Shop) -> int:
    return len(office.jobs.list(Wanted(kinds=("sweep",)), None, 100))


def look(emptied: Emptied, clock: Clock, times: int) -> None:
    """As the dispatcher does, each five seconds."""
    for _ in range(times):
        emptied.look()
        clock.pass_by(seconds(5))


def test_a_sweep_waits_until_no_lost_job_looks_as_if_it_were_on_its_way(
    office: Shop, emptied: Emptied, clock: Clock
) -> None:
    look(emptied, clock, 3)
    assert sweeps(office) == 0
    look(emptied, clock, 1)
    assert sweeps(office) == 1


def test_each_loss_is_swept_after_once(office: Shop, emptied: Emptied, clock: Clock) -> None:
    look(emptied, clock, 4)
    assert sweeps(office) == 1
    office.redis.flushall()
    look(emptied, clock, 3)
    assert sweeps(office) == 1
    look(emptied, clock, 9)
    assert sweeps(office) == 2


def test_a_dispatcher_that_follows_does_not_sweep_again(
    office: Shop, emptied: Emptied, clock: Clock
) -> None:
    look(emptied, clock, 4)
    look(Emptied(emptied.jobs, emptied.strays), clock, 9)
    assert sweeps(office) == 1
