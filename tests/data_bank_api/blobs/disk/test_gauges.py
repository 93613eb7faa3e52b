"""What is looked at when somebody asks: free space, and what a verification found."""

from errno import EIO
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.gauges import StoreGauges
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify_report import VerifyReport, write_verify_report
from data_bank_api.observability.exposition import Exposition
from tests.fakes.scraped import Scraped
from tests.fakes.systems import SmallSystem


class BlindSystem(System):
    """A disk that does not say how full it is."""

    def free(self, path: str) -> int:
        raise OSError(EIO, "Input/output error")


def look(folder: Path, system: System) -> dict[str, float]:
    gauges = StoreGauges(str(folder), folder, system, 7)
    return Scraped.parse(Exposition([gauges]).text().decode()).samples


def test_the_disk_is_looked_at_each_time(tmp_path: Path) -> None:
    system = SmallSystem(1000)
    assert look(tmp_path, system) == {
        "databank_disk_free_bytes": 1000,
        "databank_disk_size_bytes": System().capacity(str(tmp_path)),
        "databank_disk_reserved_bytes": 7,
    }
    system.size = 10
    assert look(tmp_path, system)["databank_disk_free_bytes"] == 10


def test_what_cannot_be_looked_up_is_told_in_the_log_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert look(tmp_path, BlindSystem()) == {}
    told = capsys.readouterr()
    assert "the free space cannot be looked up" in told.out + told.err


def test_the_last_verification_is_told(tmp_path: Path) -> None:
    report = VerifyReport(
        started_at=1000.5,
        ended_at=2000.5,
        files=40,
        bytes=5000,
        damaged=2,
        failed=1,
        is_complete=True,
        completed_at=2000.5,
    )
    write_verify_report(tmp_path, report, System())
    found = look(tmp_path, SmallSystem(0))
    prefix = "databank_verify_"
    told = {name: value for name, value in found.items() if name.startswith(prefix)}
    assert {name.removeprefix(prefix): value for name, value in told.items()} == {
        "start_timestamp_seconds": 1000.5,
        "end_timestamp_seconds": 2000.5,
        "completion_timestamp_seconds": 2000.5,
        "files": 40,
        "bytes": 5000,
        "damaged_files": 2,
        "failed_files": 1,
        "complete": 1,
    }
