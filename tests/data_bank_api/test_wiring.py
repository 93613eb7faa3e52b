"""The database as a process finds it when it starts."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from data_bank_api.config import Settings, SettingsError
from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.db.schema import VERSION_TABLE
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.wiring import build_bank, build_shop, open_database
from tests.fakes.databases import execute


def settings_of(url: str) -> Settings:
    return Settings.read({"API_UPLOAD_KEYS": "k", "DATABASE_URL": url})


def test_a_database_is_opened_with_its_tables(empty_database_url: str) -> None:
    database = open_database(settings_of(empty_database_url))
    assert Jobs(database).enqueue(NewJob("ping", {})).state == "queued"
    database.close()


def test_one_that_is_away_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    database = open_database(settings_of("postgresql://u:secret@127.0.0.1:1/nowhere"))
    with pytest.raises(DatabaseAwayError):
        Jobs(database).enqueue(NewJob("ping", {}))
    database.close()
    assert "secret" not in capsys.readouterr().err


@pytest.mark.parametrize("why", ["newer", "no folder"])
def test_one_that_cannot_be_used_is_a_wrong_setting(
    sqlite_url: str, tmp_path: Path, why: str
) -> None:
    url = f"sqlite:///{tmp_path}/missing/x.sqlite3"
    if why == "newer":
        url = sqlite_url
        execute(url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        open_database(settings_of(url))


def test_the_usual_database_lies_in_the_state_folder_whatever_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "100% ?x#1 ü"
    folder.mkdir()
    open_database(Settings.read({"API_UPLOAD_KEYS": "k", "STATE_ROOT": str(folder)})).close()
    assert "databank.sqlite3" in [each.name for each in folder.iterdir()]


def test_a_folder_to_scan_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    given = {"API_UPLOAD_KEYS": "k", "DATA_ROOT": str(tmp_path / "files"), "MIN_FREE_GB": "0"}
    missing = tmp_path / "missing"
    with pytest.raises(SettingsError, match=f"SCAN_ROOTS: {missing}: No such file or directory"):
        build_bank(Settings.read({**given, "SCAN_ROOTS": str(missing)}))
    with pytest.raises(SettingsError, match=r"SCAN_ROOTS: .* is in the bank's own folder"):
        build_bank(Settings.read({**given, "SCAN_ROOTS": str(tmp_path / "files" / "tmp")}))


def test_a_key_for_signing_that_is_none_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "signing.key").write_bytes(b"short")
    settings = Settings.read({"API_UPLOAD_KEYS": "k", "DATA_ROOT": str(tmp_path)})
    with pytest.raises(SettingsError, match=r"STATE_ROOT: signing\.key"):
        build_bank(settings)


def test_a_report_takes_what_the_settings_say_and_leaves_nothing(tmp_path: Path) -> None:
    given = {
        "API_UPLOAD_KEYS": "k",
        "DATA_ROOT": str(tmp_path),
        "STATE_ROOT": str(tmp_path / "state"),
        "REDIS_URL": "redis://127.0.0.1:1",
        "MIN_FREE_GB": "2",
        "REPORT_MEMORY_MB": "100",
        "REPORT_DISK_GB": "3",
        "REPORT_SECONDS": "9",
    }
    left, draft = tmp_path / "state" / "reports" / "run-dead", tmp_path / "tmp" / "dead"
    for folder in (left, draft.parent):
        folder.mkdir(parents=True)
    draft.touch()
    with closing(build_shop(Settings.read(given))) as shop:
        limits = shop.profiler.limits
        assert (limits.memory, limits.seconds, limits.disk) == (100 << 20, 9, 3 * 10**9)
        assert (shop.profiler.root, shop.profiler.min_free) == (left.parent, 2 * 10**9)
        shop.sweep()
    assert [each.exists() for each in (left, draft)] == [False, False]


def test_what_serves_or_runs_jobs_does_not_carry_the_engine_of_reports() -> None:
    parts = "data_bank_api.api.main, data_bank_api.commands.worker, data_bank_api.commands.up"
    code = f"import sys, {parts}; print({{'duckdb', 'ijson'}} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "set()\n"
