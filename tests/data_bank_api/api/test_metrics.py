"""`/metrics` of real servers: the sums over all workers, whatever becomes of one of them."""

import os
import signal
import socket
import struct
import sys
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.commands.listening import listen
from data_bank_client.wire.digest import Digest
from tests.fakes.scraped import Scraped
from tests.running_bank import (
    DATABANK,
    DELETE_KEY,
    READ_KEY,
    UNMEASURED,
    UPLOAD_KEY,
    RunningBank,
    running,
    until,
)

SERVERS = pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
COUNT = "databank_http_request_duration_seconds_count"
FETCHED = f'{COUNT}{{method="GET",route="/files/{{id}}",status="200"}}'
HEALTHY = f'{COUNT}{{method="GET",route="/healthz",status="200"}}'


def scrape(bank: RunningBank) -> Scraped:
    answer = bank.request("GET", "/metrics", None)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return Scraped.parse(answer.text)


def counts(bank: RunningBank, **wanted: float) -> bool:
    """Whether unlabelled metrics have these values."""
    found = scrape(bank)
    return {name: found[f"databank_{name}"] for name in wanted} == wanted


def workers(bank: RunningBank) -> list[int]:
    return [int(str(line["process"])) for line in bank.log() if line["event"] == "serving"]


def begin_upload(bank: RunningBank) -> socket.socket:
    connection = bank.connect()
    connection.sendall(
        f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
        f"Content-Length: 9000000\r\n\r\n".encode()
        + bytes(3_000_000)
    )
    return connection


def abort(connection: socket.socket) -> None:
    """Go away as a client that is killed: with what came unread."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@SERVERS
def test_the_sums_over_all_workers_are_exact(tmp_path: Path, server: str) -> None:
    with running(tmp_path, server, WORKERS="2") as bank:
        until(lambda: len(workers(bank)) == 2)
        name = bank.put(bytes(5000))
        for _ in range(40):
            assert bank.get(f"/files/{name}").status_code == 200
        until(lambda: scrape(bank).get(FETCHED) == 40)
        found = scrape(bank)
        line = '{method="GET",route="/files/{id}"}'
        assert found[f"databank_http_sent_bytes_total{line}"] == 200_000
        assert found['databank_http_received_bytes_total{method="POST",route="/files"}'] == 5000
        assert found[f'{COUNT}{{method="POST",route="/files",status="201"}}'] == 1
        assert len([each for each in found.samples if "process_start_time" in each]) == 2
        assert bank.stop() == 0


@SERVERS
def test_no_counter_falls_when_a_worker_is_killed_and_the_next_goes_on(
    tmp_path: Path, server: str
) -> None:
    with running(tmp_path, server, WORKERS="2") as bank:
        until(lambda: len(workers(bank)) == 2)
        before = scrape(bank).get(HEALTHY)
        for _ in range(20):
            bank.get("/healthz")
        until(lambda: scrape(bank).get(HEALTHY) == before + 20)
        with begin_upload(bank):
            until(lambda: counts(bank, uploads_in_flight=1))
            for process in workers(bank):
                os.kill(process, signal.SIGKILL)
        until(lambda: len(workers(bank)) == 4)
        for _ in range(20):
            bank.get("/healthz")
        until(lambda: scrape(bank).get(HEALTHY) == before + 40)
        found = scrape(bank)
        assert found["databank_uploads_in_flight"] == 0
        assert {each for each in found.samples if "open_fds" in each} == {
            'databank_process_open_fds{worker="0"}',
            'databank_process_open_fds{worker="1"}',
        }


@SERVERS
def test_an_upload_is_in_flight_until_its_client_goes(tmp_path: Path, server: str) -> None:
    with running(tmp_path, server) as bank:
        connection = begin_upload(bank)
        until(lambda: counts(bank, uploads_in_flight=1))
        abort(connection)
        until(lambda: counts(bank, uploads_in_flight=0, files_stored_total=0))
        gone = f'{COUNT}{{method="POST",route="/files",status="499"}}'
        until(lambda: scrape(bank).get(gone) == 1)


@SERVERS
def test_a_download_is_in_flight_until_its_client_goes(tmp_path: Path, server: str) -> None:
    with running(tmp_path, server) as bank:
        name = bank.put(bytes(50_000_000))
        connection = bank.connect()
        connection.sendall(
            f"GET /files/{name} HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n\r\n".encode()
        )
        until(lambda: counts(bank, downloads_in_flight=1))
        abort(connection)
        until(lambda: counts(bank, downloads_in_flight=0))
        until(lambda: scrape(bank).get(FETCHED) == 1)


def test_uploads_are_counted_as_new_or_as_there_before(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        for content in (b"a", b"b", b"a", b"a"):
            bank.put(content)
        until(lambda: counts(bank, files_stored_total=2, dedup_hits_total=2))
        assert scrape(bank)["databank_fsync_duration_seconds_count"] > 4


def test_a_damaged_copy_is_counted_when_it_is_condemned(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        name = bank.put(b"sound")
        Path(Layout(str(bank.root)).blob(Digest(name))).write_bytes(b"xxxxx")
        for _ in range(3):
            assert bank.get(f"/files/{name}").status_code == 503
        until(lambda: counts(bank, quarantined_blobs_total=1))


@SERVERS
def test_labels_hold_nothing_that_a_request_brings(tmp_path: Path, server: str) -> None:
    with running(tmp_path, server) as bank:
        name = bank.put(b"named")
        bank.get(f"/files/{name}?filename=secret-name")
        bank.get(f"/secret-path/{name}", UPLOAD_KEY)
        bank.request("PROPFIND", f"/files/{name}", READ_KEY)
        unmatched = f'{COUNT}{{method="GET",route="unmatched",status="404"}}'
        until(lambda: scrape(bank).get(unmatched) == 1)
        text = bank.request("GET", "/metrics", None).text
        assert 'method="other",route="/files/{id}",status="405"' in text
        for secret in (name, READ_KEY, UPLOAD_KEY, str(tmp_path), "secret", "PROPFIND"):
            assert secret not in text


def test_a_head_sends_no_bytes(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        bank.request("HEAD", "/", None)
        line = '{method="HEAD",route="/"}'
        until(lambda: f"databank_http_sent_bytes_total{line}" in scrape(bank))
        assert scrape(bank)[f"databank_http_sent_bytes_total{line}"] == 0


@SERVERS
def test_with_a_metrics_key_only_that_key_reads_them(tmp_path: Path, server: str) -> None:
    with running(tmp_path, server, METRICS_KEY="scrape-key-0004") as bank:
        keys = {None: 401, UPLOAD_KEY: 403, READ_KEY: 403, DELETE_KEY: 403, "scrape-key-0004": 200}
        for sent, status in keys.items():
            answer = bank.request("GET", "/metrics", sent)
            assert answer.status_code == status
            assert status == 200 or answer.json()["code"] in {"UNAUTHORIZED", "FORBIDDEN"}
        bearer = {"Authorization": "Bearer scrape-key-0004"}
        assert bank.request("GET", "/metrics", None, headers=bearer).status_code == 200
        assert bank.request("GET", "/files", "scrape-key-0004").status_code == 403
        assert bank.request("GET", "/openapi.json", None).status_code == 200
        assert "scrape-key-0004" not in bank.log_path.read_text()


def test_metrics_are_answered_when_their_files_are_broken_or_gone(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    with running(tmp_path, WORKERS="2", PROMETHEUS_MULTIPROC_DIR=str(place)) as bank:
        until(lambda: len(workers(bank)) == 2)
        bank.put(b"stored")
        [folder] = place.iterdir()
        (folder / "counter_7.db").write_bytes(b"\xff" * 100)
        (folder / "histogram_1.db").unlink()
        assert counts(bank, files_stored_total=1)
        assert bank.logged(event="figures left out")["file"] == "counter_7.db"


def test_the_folder_is_gone_after_a_stop_and_swept_after_a_kill(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    with running(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(place)) as bank:
        bank.put(b"of the first run")
        [first] = place.iterdir()
        bank.stop(signal.SIGKILL)
    assert first.is_dir()
    with running(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(place)) as bank:
        [second] = place.iterdir()
        assert second != first
        assert counts(bank, files_stored_total=0)
        assert bank.stop() == 0
    assert list(place.iterdir()) == []


def test_a_folder_that_cannot_be_used_stops_the_start_with_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    bank = RunningBank(tmp_path, [DATABANK, "serve"], {"PROMETHEUS_MULTIPROC_DIR": str(missing)})
    assert bank.process.wait(60) == 2
    told = f"databank: PROMETHEUS_MULTIPROC_DIR: {missing}: No such file or directory\n"
    assert bank.log_path.read_text() == told


def plain_hypercorn(folder: Path, **environment: str) -> RunningBank:
    """Hypercorn's own command, with two workers."""
    with listen("127.0.0.1", 0, 1) as found:
        port = found.getsockname()[1]
    hypercorn = str(Path(sys.executable).with_name("hypercorn"))
    app = "data_bank_api.api.main:create_app()"
    command = [hypercorn, app, "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    bank = RunningBank(folder, command, {**UNMEASURED, **environment})
    return bank.wait_for(f"http://127.0.0.1:{port}")


def test_under_hypercorns_own_command_each_process_tells_its_own(tmp_path: Path) -> None:
    bank = plain_hypercorn(tmp_path)
    try:
        assert {each for each in scrape(bank).samples if "open_fds" in each} == {
            'databank_process_open_fds{worker="0"}'
        }
    finally:
        bank.stop()


def test_under_hypercorns_own_command_a_folder_makes_them_one(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    bank = plain_hypercorn(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(place))
    try:
        until(lambda: len(workers(bank)) == 2)
        before = scrape(bank).get(HEALTHY)
        for _ in range(20):
            bank.get("/healthz")
        until(lambda: scrape(bank).get(HEALTHY) == before + 20)
        assert len([each for each in scrape(bank).samples if "open_fds" in each]) == 2
    finally:
        bank.stop()


def test_hypercorns_own_command_tells_a_missing_folder_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    hypercorn = str(Path(sys.executable).with_name("hypercorn"))
    command = [hypercorn, "data_bank_api.api.main:create_app()", "--bind", "127.0.0.1:0"]
    bank = RunningBank(tmp_path, command, {"PROMETHEUS_MULTIPROC_DIR": str(missing)})
    bank.process.wait(60)
    told = f"databank: PROMETHEUS_MULTIPROC_DIR: {missing}: No such file or directory\n"
    assert bank.log_path.read_text() == told


def test_a_refused_upload_is_counted_and_is_neither_in_flight_nor_stored(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        assert bank.request("POST", "/files", READ_KEY, bytes(100_000)).status_code == 403
        refused = f'{COUNT}{{method="POST",route="/files",status="403"}}'
        until(lambda: scrape(bank).get(refused) == 1)
        assert counts(bank, uploads_in_flight=0, downloads_in_flight=0, files_stored_total=0)
