"""From a job to who asked to be called: a real service, worker, Redis and receiver."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data_bank_api.db.database import Database
from data_bank_api.queue.webhooks import Webhooks, WebhookWish
from data_bank_client import DataBankClient, NewWebhook, webhooks
from data_bank_client.wire.events import JobCompleted, JobFailed, type_of
from tests.fakes.receiver import Receiver, answer, receiving
from tests.fakes.redis_server import RedisServer
from tests.running_bank import RunningBank, running, until
from tests.running_worker import WORKER, RunningWorker

KEY = "one-key-for-all"
KEYS = {"API_UPLOAD_KEYS": KEY, "API_READ_KEYS": "", "API_DELETE_KEYS": ""}
USER = 7  # the bank's own jobs are nobody's
ENDS = [type_of(JobCompleted), type_of(JobFailed)]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving("localhost") as receiver:
        yield receiver


@contextmanager
def service(
    folder: Path, redis_url: str, database_url: str, receiver: Receiver, *, to_private: str
) -> Iterator[RunningBank]:
    """A bank with a worker that trusts the receiver's certificate."""
    authority = folder / "authority.pem"
    receiver.authority.cert_pem.write_to_path(str(authority))
    settings = {"WEBHOOKS_TO_PRIVATE": to_private, **KEYS}
    addresses = {"REDIS_URL": redis_url, "DATABASE_URL": database_url}
    with running(folder, **addresses, **settings) as bank:
        trust = {"SSL_CERT_FILE": str(authority)}
        worker = RunningWorker(folder, redis_url, database_url, WORKER, **settings, **trust)
        try:
            yield bank
        finally:
            worker.stop()


def test_the_end_of_a_job_is_told_to_who_asked_signed_and_again_until_it_is_taken(
    tmp_path: Path, redis_server: RedisServer, database_url: str, receiver: Receiver
) -> None:
    receiver.script = [answer(503)]
    url = redis_server.url
    with (
        service(tmp_path, url, database_url, receiver, to_private="true") as bank,
        DataBankClient(bank.address, KEY) as client,
    ):
        made = client.create_webhook(receiver.url("localhost"), ENDS, user_id=USER)
        job_id = ask(bank)
        until(lambda: len(receiver.calls) == 2)
        until(lambda: states(client, made) == ["delivered"])
        [delivery] = client.list_deliveries(made["webhook_id"])["items"]
    assert (delivery["tries"], delivery["status"], delivery["error"]) == (2, 204, None)
    first, second = (webhooks.verify(made["secret"], c.headers, c.body) for c in receiver.calls)
    assert first == second
    assert isinstance(first, JobCompleted)
    assert (first.job_id, first.event_id) == (job_id, delivery["event_id"])


def test_a_name_that_leads_to_this_machine_is_not_called_by_default(
    tmp_path: Path, redis_server: RedisServer, sqlite_url: str, receiver: Receiver
) -> None:
    # Made when it was allowed: what counts is what is allowed when it is called.
    database = Database(sqlite_url)
    wish = WebhookWish(receiver.url("localhost"), tuple(ENDS), "a secret of words", USER)
    made = Webhooks(database).create(wish)
    database.close()
    url = redis_server.url
    with (
        service(tmp_path, url, sqlite_url, receiver, to_private="false") as bank,
        DataBankClient(bank.address, KEY) as client,
    ):
        ask(bank)
        until(lambda: told(client, made) == ["the address is private"])
    assert receiver.asked_names == []


def ask(bank: RunningBank) -> str:
    """A job that has nothing to do; its id."""
    answered = bank.request("POST", "/jobs", KEY, b'{"kind": "ping", "user_id": 7}')
    assert answered.status_code == 202, answered.text
    return str(answered.json()["job_id"])


def states(client: DataBankClient, made: NewWebhook) -> list[str]:
    return [each["state"] for each in client.list_deliveries(made["webhook_id"])["items"]]


def told(client: DataBankClient, made: NewWebhook) -> list[str | None]:
    return [each["error"] for each in client.list_deliveries(made["webhook_id"])["items"]]
