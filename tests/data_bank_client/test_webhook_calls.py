"""Both clients make, list and remove webhooks of a real bank."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest

from data_bank_client import (
    AsyncDataBankClient,
    ConnectionFailedError,
    DataBankClient,
    DeliveryPage,
    InvalidInputError,
    NewWebhook,
    NotFoundError,
    WebhookPage,
)
from data_bank_client.wire.events import EVENT_TYPES
from tests.running_bank import RunningBank, running

KEY = "one-key-for-all"
URL = "https://hooks.example.com/events"


class Awaited:
    """An AsyncDataBankClient, each call of which is awaited."""

    def __init__(self, bank: AsyncDataBankClient) -> None:
        self._bank = bank
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.run(self._bank.aclose())
        self._runner.close()

    def create_webhook(
        self,
        url: str,
        types: list[str] | None = None,
        secret: str | None = None,
        user_id: int = 0,
    ) -> NewWebhook:
        return self._runner.run(self._bank.create_webhook(url, types, secret, user_id))

    def list_webhooks(self, limit: int = 100, cursor: str | None = None) -> WebhookPage:
        return self._runner.run(self._bank.list_webhooks(limit, cursor))

    def delete_webhook(self, webhook_id: str) -> None:
        self._runner.run(self._bank.delete_webhook(webhook_id))

    def list_deliveries(
        self, webhook_id: str, limit: int = 100, cursor: str | None = None
    ) -> DeliveryPage:
        return self._runner.run(self._bank.list_deliveries(webhook_id, limit, cursor))


Face = DataBankClient | Awaited


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    folder = tmp_path_factory.mktemp("service")
    keys = {"API_UPLOAD_KEYS": KEY, "API_READ_KEYS": "", "API_DELETE_KEYS": ""}
    with running(folder, REDIS_URL="redis://127.0.0.1:1/0", **keys) as bank:
        yield bank


@pytest.fixture(params=["blocking", "asynchronous"])
def client(request: pytest.FixtureRequest, service: RunningBank) -> Iterator[Face]:
    face: Face
    if request.param == "blocking":
        face = DataBankClient(service.address, KEY)
    else:
        face = Awaited(AsyncDataBankClient(service.address, KEY))
    yield face
    face.close()


def test_a_webhook_is_made_listed_and_removed(client: Face) -> None:
    made = client.create_webhook(URL)
    assert made["secret"].startswith("whsec_")
    assert made["types"] == list(EVENT_TYPES)
    [newest] = client.list_webhooks(limit=1)["items"]
    assert {**newest, "secret": made["secret"]} == made
    deliveries = client.list_deliveries(made["webhook_id"])
    assert deliveries == {"items": [], "next_cursor": None, "has_more": False}
    client.delete_webhook(made["webhook_id"])
    client.delete_webhook(made["webhook_id"])
    with pytest.raises(NotFoundError):
        client.list_deliveries(made["webhook_id"])


def test_a_webhook_is_made_as_it_is_asked_for(client: Face) -> None:
    made = client.create_webhook(URL, [EVENT_TYPES[2]], "a secret of my own", 7)
    assert (made["types"], made["secret"]) == ([EVENT_TYPES[2]], "a secret of my own")
    assert made["user_id"] == 7


def test_pages_follow_one_another(client: Face) -> None:
    made = [client.create_webhook(URL)["webhook_id"] for _ in range(2)]
    first = client.list_webhooks(limit=1)
    second = client.list_webhooks(limit=1, cursor=first["next_cursor"])
    assert [each["webhook_id"] for page in (second, first) for each in page["items"]] == made


def test_what_cannot_be_a_webhook_is_told(client: Face) -> None:
    with pytest.raises(InvalidInputError, match="private"):
        client.create_webhook("https://127.0.0.1/")


@pytest.mark.parametrize("webhook_id", ["", "../files", "A" * 32, "0" * 31])
def test_what_can_be_no_id_is_not_asked_for(client: Face, webhook_id: str) -> None:
    with pytest.raises(InvalidInputError, match="32 hexadecimal digits"):
        client.delete_webhook(webhook_id)
    with pytest.raises(InvalidInputError, match="32 hexadecimal digits"):
        client.list_deliveries(webhook_id)


def test_a_cursor_that_can_be_none_is_not_asked_for(client: Face) -> None:
    with pytest.raises(InvalidInputError, match="plain ASCII"):
        client.list_webhooks(cursor="\u00e9")


def test_a_webhook_whose_answer_was_lost_is_not_made_twice() -> None:
    asked: list[httpx2.Request] = []

    def lose(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        raise httpx2.ReadError("the cable was pulled")

    transport = httpx2.MockTransport(lose)
    with (
        DataBankClient("http://bank.test", KEY, transport=transport) as bank,
        pytest.raises(ConnectionFailedError),
    ):
        bank.create_webhook(URL)
    assert len(asked) == 1
