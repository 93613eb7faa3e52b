"""`/webhooks`: made with a secret that is told once, listed, removed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_bank_api.db.database import Database
from data_bank_api.queue.fan_out import fan_out
from data_bank_client.wire.events import EVENT_TYPES, JobStarted
from data_bank_client.wire.webhook_signature import key_of
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.fakes.clock import Clock
from tests.running_bank import DELETE_KEY, READ_KEY, UPLOAD_KEY, RunningBank, running

URL = "https://hooks.example.com/events?token=in-the-address"


def ask(bank: RunningBank, method: str, path: str, key: str, body: object = None) -> "Told":
    content = None if body is None else json.dumps(body).encode()
    answer = bank.request(method, path, key, content)
    return Told(answer.status_code, answer.json() if answer.content else None)


class Told:
    def __init__(self, status: int, content: object) -> None:
        self.status = status
        self.content: dict[str, object] = content if isinstance(content, dict) else {}

    @property
    def items(self) -> list[dict[str, object]]:
        items = self.content["items"]
        assert isinstance(items, list)
        return items


def make(bank: RunningBank, **wanted: object) -> dict[str, object]:
    told = ask(bank, "POST", "/webhooks", UPLOAD_KEY, {"url": URL, **wanted})
    assert told.status == 201, told.content
    return told.content


def test_a_webhook_gets_a_secret_that_is_told_once(bank: RunningBank) -> None:
    made = make(bank)
    secret = str(made.pop("secret"))
    assert len(key_of(secret)) == 32
    assert made["url"] == URL
    assert made["types"] == list(EVENT_TYPES)
    assert made["user_id"] == 0
    listed = ask(bank, "GET", "/webhooks?limit=1000", READ_KEY)
    assert made in listed.items
    assert secret not in json.dumps(listed.content)


def test_a_webhook_may_ask_for_types_a_user_and_a_secret_of_its_own(bank: RunningBank) -> None:
    wanted = [EVENT_TYPES[2], EVENT_TYPES[0], EVENT_TYPES[2]]
    made = make(bank, types=wanted, secret="a secret of my own", user_id=7)
    assert made["types"] == [EVENT_TYPES[0], EVENT_TYPES[2]]
    assert (made["secret"], made["user_id"]) == ("a secret of my own", 7)


@pytest.mark.parametrize(
    ("question", "status", "says"),
    [
        ({}, 422, "url"),
        ({"url": "http://example.com/"}, 422, "https://"),
        ({"url": "https://10.0.0.1/"}, 422, "the address is private"),
        ({"url": "https://localhost/"}, 422, "the address is private"),
        ({"url": "https://me:hunter2@example.com/"}, 422, "no user"),
        ({"url": URL, "types": []}, 422, "types: one or more of"),
        ({"url": URL, "types": ["databank.job.born.v1"]}, 422, "types: one or more of"),
        ({"url": URL, "secret": "too short"}, 422, "16 to 200"),
        ({"url": URL, "user_id": -1}, 422, "user_id"),
        ({"url": URL, "colour": "red"}, 422, "colour"),
        ({"url": "https://example.com/" + "x" * 20_000}, 413, "bytes at most"),
    ],
)
def test_what_cannot_be_called_is_refused(
    bank: RunningBank, question: dict[str, object], status: int, says: str
) -> None:
    told = ask(bank, "POST", "/webhooks", UPLOAD_KEY, question)
    assert told.status == status
    assert says in str(told.content["message"])
    assert not [word for word in ("hunter2", "too short") if word in str(told.content)]


def test_webhooks_are_listed_in_pages_newest_first(bank: RunningBank) -> None:
    made = [make(bank)["webhook_id"] for _ in range(3)]
    first = ask(bank, "GET", "/webhooks?limit=2", READ_KEY)
    assert [each["webhook_id"] for each in first.items] == made[:0:-1]
    assert first.content["has_more"] is True
    path = f"/webhooks?limit=1&cursor={first.content['next_cursor']}"
    second = ask(bank, "GET", path, READ_KEY)
    assert [each["webhook_id"] for each in second.items] == made[:1]


@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=0", 422), ("limit=1001", 422), ("cursor=nonsense", 400), ("cursor=AAAAAAAAAAA=", 400)],
)
def test_a_page_that_cannot_be_is_refused(bank: RunningBank, query: str, status: int) -> None:
    assert ask(bank, "GET", f"/webhooks?{query}", READ_KEY).status == status


def test_a_cursor_of_another_list_is_refused(bank: RunningBank) -> None:
    webhook_id = make(bank)["webhook_id"]
    make(bank)
    cursor = ask(bank, "GET", "/webhooks?limit=1", READ_KEY).content["next_cursor"]
    path = f"/webhooks/{webhook_id}/deliveries?cursor={cursor}"
    assert ask(bank, "GET", path, READ_KEY).status == 400


def test_a_webhook_is_removed_and_removed_again(bank: RunningBank) -> None:
    webhook_id = make(bank)["webhook_id"]
    path = f"/webhooks/{webhook_id}"
    assert ask(bank, "DELETE", path, DELETE_KEY).status == 204
    assert ask(bank, "DELETE", path, DELETE_KEY).status == 204
    assert ask(bank, "GET", f"{path}/deliveries", READ_KEY).status == 404
    listed = ask(bank, "GET", "/webhooks?limit=1000", READ_KEY).items
    assert webhook_id not in [each["webhook_id"] for each in listed]


def publish(bank: RunningBank, *event_ids: str) -> None:
    """As the dispatcher does."""
    database = Database(f"sqlite:///{bank.root / 'state' / 'databank.sqlite3'}")
    clock = Clock()
    with database.transaction() as session:
        for event_id in event_ids:
            fan_out(session, JobStarted(event_id=event_id, at="", job_id="j"), clock())
    database.close()


def test_deliveries_are_listed_in_pages(bank: RunningBank) -> None:
    webhook_id = make(bank)["webhook_id"]
    publish(bank, "p1", "p2", "p3")
    path = f"/webhooks/{webhook_id}/deliveries"
    first = ask(bank, "GET", f"{path}?limit=2", READ_KEY)
    second = ask(bank, "GET", f"{path}?cursor={first.content['next_cursor']}", READ_KEY)
    told = [*first.items, *second.items]
    assert sorted(str(each["event_id"]) for each in told) == ["p1", "p2", "p3"]
    assert {(each["state"], each["tries"]) for each in told} == {("pending", 0)}
    assert (first.content["has_more"], second.content["has_more"]) == (True, False)


def test_no_secret_of_a_webhook_is_in_the_log(bank: RunningBank) -> None:
    made = make(bank, secret="a secret nobody sees")
    ask(bank, "GET", f"/webhooks/{made['webhook_id']}/deliveries?limit=3", READ_KEY)
    log = bank.log_path.read_text()
    words = ("a secret nobody sees", "in-the-address", "limit=3")
    assert not [word for word in words if word in log]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    with running(tmp_path_factory.mktemp("alone")) as bank:
        yield bank


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/webhooks", READ_KEY),
        ("POST", "/webhooks", UPLOAD_KEY),
        ("DELETE", f"/webhooks/{'0' * 32}", DELETE_KEY),
        ("GET", f"/webhooks/{'0' * 32}/deliveries", READ_KEY),
    ],
)
def test_without_redis_there_are_no_webhooks(
    alone: RunningBank, method: str, path: str, key: str
) -> None:
    told = ask(alone, method, path, key, {"url": URL} if method == "POST" else None)
    assert told.status == 503
    assert told.content["message"] == "jobs need Redis: set REDIS_URL"


def test_private_addresses_are_taken_where_they_are_allowed(tmp_path: Path) -> None:
    with running(tmp_path, REDIS_URL=REDIS_AWAY, WEBHOOKS_TO_PRIVATE="true") as bank:
        assert make(bank, url="https://localhost:8443/hook")["url"] == "https://localhost:8443/hook"
        assert (
            ask(bank, "POST", "/webhooks", UPLOAD_KEY, {"url": "http://localhost/"}).status == 422
        )
