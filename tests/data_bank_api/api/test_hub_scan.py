"""`POST /v1/hub/scan`: who may have which folder scanned, and what is told of any other."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.fakes.scanning import make_files
from tests.running_bank import READ_KEY, UPLOAD_KEY, RunningBank, running


def ask(bank: RunningBank, body: object, key: str = UPLOAD_KEY) -> httpx2.Response:
    return bank.request("POST", "/v1/hub/scan", key, json.dumps(body).encode())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files: dict[str, bytes | str] = {"org/name/file": b"1", "out": "/etc"}
    return make_files(tmp_path_factory.mktemp("roots") / "models", files)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[RunningBank]:
    folder = tmp_path_factory.mktemp("scanned")
    with running(folder, REDIS_URL=REDIS_AWAY, SCAN_ROOTS=str(root)) as bank:
        yield bank


def test_a_scan_is_one_job_by_whatever_name_its_folder_is_asked_for(scanned: RunningBank) -> None:
    answer = ask(scanned, {"path": "org/name"})
    told = answer.json()
    message = "scan of org/name: queued"
    assert told == {"job_id": told["job_id"], "status": "queued", "message": message}
    assert (answer.status_code, answer.headers["location"]) == (202, f"/jobs/{told['job_id']}")
    assert ask(scanned, {"path": "./org//name/"}).json() == told
    job = scanned.get(f"/v1/hub/jobs/{told['job_id']}").json()
    assert (job["kind"], job["arguments"]) == ("hub.scan", {"path": "org/name"})


def test_a_folder_may_be_absolute(scanned: RunningBank, root: Path) -> None:
    assert ask(scanned, {"path": f"{root}/org"}).status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "code", "says"),
    [
        ({}, 422, "INVALID_INPUT", "path"),
        ({"path": "a", "deep": True}, 422, "INVALID_INPUT", "deep"),
        ({"path": "../models"}, 422, "INVALID_INPUT", "`..`"),
        ({"path": "a\0"}, 422, "INVALID_INPUT", "control characters"),
        ({"path": "org/name/file"}, 422, "INVALID_INPUT", "path: org/name/file is no folder"),
        ({"path": "missing"}, 404, "NOT_FOUND", "there is no folder missing"),
        ({"path": "out"}, 403, "FORBIDDEN", "out leads out of SCAN_ROOTS"),
        ({"path": "/etc"}, 403, "FORBIDDEN", "/etc leads out of SCAN_ROOTS"),
        ({"path": "a" * 70_000}, 413, "PAYLOAD_TOO_LARGE", "bytes at most"),
    ],
)
def test_what_cannot_be_scanned_is_refused_at_once(
    scanned: RunningBank, root: Path, body: object, status: int, code: str, says: str
) -> None:
    answer = ask(scanned, body)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code)
    assert says in told["message"]
    assert str(root) not in told["message"]


def test_who_may_only_read_may_not_have_a_folder_scanned(scanned: RunningBank) -> None:
    assert ask(scanned, {"path": "."}, READ_KEY).status_code == 403


def test_without_roots_scanning_is_off(bank: RunningBank) -> None:
    answer = ask(bank, {"path": "."})
    assert answer.status_code == 403
    assert answer.json()["message"] == "scanning is off: SCAN_ROOTS names no folder"
