"""What the tests of the kinds share: a shop whose clock stands, and work that remembers."""

from dataclasses import dataclass, field, replace

import pytest

from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import Job
from tests.fakes.clock import Clock


@dataclass
class Told:
    """The work of a job, of which a test sees what was told."""

    job: Job
    percents: list[float] = field(default_factory=list)

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None:
        self.percents.append(percent)

    def log(self, text: str) -> None:
        raise AssertionError(text)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(shop: Shop, clock: Clock) -> Shop:
    return replace(shop, clock=clock)
