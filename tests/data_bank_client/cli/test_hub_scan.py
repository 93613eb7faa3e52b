"""`databank hub scan`, against a fake bank over a real connection."""

import msgspec
import pytest

from data_bank_client import ForbiddenError
from data_bank_client.calls import watching
from data_bank_client.wire.jobs import JobResult
from tests.data_bank_client.cli.conftest import CommandLine
from tests.data_bank_client.fake_bank import failing
from tests.data_bank_client.fake_hub import JOB_TOLD, answering
from tests.data_bank_client.fake_jobs import JobBank, failed, job

DETAILS: dict[str, object] = {
    "folder": "models",
    "files": 3,
    "bytes": 1000,
    "files_new": 2,
    "artifacts_completed": 1,
    "skipped": {
        "count": 3,
        "reasons": {
            "leads_out": {"count": 2, "first": ["a", "b\x1b"]},
            "changed": {"count": 1, "first": ["c"]},
        },
    },
}


@pytest.fixture
def bank() -> JobBank:
    ended = job("success", 100.0)
    ended["result"] = JobResult(result_id="d" * 64, result_bytes=9, details=DETAILS)
    bank = JobBank(ended)
    bank.kept["POST /v1/hub/scan"] = answering(202, JOB_TOLD)
    return bank


@pytest.fixture(autouse=True)
def _looks_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_PAUSE", 0.0)


def test_scan_starts_a_job_and_prints_it(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("hub", "scan", "org/name")
    assert (ran.exit_code, ran.out.decode().split()[0]) == (0, JOB_TOLD["job_id"])
    assert databank("hub", "scan", "org/name", "--json").records == [JOB_TOLD]
    assert msgspec.json.decode(bank.requests[0].content) == {"path": "org/name"}


def test_scan_may_be_watched_and_then_tells_what_came_of_it(databank: CommandLine) -> None:
    ran = databank("hub", "scan", "models", "--watch")
    assert ran.exit_code == 0
    assert ran.out.decode().splitlines()[-3:] == [
        "3 files, 1000 bytes, 2 of them new; 1 artifacts completed",
        "skipped 2, leads_out: a, b\\x1b",
        "skipped 1, changed: c",
    ]
    records = databank("hub", "scan", "models", "--watch", "--json").records
    assert (records[0], records[-1]["state"]) == (JOB_TOLD, "success")


def test_a_scan_that_failed_tells_nothing_more(bank: JobBank, databank: CommandLine) -> None:
    bank.looks = [failed({"kind": "system", "code": "INSUFFICIENT_STORAGE", "message": "full"})]
    ran = databank("hub", "scan", "models", "--watch")
    assert (ran.exit_code, "skipped" in ran.out.decode()) == (10, False)


@pytest.mark.parametrize("details", [{}, {**DETAILS, "files": "three"}])
def test_a_result_that_is_another_is_not_taken_for_one(
    bank: JobBank, databank: CommandLine, details: dict[str, object]
) -> None:
    ended = job("success", 100.0)
    ended["result"] = JobResult(result_id=None, result_bytes=0, details=details)
    bank.looks = [ended]
    ran = databank("hub", "scan", "models", "--watch")
    assert (ran.exit_code, "the scan's result cannot be read" in ran.err) == (9, True)


def test_a_folder_that_may_not_be_scanned_is_forbidden(
    bank: JobBank, databank: CommandLine
) -> None:
    bank.faults = [failing(ForbiddenError("scanning is off: SCAN_ROOTS names no folder"))]
    ran = databank("hub", "scan", ".")
    assert (ran.exit_code, ran.out) == (3, b"")
    assert ran.err.startswith("databank: scanning is off")
