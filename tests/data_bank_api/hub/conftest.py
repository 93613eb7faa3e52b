"""A small model at a stand-in Hub, and the client that asks for it."""

from collections.abc import Iterator

import pytest

from data_bank_api.hub.hub import Hub
from tests.data_bank_api.hub.asking import FILES, asking
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub


@pytest.fixture
def repository(stand_in_hub: StandInHub) -> Repository:
    return stand_in_hub.add(RepoSpec("org/model", FILES))


@pytest.fixture
def hub(stand_in_hub: StandInHub, repository: Repository) -> Iterator[Hub]:
    with asking(stand_in_hub, stand_in_hub.token) as hub:
        yield hub
