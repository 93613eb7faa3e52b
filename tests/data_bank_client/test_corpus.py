"""Both clients have files brought into the bank: a job, as any other."""

import asyncio
from collections.abc import Callable

import httpx2
import msgspec
import pytest

from data_bank_client import AsyncDataBankClient, DataBankClient
from data_bank_client.wire.jobs import JobAnswer
from tests.data_bank_client.fake_bank import ADDRESS, KEY
from tests.data_bank_client.fake_jobs import JobBank, job, telling, without_log

QUEUED = without_log(job("queued"))
URL = "https://data.example.org/a.csv"

Ask = Callable[[DataBankClient | AsyncDataBankClient], object]


@pytest.fixture
def bank() -> JobBank:
    bank = JobBank()
    bank.kept["POST /jobs"] = telling(202, QUEUED)
    return bank


def sent(bank: JobBank) -> list[dict[str, object]]:
    def decode(request: httpx2.Request) -> dict[str, object]:
        return msgspec.json.decode(request.content, type=dict[str, object])

    return [decode(each) for each in bank.requests]


def question(arguments: dict[str, object], user_id: int = 0) -> dict[str, object]:
    return {"kind": "corpus.ingest", "arguments": arguments, "key": None, "user_id": user_id}


EXPECTED = [
    question({"repo_id": "org/name", "repo_type": "dataset"}),
    question(
        {"repo_id": "org/name", "repo_type": "model", "revision": "v1", "include": ["*.json"]}, 7
    ),
    question({"url": URL}),
    question({"url": URL, "sha256": "0" * 64, "content_type": "text/csv", "name": "b.csv"}, 7),
]


def test_the_blocking_client_asks_for_files_of_a_repository_and_at_an_address(
    bank: JobBank,
) -> None:
    with DataBankClient(ADDRESS, KEY, transport=bank.transport) as client:
        answers = [
            client.ingest_corpus("org/name"),
            client.ingest_corpus(
                "org/name", "model", revision="v1", include=["*.json"], exclude=None, user_id=7
            ),
            client.ingest_url(URL),
            client.ingest_url(
                URL, sha256="0" * 64, content_type="text/csv", name="b.csv", user_id=7
            ),
        ]
    assert (sent(bank), answers) == (EXPECTED, [QUEUED] * 4)


def test_the_asynchronous_client_asks_the_same(bank: JobBank) -> None:
    async def ask() -> list[JobAnswer]:
        async with AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport) as client:
            return [
                await client.ingest_corpus("org/name"),
                await client.ingest_corpus(
                    "org/name", "model", revision="v1", include=["*.json"], user_id=7
                ),
                await client.ingest_url(URL),
                await client.ingest_url(
                    URL, sha256="0" * 64, content_type="text/csv", name="b.csv", user_id=7
                ),
            ]

    assert (asyncio.run(ask()), sent(bank)) == ([QUEUED] * 4, EXPECTED)
