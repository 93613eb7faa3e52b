"""How far a scan is, in bytes, or in files where there are no bytes."""

import pytest

from data_bank_api.hub.artifact import Sum
from data_bank_api.hub.file_kind import FileKind
from data_bank_api.hub.git_blobs import GitBlob
from data_bank_api.hub.scan_intake import Content
from data_bank_api.hub.scan_manifest import Scanned
from data_bank_api.hub.scan_tally import ScanTally
from data_bank_client.wire.digest import Digest


def tally_of(total: Sum) -> ScanTally:
    clock = iter([0.0, 2.0])
    return ScanTally(total, lambda: next(clock))


def scanned(size: int) -> Scanned:
    blob = GitBlob("a" * 40, size, Digest.of(b"x"))
    return Scanned("a.bin", Content(blob, {}, is_new=True), FileKind("model"))


def test_bytes_are_counted_as_they_are_read() -> None:
    tally = tally_of(Sum(2, 1000))
    tally.on_read(500)
    tally.on_stored(200)
    tally.pass_by()
    assert tally.percent == 50
    assert tally.tell() == (
        "1 of 2 files, 0 kB/s",
        {
            "files": 1,
            "files_total": 2,
            "bytes": 500,
            "bytes_total": 1000,
            "bytes_stored": 200,
            "bytes_per_second": 250,
        },
    )
    tally.on_read(600)  # it has grown since it was counted
    assert tally.percent == 100


@pytest.mark.parametrize(("files", "percent"), [(4, 25), (0, 100)])
def test_where_there_are_no_bytes_files_are_counted(files: int, percent: float) -> None:
    tally = tally_of(Sum(files, 0))
    tally.pass_by()
    assert tally.percent == percent


def test_what_came_of_it_is_summed_up() -> None:
    tally = tally_of(Sum(3, 30))
    tally.take(scanned(10), is_new=True)
    tally.take(scanned(20), is_new=False)
    tally.artifacts += 1
    assert tally.summary() == {
        "files": 2,
        "bytes": 30,
        "files_new": 1,
        "bytes_new": 10,
        "kinds": {"model": 2},
        "artifacts_completed": 1,
    }
