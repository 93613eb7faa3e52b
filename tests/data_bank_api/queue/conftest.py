"""What the tests of the queue share."""

import pytest

from tests.fakes.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()
