"""`databank corpus ingest`, against a fake bank over a real connection."""

import msgspec
import pytest

from data_bank_client.calls import watching
from tests.data_bank_client.cli.conftest import CommandLine
from tests.data_bank_client.fake_jobs import JOB, JobBank, completed, job, telling, without_log

URL = "https://data.example.org/a.csv"


@pytest.fixture
def bank() -> JobBank:
    bank = JobBank(job("queued"), job("success", 100.0))
    bank.streams = [[completed(1)]]
    bank.kept["POST /jobs"] = telling(202, without_log(job("queued")))
    return bank


@pytest.fixture(autouse=True)
def _looks_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_PAUSE", 0.0)


def arguments_sent(bank: JobBank) -> object:
    return msgspec.json.decode(bank.requests[0].content, type=dict[str, object])["arguments"]


def test_a_repository_is_asked_for_by_its_name(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("corpus", "ingest", "org/name", "--include", "*.csv", "--include", "*.md")
    assert (ran.exit_code, ran.err) == (0, "")
    assert ran.out.decode().startswith(f"{JOB}  queued")
    assert arguments_sent(bank) == {
        "repo_id": "org/name",
        "repo_type": "dataset",
        "include": ["*.csv", "*.md"],
    }


def test_an_address_is_asked_for_as_such_and_watched(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("corpus", "ingest", URL, "--name", "b.csv", "--watch", "--json")
    assert ran.exit_code == 0
    assert [each["state"] for each in ran.records if "state" in each][-1] == "success"
    assert arguments_sent(bank) == {"url": URL, "name": "b.csv"}


@pytest.mark.parametrize(
    "tokens",
    [
        (URL, "--type", "model"),
        (URL, "--include", "*.csv"),
        (URL, "--revision", "main"),
        ("org/name", "--sha256", "0" * 64),
        ("org/name", "--name", "b.csv"),
    ],
)
def test_options_that_would_not_be_heeded_are_refused(
    bank: JobBank, databank: CommandLine, tokens: tuple[str, ...]
) -> None:
    ran = databank("corpus", "ingest", *tokens)
    assert (ran.exit_code, bank.requests) == (2, [])
    assert "a repository has --type" in ran.err
