"""A dataset by the command line: a small dirty file, profiled by a real worker, and read."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from data_bank_client.wire.digest import Digest
from data_bank_client.wire.reports import Report
from tests.data_bank_client.cli.conftest import CommandLine, Ran
from tests.fakes.redis_server import RedisServer
from tests.running_bank import running
from tests.running_worker import WORKER, RunningWorker

KEY = "one-key-for-all"
KEYS = {"API_UPLOAD_KEYS": KEY, "API_READ_KEYS": "", "API_DELETE_KEYS": ""}
DIRTY = b"""\xef\xbb\xbforder,amount,city,[red]\x1b[31m\r
1,10.5,"Bad
Homburg",x\r
2,11,\xe6\x9d\xb1\xe4\xba\xac,\r
3,9.5,,y\r
4,12,Oslo,  \r
5,90000,Oslo\r
4,12,Oslo,  \r
"""
OPEN_QUOTE = b'a,b\n1,2\n3,"x\n'


class DatasetCommands:
    """`databank datasets`, in this process."""

    def __init__(self, databank: CommandLine) -> None:
        self._databank = databank

    def __call__(self, *tokens: object) -> Ran:
        return self._databank("datasets", *tokens)


@pytest.fixture
def datasets(
    tmp_path: Path,
    redis_server: RedisServer,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Iterator[DatasetCommands]:
    url = redis_server.url
    with running(tmp_path, REDIS_URL=url, DATABASE_URL=sqlite_url, **KEYS) as bank:
        worker = RunningWorker(tmp_path, url, sqlite_url, WORKER, **KEYS)
        try:
            monkeypatch.setenv("DATA_BANK_URL", bank.address)
            monkeypatch.setenv("DATA_BANK_KEY", KEY)
            monkeypatch.delenv("DATA_BANK_KEY_FILE", raising=False)
            yield DatasetCommands(CommandLine(capfdbinary))
        finally:
            worker.stop()


def test_a_dirty_file_is_added_watched_read_and_forgotten(
    datasets: DatasetCommands, tmp_path: Path
) -> None:
    (path := tmp_path / "orders.csv").write_bytes(DIRTY)
    added = datasets("add", path, "--watch")
    assert added.exit_code == 0
    assert added.err.startswith("databank: its report: databank datasets report ")
    [listed] = datasets("ls", "--status", "done", "--name", "ORDER", "--json").records
    [shown] = datasets("show", "orders.csv", "--json").records
    assert shown == listed
    assert (shown["row_count"], shown["checksum_sha256"]) == (6, Digest.of(DIRTY).hex)

    lines = datasets("report", "orders.csv").out.decode().splitlines()
    assert lines[2].startswith("6 rows, 4 columns, ")
    assert lines[2].endswith(", 1 duplicate row (17%)")
    assert lines[4].startswith("Alerts: ")
    assert [line for line in lines if "[red]\\x1b[31m" in line and " text " in line]
    assert [line for line in lines if "Bad\\nHomburg" in line]
    detail = datasets("report", "orders.csv", "--column", "amount").out.decode()
    assert "  row 5  90000\n" in detail
    told = msgspec.json.decode(datasets("report", "orders.csv", "--json").out, type=Report)
    assert [each["name"] for each in told["columns"]][:3] == ["order", "amount", "city"]

    assert datasets("add", path, "--name", "again").out == datasets("ls").out
    assert datasets("process", "orders.csv", "--force", "--watch").exit_code == 0
    assert datasets("rm", "orders.csv").exit_code == 0
    assert (datasets("ls").out, datasets("show", "orders.csv").exit_code) == (b"", 4)


def test_a_file_that_cannot_be_read_fails_by_its_line(
    datasets: DatasetCommands, tmp_path: Path
) -> None:
    (path := tmp_path / "open.csv").write_bytes(OPEN_QUOTE)
    ran = datasets("add", path, "--watch")
    assert ran.exit_code == 11
    said = "line 3: a quote is opened and not closed"
    assert ran.err == f"databank: open.csv: the job failed by its input: {said}\n"
    assert datasets("ls").out.decode().rstrip().endswith(said)
    ran = datasets("report", "open.csv")
    assert (ran.exit_code, said in ran.err) == (4, True)
