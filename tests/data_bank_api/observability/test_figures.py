"""Figures of one process and of several: what is summed, what is forgotten, what is left out."""

import os
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import values

from data_bank_api.observability.exposition import Exposition
from data_bank_api.observability.figures import OwnFigures, SharedFigures
from data_bank_api.observability.metrics import Metrics
from tests.fakes.scraped import Scraped

COUNTED = 'databank_http_request_duration_seconds_count{method="GET",route="/",status="200"}'

BROKEN = {
    "empty": b"",
    "nonsense": b"\xff" * 100,
    "cut": struct.pack("iiii", 64, 0, 8, 0),
    "longer": struct.pack("iiii", 40, 0, 400, 0) + bytes(24),
    "no JSON": struct.pack("iii12sdd", 40, 0, 12, b"[1]         ", 1, 0),
    "other JSON": struct.pack("iii12sdd", 40, 0, 12, b'"abcdefghij"', 1, 0),
}

# A worker that has answered so often, and has an upload under way, when it is killed.
KILLED = """
import os, signal, sys
from pathlib import Path
from data_bank_api.observability.figures import SharedFigures
from data_bank_api.observability.metrics import Metrics
metrics = Metrics(SharedFigures(Path(sys.argv[1])).registry)
for _ in range(int(sys.argv[2])):
    metrics.served("GET", "/", 200, 0, 7, 0.001)
metrics.upload_begun()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The library's choice is of the whole process."""
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    yield
    values.close_all_multiprocess_files()


def killed_worker(folder: Path, count: int) -> None:
    command = [sys.executable, "-c", KILLED, str(folder), str(count)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


def scrape(figures: OwnFigures | SharedFigures) -> Scraped:
    return Scraped.parse(Exposition([figures]).text().decode())


def test_a_process_alone_tells_its_own() -> None:
    figures = OwnFigures()
    metrics = Metrics(figures.registry)
    metrics.served("GET", "/", 200, 0, 7, 0.001)
    assert scrape(figures)[COUNTED] == 1
    assert figures.workers() == {0: os.getpid()}


def test_two_kinds_of_figures_have_the_same_families(tmp_path: Path) -> None:
    own, shared = OwnFigures(), SharedFigures(tmp_path)
    for figures in (own, shared):
        metrics = Metrics(figures.registry)
        metrics.served("GET", "/", 200, 3, 7, 0.001)
        metrics.synced(0.01)
    assert scrape(own).families == scrape(shared).families


def test_a_worker_goes_on_with_what_the_dead_one_of_its_number_counted(tmp_path: Path) -> None:
    killed_worker(tmp_path, 5)
    killed_worker(tmp_path, 4)
    figures = SharedFigures(tmp_path)
    Metrics(figures.registry).served("GET", "/", 200, 0, 7, 0.001)
    found = scrape(figures)
    assert found[COUNTED] == 10
    assert found['databank_http_sent_bytes_total{method="GET",route="/"}'] == 70
    assert found["databank_uploads_in_flight"] == 0
    assert len(list(tmp_path.glob("histogram_*.db"))) == 1


def test_what_a_dead_worker_had_under_way_is_forgotten(tmp_path: Path) -> None:
    figures = SharedFigures(tmp_path)
    metrics = Metrics(figures.registry)
    metrics.upload_begun()
    killed_worker(tmp_path, 5)
    found = scrape(figures)
    assert found["databank_uploads_in_flight"] == 1
    assert found[COUNTED] == 5


@pytest.mark.parametrize("name", ["counter_7.db", "histogram_7.db"])
@pytest.mark.parametrize("content", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_file_is_left_out_and_told(
    tmp_path: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = SharedFigures(tmp_path)
    Metrics(figures.registry).served("GET", "/", 200, 0, 7, 0.001)
    (tmp_path / name).write_bytes(content)
    assert scrape(figures)[COUNTED] == 1
    told = capsys.readouterr()
    assert name in told.out + told.err


def test_what_is_no_file_of_figures_is_not_read(tmp_path: Path) -> None:
    figures = SharedFigures(tmp_path)
    Metrics(figures.registry).served("GET", "/", 200, 0, 7, 0.001)
    for name in ("strange.db", "gauge_livesum_x.db", "counter_1.db.old"):
        (tmp_path / name).write_bytes(b"?")
    assert scrape(figures)[COUNTED] == 1


def test_a_file_that_vanishes_takes_only_its_own_figures(tmp_path: Path) -> None:
    figures = SharedFigures(tmp_path)
    metrics = Metrics(figures.registry)
    metrics.served("GET", "/", 200, 0, 7, 0.001)
    (tmp_path / "counter_0.db").unlink()
    found = scrape(figures)
    assert found[COUNTED] == 1
    assert "databank_files_stored_total" not in found


def test_a_folder_that_vanishes_takes_all_figures_and_no_answer(tmp_path: Path) -> None:
    figures = SharedFigures(tmp_path)
    Metrics(figures.registry).served("GET", "/", 200, 0, 7, 0.001)
    shutil.rmtree(tmp_path)
    assert scrape(figures).samples == {}


def test_a_worker_begins_anew_where_its_file_is_broken(tmp_path: Path) -> None:
    killed_worker(tmp_path, 5)
    (tmp_path / "histogram_0.db").write_bytes(b"\xff" * 100)
    figures = SharedFigures(tmp_path)
    Metrics(figures.registry).served("GET", "/", 200, 0, 7, 0.001)
    found = scrape(figures)
    assert found[COUNTED] == 1
    assert found['databank_http_sent_bytes_total{method="GET",route="/"}'] == 42
