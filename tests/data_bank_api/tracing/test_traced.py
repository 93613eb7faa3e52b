"""What the parts of the bank tell of themselves in traces."""

from pathlib import Path

import httpx2
import pytest
from opentelemetry.trace import SpanKind, StatusCode

from data_bank_api.blobs.traced import Traced
from data_bank_api.db.database import Database
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.tracing.span import span, traceparent
from tests.data_bank_api.api.asked_bank import Asked, build
from tests.data_bank_api.tracing.conftest import Kept
from tests.fakes.disk import open_store
from tests.fakes.files import put
from tests.fakes.otlp_receiver import OtlpReceiver
from tests.fakes.redis_server import RedisServer
from tests.running_bank import READ_KEY, UPLOAD_KEY

REMOTE = f"00-{'a' * 32}-{'b' * 16}-01"


@pytest.fixture
def asked(tmp_path: Path, redis_server: RedisServer) -> Asked:
    """A bank that is to be traced; what it tells of itself is kept by `kept`."""
    return build(tmp_path, redis_server.url, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")


def test_a_request_is_a_span_by_its_route_and_tells_of_no_name(kept: Kept, asked: Asked) -> None:
    asked.ask(f"/files/{'0' * 64}?filename=secret.csv", READ_KEY)
    found = kept.one("GET /files/{id}")
    assert found.kind is SpanKind.SERVER
    assert found.attributes == {
        "http.request.method": "GET",
        "http.route": "/files/{id}",
        "http.response.status_code": 404,
    }
    assert "secret" not in "".join(each.to_json() for each in kept.spans)


def test_a_request_goes_on_with_the_trace_of_its_sender(kept: Kept, asked: Asked) -> None:
    asked.ask("/healthz", READ_KEY, traceparent=REMOTE)
    found = kept.one("GET /healthz")
    assert found.parent is not None
    assert f"{found.parent.span_id:016x}" == "b" * 16


@pytest.mark.parametrize("sent", ["secret", f"{REMOTE}\x7f", "00-" + "a" * 500])
def test_what_is_no_traceparent_is_not_listened_to(kept: Kept, asked: Asked, sent: str) -> None:
    asked.ask("/healthz", READ_KEY, traceparent=sent)
    assert kept.one("GET /healthz").parent is None


@pytest.mark.parametrize("key", [None, "nobody's"])
def test_who_has_no_key_says_not_whether_and_where_he_is_traced(
    kept: Kept, asked: Asked, key: str | None
) -> None:
    asked.ask("/healthz", key, traceparent=REMOTE.removesuffix("01") + "00")
    assert kept.one("GET /healthz").parent is None


def test_what_is_asked_by_an_odd_method_or_for_nothing_is_named_so(
    kept: Kept, asked: Asked
) -> None:
    asked.ask("/secret", READ_KEY, "PROPFIND")
    found = kept.one("other unmatched")
    assert found.attributes is not None
    assert found.attributes["http.response.status_code"] == 404


def test_a_request_that_the_service_fails_has_failed(
    kept: Kept, tmp_path: Path, redis_server: RedisServer
) -> None:
    nobody = "postgresql://nobody@127.0.0.1:1/nothing"
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "DATABASE_URL": nobody}
    build(tmp_path, redis_server.url, **told).ask("/jobs", READ_KEY)
    found = kept.one("GET /jobs")
    assert found.status.status_code is StatusCode.ERROR
    assert found.attributes is not None
    assert found.attributes["error.type"] == "503"


def test_a_file_that_is_stored_and_fetched_shows_by_its_digest(kept: Kept, asked: Asked) -> None:
    answer = asked.ask("/files", UPLOAD_KEY, "POST", {"a": "b"})
    assert answer.status_code == 201, answer.text
    digest = str(answer.json()["file_id"])
    asked.ask(f"/files/{digest}?filename=secret.csv", READ_KEY)
    commit, opened = kept.one("store commit"), kept.one("store open")
    assert commit.attributes == {"databank.file_id": digest, "databank.bytes": 9}
    assert opened.attributes == {"databank.file_id": digest}
    for name, within in (("POST /files", commit), ("GET /files/{id}", opened)):
        around = kept.one(name).context
        assert around is not None
        assert within.parent is not None
        assert within.parent.span_id == around.span_id


def test_a_small_file_that_is_fetched_again_is_a_span_of_its_route(
    kept: Kept, asked: Asked
) -> None:
    digest = asked.ask("/files", UPLOAD_KEY, "POST", {"a": "b"}).json()["file_id"]
    for _ in range(3):
        asked.ask(f"/files/{digest}")
    assert kept.names.count("GET /files/{id}") == 3


def test_what_is_removed_is_told_too(kept: Kept, tmp_path: Path) -> None:
    disk = open_store(tmp_path)
    info = put(disk, b"here").info
    with span("job"):
        assert Traced(disk).remove(info.digest)
    assert kept.one("store remove").attributes == {"databank.file_id": info.digest.hex}


def test_transactions_show_as_what_they_do(kept: Kept, database: Database) -> None:
    with span("job"):
        Jobs(database).enqueue(NewJob("ping", {}))
    assert {"database read", "database write"} <= set(kept.names)
    assert kept.one("database write").kind is SpanKind.CLIENT


def test_a_job_knows_in_which_span_it_was_asked_for(kept: Kept, database: Database) -> None:
    jobs = Jobs(database)
    with span("POST /jobs"):
        asked, around = jobs.enqueue(NewJob("ping", {})), traceparent()
    assert asked.traceparent == around
    jobs.cancel(asked.job_id)
    with span("POST /jobs/{id}/retry"):
        again = jobs.retry(asked.job_id).traceparent
        assert again is not None
        assert again.split("-")[1] == (traceparent() or "").split("-")[1]
        assert again.split("-")[1] != (around or "").split("-")[1]


def test_a_call_to_the_hub_shows_its_host_and_nothing_of_its_address(
    kept: Kept, otlp_receiver: OtlpReceiver
) -> None:
    with outgoing_client(JudgedConnections(lambda _: True)) as http, span("job"):
        http.post(f"{otlp_receiver.url}/secret/file?signature=secret", content=b"")
        with pytest.raises(httpx2.ConnectError):
            http.get("http://127.0.0.1:1/secret")
    called, failed = kept.one("POST 127.0.0.1"), kept.one("GET 127.0.0.1")
    assert called.attributes == {
        "http.request.method": "POST",
        "server.address": "127.0.0.1",
        "http.response.status_code": 200,
    }
    assert failed.status.status_code is StatusCode.ERROR
    assert "secret" not in called.to_json() + failed.to_json()
