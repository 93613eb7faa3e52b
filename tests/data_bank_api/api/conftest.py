"""One bank of each server for all the tests that do not harm it."""

from collections.abc import Iterator

import pytest

from tests.running_bank import RunningBank, running

# Nobody is there: jobs are taken, and wait.
REDIS_AWAY = "redis://127.0.0.1:1/0"
HUB_AWAY = "http://127.0.0.1:1"


@pytest.fixture(scope="session", params=["uvicorn", "hypercorn"])
def bank(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBank]:
    folder = tmp_path_factory.mktemp("bank")
    with running(folder, str(request.param), REDIS_URL=REDIS_AWAY, HF_ENDPOINT=HUB_AWAY) as bank:
        yield bank


@pytest.fixture(scope="session", params=["uvicorn", "hypercorn"])
def patient(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBank]:
    """A bank whose patience with stalled peers is soon over."""
    folder = tmp_path_factory.mktemp("patient")
    with running(folder, str(request.param), STALL_SECONDS="1") as bank:
        yield bank
