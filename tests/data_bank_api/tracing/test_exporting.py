"""A trace as a collector gets it: from the request through the outbox into the worker's run."""

import re
import time
from pathlib import Path

import pytest

from data_bank_api.tracing.exporting import tracing
from data_bank_api.tracing.span import is_traced, span
from tests.fakes.otlp_receiver import OtlpReceiver
from tests.fakes.redis_server import RedisServer
from tests.running_bank import UPLOAD_KEY, running, until
from tests.running_worker import WORKER, RunningWorker

TRACE = "a" * 32
ASKED = b'{"kind": "ping", "arguments": {"message": "secret", "store": true}}'
NAMES = {"POST /jobs", "outbox run", "job ping", "store commit", "database write"}
PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
NOBODY = "http://127.0.0.1:1"


def documented(name: str) -> set[str]:
    """The attributes that the page of operators names for a span."""
    rows = re.findall(r"^\| (`[^|]*) \| [^|]+ \| ([^|]*)\|$", PAGE.read_text(), re.MULTILINE)
    shown = "GET /files/{id}" if " /" in name else re.sub("^job .*", "job ping", name)
    [told] = [attributes for names, attributes in rows if f"`{shown}`" in names]
    return set(re.findall(r"`([a-z_.]+)`", told))


def test_a_job_is_one_trace_from_its_request_to_what_its_run_stores(
    tmp_path: Path, redis_server: RedisServer, otlp_receiver: OtlpReceiver
) -> None:
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": otlp_receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with running(tmp_path, REDIS_URL=redis_server.url, **told) as bank:
        database = f"sqlite:///{bank.root / 'state' / 'databank.sqlite3'}"
        worker = RunningWorker(tmp_path, redis_server.url, database, WORKER, **told)
        try:
            sent = {"traceparent": f"00-{TRACE}-{'b' * 16}-01"}
            answer = bank.request("POST", "/jobs", UPLOAD_KEY, ASKED, sent)
            until(lambda: {each.name for each in otlp_receiver.of_trace(TRACE)} >= NAMES)
        finally:
            worker.stop()
    found = {each.name: each for each in otlp_receiver.of_trace(TRACE)}
    request, outbox, run = found["POST /jobs"], found["outbox run"], found["job ping"]
    assert (request.role, outbox.role, run.role) == ("server", "dispatcher", "worker")
    assert (request.parent_id, request.attributes["http.response.status_code"]) == ("b" * 16, "202")
    assert outbox.parent_id == run.parent_id
    assert run.attributes == {
        "databank.job_id": answer.json()["job_id"],
        "databank.job_kind": "ping",
        "databank.attempt": "1",
    }
    assert found["store commit"].parent_id == run.span_id
    assert otlp_receiver.paths == {"/v1/traces"}
    for each in otlp_receiver.spans:
        assert set(each.attributes) - {"error.type"} <= documented(each.name), each
    for secret in ("secret", UPLOAD_KEY, str(tmp_path)):
        assert secret not in str(otlp_receiver.spans)


def test_what_is_left_is_sent_at_the_end(otlp_receiver: OtlpReceiver) -> None:
    with tracing(otlp_receiver.url, "server"):
        assert is_traced()
        with span("job"):
            pass
        assert otlp_receiver.spans == []
    assert [(each.name, each.role) for each in otlp_receiver.spans] == [("job", "server")]
    assert not is_traced()


def test_a_collector_that_is_away_holds_up_an_end_for_some_seconds_at_most() -> None:
    begun = time.monotonic()
    with tracing(NOBODY, "worker"), span("job"):
        pass
    assert time.monotonic() - begun < 20


def test_the_service_has_the_name_that_its_operator_gives_it(
    otlp_receiver: OtlpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "files-of-us")
    with tracing(otlp_receiver.url, "server"), span("job"):
        pass
    assert [each.service for each in otlp_receiver.spans] == ["files-of-us"]


def test_without_a_place_to_send_them_there_are_no_traces() -> None:
    with tracing(None, "server"):
        assert not is_traced()
