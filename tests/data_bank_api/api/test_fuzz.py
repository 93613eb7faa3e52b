"""The interface keeps to its own document, whatever it is sent; see `tests/fuzzing.py`."""

from pathlib import Path

import pytest
import schemathesis
from schemathesis.python import asgi

from data_bank_api.api.main import build_app
from data_bank_api.config import Settings
from data_bank_api.wiring import build_bank
from tests.fuzzing import Findings, choose_seed, configure, fuzz
from tests.running_bank import running

KEY = "good-for-everything"
ENVIRONMENT = {"API_UPLOAD_KEYS": KEY, "API_READ_KEYS": "", "API_DELETE_KEYS": ""}


def fuzz_in_process(root: Path, key: str | None) -> Findings:
    settings = Settings.read({**ENVIRONMENT, "DATA_ROOT": str(root), "MIN_FREE_GB": "0"})
    app, seed = build_app(build_bank(settings)), choose_seed()
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=configure(seed, key))
    try:
        return fuzz(schema, seed)
    finally:
        asgi.shutdown_lifespans()


def test_every_answer_is_a_documented_one(tmp_path: Path) -> None:
    found = fuzz_in_process(tmp_path, KEY)
    assert found.wrong == [], found.seed
    assert {200, 201, 204, 400, 404, 405, 412, 422} <= set(found.statuses)
    assert {"coverage", "fuzzing", "stateful"} <= set(found.phases)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_a_key_nothing_but_what_is_public_is_answered(tmp_path: Path) -> None:
    found = fuzz_in_process(tmp_path, None)
    assert found.wrong == [], found.seed
    assert {200, 401, 403} <= set(found.statuses) <= {200, 304, 400, 401, 403, 405}
    assert list(tmp_path.rglob("*.bin")) == []


@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_every_answer_of_a_server_is_a_documented_one(tmp_path: Path, server: str) -> None:
    seed = choose_seed()
    with running(tmp_path, server, **ENVIRONMENT) as bank:
        schema = schemathesis.openapi.from_url(
            f"{bank.address}/openapi.json", config=configure(seed, KEY)
        )
        found = fuzz(schema, seed)
        assert found.wrong == [], seed
        assert {200, 201, 204, 400, 404, 405, 412, 422} <= set(found.statuses)
        assert "internal error" not in [line["event"] for line in bank.log()]
        assert bank.drafts() == []
