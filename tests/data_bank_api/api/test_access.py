"""A matrix of every route, method and key, made from the routes themselves."""

from itertools import product
from pathlib import Path

import httpx2
import pytest

from data_bank_api.api.main import resources
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.auth.scope import Scope
from data_bank_api.config import Settings
from data_bank_api.wiring import build_bank
from tests.running_bank import DELETE_KEY, KEYS, PATIENCE, READ_KEY, UPLOAD_KEY, RunningBank

MISSING = "0" * 64
HOLDERS = {
    "none": (None, None),
    "wrong": ("nonsense", None),
    "empty": ("", None),
    "read": (READ_KEY, Scope.READ),
    "upload": (UPLOAD_KEY, Scope.UPLOAD),
    "second": ("another-upload-key", Scope.UPLOAD),
    "delete": (DELETE_KEY, Scope.DELETE),
}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], frozenset[Scope]]:
    """Path and method, and the scopes that they ask for."""
    root: Path = tmp_path_factory.mktemp("table")
    settings = Settings.read({**KEYS, "DATA_ROOT": str(root), "MIN_FREE_GB": "0"})
    return {
        (resource.path, method): resource.operations["GET" if method == "HEAD" else method].scopes
        for resource in resources(build_bank(settings), StoragePool(), DatabasePool())
        for method in resource.methods
    }


def test_the_scopes_are_the_documented_ones(
    table: dict[tuple[str, str], frozenset[Scope]],
) -> None:
    read, upload, delete = ({scope} for scope in (Scope.READ, Scope.UPLOAD, Scope.DELETE))
    assert {key: set(scopes) for key, scopes in table.items() if key[1] != "HEAD"} == {
        ("/", "GET"): set(),
        ("/healthz", "GET"): set(),
        ("/readyz", "GET"): set(),
        ("/metrics", "GET"): set(),
        ("/openapi.json", "GET"): set(),
        ("/docs", "GET"): set(),
        ("/events", "GET"): read,
        ("/files", "GET"): read,
        ("/files", "POST"): upload,
        ("/files/batch", "POST"): read | upload,
        ("/files/{id}", "GET"): read,
        ("/files/{id}", "PUT"): upload,
        ("/files/{id}", "DELETE"): delete,
        ("/files/{id}/info", "GET"): read,
        ("/jobs", "GET"): read,
        ("/jobs", "POST"): upload | delete,
        ("/jobs/{id}", "GET"): read,
        ("/jobs/{id}/cancel", "POST"): upload | delete,
        ("/jobs/{id}/retry", "POST"): upload | delete,
        ("/webhooks", "GET"): read,
        ("/webhooks", "POST"): upload,
        ("/webhooks/{id}", "DELETE"): delete,
        ("/webhooks/{id}/deliveries", "GET"): read,
        ("/datasets", "GET"): read,
        ("/datasets", "POST"): upload,
        ("/datasets/{id}", "GET"): read,
        ("/datasets/{id}", "DELETE"): delete,
        ("/datasets/{id}/process", "POST"): upload,
        ("/datasets/{id}/report", "GET"): read,
        ("/v1/hub/register", "POST"): upload,
        ("/v1/hub/sync", "POST"): upload,
        ("/v1/hub/download", "POST"): upload,
        ("/v1/hub/scan", "POST"): upload,
        ("/v1/hub/jobs", "GET"): read,
        ("/v1/hub/jobs/{id}", "GET"): read,
        ("/v1/hub/models", "GET"): read,
        ("/v1/hub/repos", "GET"): read,
        ("/v1/hub/repos/{id}", "GET"): read,
        ("/v1/hub/repos/{id}", "PATCH"): upload,
        ("/v1/hub/repos/{id}", "DELETE"): delete,
        ("/v1/hub/repos/{id}/artifacts", "GET"): read,
        ("/v1/hub/repos/{id}/snapshots", "GET"): read,
        ("/v1/hub/repos/{id}/snapshots/{commit}", "GET"): read,
        ("/api/datasets", "GET"): read,
        ("/api/datasets/cache-status", "GET"): read,
        ("/api/datasets/refresh-cache", "POST"): upload,
        ("/api/datasets/meta", "GET"): read,
        ("/api/datasets/memory-status", "GET"): read,
        ("/api/datasets/metrics", "GET"): set(),
        ("/api/datasets/{dataset_id}", "GET"): read,
        ("/api/datasets/{dataset_id}/commits", "GET"): read,
        ("/api/datasets/{dataset_id}/files", "GET"): read,
        ("/api/datasets/{dataset_id}/file-url", "GET"): read,
    }


def test_metrics_ask_for_their_own_key_where_there_is_one(tmp_path: Path) -> None:
    given = {**KEYS, "DATA_ROOT": str(tmp_path), "METRICS_KEY": "scrape-key-0004"}
    found = resources(build_bank(Settings.read(given)), StoragePool(), DatabasePool())
    scopes = {each.path: each.operations["GET"].scopes for each in found if "metrics" in each.path}
    assert scopes == {"/metrics": {Scope.METRICS}, "/api/datasets/metrics": {Scope.METRICS}}


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("is_bearer", [False, True])
def test_every_route_asks_every_key_for_its_scope(
    bank: RunningBank,
    table: dict[tuple[str, str], frozenset[Scope]],
    holder: str,
    is_bearer: bool,
) -> None:
    key, scope = HOLDERS[holder]
    headers = {} if key is None else {"X-API-Key": key}
    if is_bearer and key is not None:
        headers = {"Authorization": f"bearer {key}".strip()}
    with httpx2.Client(base_url=bank.address, trust_env=False) as client:
        for path, method in product({path for path, _ in table}, METHODS):
            address = path.replace("{id}", MISSING).replace("{commit}", MISSING)
            address = address.replace("{dataset_id}", "org%2Fname")
            answer = client.request(method, address, headers=headers, timeout=PATIENCE)
            scopes = table.get((path, method))
            assert answer.status_code in expected(scopes, key, scope), (method, path, answer.text)
            assert answer.headers["x-request-id"]


def expected(scopes: frozenset[Scope] | None, key: str | None, scope: Scope | None) -> set[int]:
    if scopes is None:
        return {405}
    if not scopes or scope in scopes:
        # Events and the catalog need Redis, which is away, as the Hub is; there is no token for it.
        return {200, 201, 204, 404, 409, 422, 400, 502, 503}
    return {403} if key else {401}


def test_a_refusal_is_told_in_the_one_format(bank: RunningBank) -> None:
    answer = bank.request("GET", "/files", None, headers={"X-Request-ID": "my-id.1"})
    assert answer.headers["www-authenticate"] == 'Bearer realm="data-bank"'
    assert answer.json() == {
        "code": "UNAUTHORIZED",
        "message": "send a key: X-API-Key: KEY or Authorization: Bearer KEY",
        "request_id": "my-id.1",
    }


def test_a_method_that_is_not_done_is_told_with_those_that_are(bank: RunningBank) -> None:
    answer = bank.request("PATCH", f"/files/{MISSING}", UPLOAD_KEY)
    assert answer.json()["code"] == "METHOD_NOT_ALLOWED"
    assert answer.headers["allow"] == "GET, PUT, DELETE, HEAD"


@pytest.mark.parametrize(
    "path", ["/file", "/files/", "/files/a/b", "/healthz/", "/%66iles/", "//files", "/files/../x"]
)
def test_an_address_that_is_not_there_is_not_found(bank: RunningBank, path: str) -> None:
    with bank.connect() as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404")
    assert b'"NOT_FOUND"' in answer


def test_basic_credentials_are_no_key(bank: RunningBank) -> None:
    answer = bank.request("GET", "/files", None, headers={"Authorization": "Basic eDp5"})
    assert answer.status_code == 401


@pytest.mark.parametrize("sent", ["a b", "x" * 129, "é", "<x>"])
def test_a_request_id_that_is_not_plain_is_replaced(bank: RunningBank, sent: str) -> None:
    answer = bank.get("/healthz", X_Request_ID=sent)
    assert answer.headers["x-request-id"] != sent
    assert len(answer.headers["x-request-id"]) == 32


def test_no_key_is_ever_in_the_log(bank: RunningBank) -> None:
    bank.get("/files")
    bank.get(f"/files?key={READ_KEY}")
    bank.request("GET", "/files", None, headers={"Authorization": f"Bearer {UPLOAD_KEY}"})
    text = bank.log_path.read_text()
    assert not [key for key in (READ_KEY, UPLOAD_KEY, DELETE_KEY) if key in text]


def test_each_request_is_a_line_in_the_log(bank: RunningBank) -> None:
    bank.get("/healthz", X_Request_ID="line-of-mine")
    line = bank.logged(request_id="line-of-mine")
    assert (line["event"], line["method"], line["path"]) == ("request", "GET", "/healthz")
    assert (line["status"], line["bytes"]) == (200, 16)
