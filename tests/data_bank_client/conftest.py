"""What the client's tests share: a fake bank, both clients of it, and retries that do not wait."""

from collections.abc import Iterator

import pytest

from data_bank_client import AsyncDataBankClient, DataBankClient, retries
from tests.data_bank_client.faces import Awaited, Face
from tests.data_bank_client.fake_bank import ADDRESS, KEY, FakeBank


@pytest.fixture(autouse=True)
def _retries_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "pause", lambda _: 0.0)


@pytest.fixture
def bank() -> FakeBank:
    return FakeBank()


@pytest.fixture(params=["blocking", "asynchronous"])
def client(request: pytest.FixtureRequest, bank: FakeBank) -> Iterator[Face]:
    face: Face
    if request.param == "blocking":
        face = DataBankClient(ADDRESS, KEY, transport=bank.transport)
    else:
        face = Awaited(AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport))
    yield face
    face.close()
