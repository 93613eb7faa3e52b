"""The interface keeps to its own document, whatever it is sent; see `tests/fuzzing.py`."""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import schemathesis
from schemathesis.python import asgi

from data_bank_api.api.main import build_app
from data_bank_api.api.routes.dataset_desk import DatasetDesk
from data_bank_api.api.routes.dataset_question import AskedDataset
from data_bank_api.catalog.document import Document
from data_bank_api.config import Settings
from data_bank_api.queue.job import NewJob
from data_bank_api.reports.profiling import report_of
from data_bank_api.wiring import Bank, build_bank
from data_bank_client.wire.digest import Digest
from tests.data_bank_api.catalog.refreshing import Desk
from tests.data_bank_api.reports.tables import SMALL
from tests.fakes.datasets import write_row
from tests.fakes.files import put
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.fakes.refresher import Listing
from tests.fuzzing import DATASETS, PLANTED, Findings, choose_seed, configure, fuzz
from tests.running_bank import RunningBank, running, until

# As long as it takes where many examples were asked for; 0 is no limit.
pytestmark = pytest.mark.timeout(0 if "FUZZ_EXAMPLES" in os.environ else 120)

KEY = "good-for-everything"
TABLES = PLANTED[:6]
MESSAGES = [str(number) for number in range(20)]


@pytest.fixture
def environment(redis_server: RedisServer, stand_in_hub: StandInHub) -> dict[str, str]:
    """With a catalog, and a Hub that has what is in it."""
    for each in DATASETS:
        stand_in_hub.add(RepoSpec(each, {"data.csv": b"1,2"}, repo_type="dataset"))
    with redis_server.connect() as client:
        Desk(client, Listing([Document(each) for each in DATASETS])).full().run()
    return {
        "API_UPLOAD_KEYS": KEY,
        "API_READ_KEYS": "",
        "API_DELETE_KEYS": "",
        "REDIS_URL": redis_server.url,
        "HF_ENDPOINT": stand_in_hub.endpoint,
        "HF_TOKEN": stand_in_hub.token,
    }


def fuzz_in_process(root: Path, environment: dict[str, str], key: str | None) -> Findings:
    settings = Settings.read({**environment, "DATA_ROOT": str(root), "MIN_FREE_GB": "0"})
    bank, seed = build_bank(settings), choose_seed()
    for content in PLANTED:
        put(bank.store, content)
    assert bank.desk is not None
    new = [NewJob("ping", {"message": each}) for each in MESSAGES]
    jobs = [bank.desk.jobs.enqueue(each).job_id for each in new]
    (folder := root / "state" / "planting").mkdir()
    (folder / "scratch").mkdir()
    tables = plant_tables(bank, folder)
    bank.require_catalog().keeper.step()
    app, config = build_app(bank), configure(seed, key, jobs, tables)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    try:
        return fuzz(schema, seed)
    finally:
        asgi.shutdown_lifespans()


def plant_tables(bank: Bank, folder: Path) -> list[str]:
    """The ids of datasets of the bank; half of them have a report, and a real one."""
    desk = bank.require_desk()
    room = DatasetDesk(desk.database, desk.jobs, bank.store)
    tables = [room.submit_stored(each)[0].dataset_id for each in map(asked, TABLES)]
    (table := folder / "table.csv").write_bytes(b"a,b\n1,x\n2,\n3,y\n40,x\n")
    report = report_of(table, "csv", folder / "scratch", SMALL, lambda _: None).to_json()
    made = {"report": put(bank.store, report).info.digest.hex, "report_size": len(report)}
    for each in tables[::2]:
        write_row(desk.database, each, **made, processed_at=datetime(2026, 11, 21, tzinfo=UTC))
    return tables


def asked(content: bytes) -> AskedDataset:
    return AskedDataset(file_id=Digest.of(content).hex, content_type="text/csv")


def add(bank: RunningBank, content: bytes) -> str:
    body = msgspec.json.encode({"file_id": Digest.of(content).hex, "content_type": "text/csv"})
    return str(bank.request("POST", "/datasets", KEY, body).json()["id"])


def start(bank: RunningBank, message: str) -> str:
    body = msgspec.json.encode({"kind": "ping", "arguments": {"message": message}})
    return str(bank.request("POST", "/jobs", KEY, body).json()["job_id"])


def test_every_answer_is_a_documented_one(tmp_path: Path, environment: dict[str, str]) -> None:
    found = fuzz_in_process(tmp_path, environment, KEY)
    assert found.wrong == [], found.seed
    assert set(found.statuses) >= {200, 201, 202, 204, 206, 404, 405, 409, 422}
    assert {"coverage", "fuzzing", "stateful"} <= set(found.phases)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_a_key_nothing_but_what_is_public_is_answered(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    found = fuzz_in_process(tmp_path, environment, None)
    assert found.wrong == [], found.seed
    assert {200, 401, 403} <= set(found.statuses) <= {200, 304, 400, 401, 403, 405}
    assert len(list(tmp_path.rglob("*.bin"))) == len(PLANTED) + 1  # a report


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_every_answer_of_a_server_is_a_documented_one(
    tmp_path: Path, environment: dict[str, str], server: str
) -> None:
    seed = choose_seed()
    with running(tmp_path, server, **environment) as bank:
        until(lambda: bank.get("/api/datasets?search=x", KEY).status_code == 200)
        for content in PLANTED:
            bank.request("POST", "/files", KEY, content)
        jobs = [start(bank, message) for message in MESSAGES]
        config = configure(seed, KEY, jobs, [add(bank, content) for content in TABLES])
        schema = schemathesis.openapi.from_url(f"{bank.address}/openapi.json", config=config)
        found = fuzz(schema, seed)
        assert found.wrong == [], seed
        assert set(found.statuses) >= {200, 201, 202, 204, 206, 404, 405, 409, 422}
        assert "internal error" not in [line["event"] for line in bank.log()]
        assert bank.drafts() == []
