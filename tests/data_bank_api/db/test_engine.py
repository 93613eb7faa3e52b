"""What an address may say, and what each of the two databases is told."""

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from data_bank_api.db.engine import files_of, open_engines
from data_bank_api.db.refusals import DatabaseAddressError
from tests.fakes.databases import engines_of, make_ready


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("secret", "cannot be read"),
        ("postgresql://user:secret@host:port/name", "cannot be read"),
        ("postgresql://user:pass@secret@host/name", "percent-encode"),
        ("postgresql://user@host/name?secret=1", "option"),
        ("mysql://user:secret@host/name", "must begin with sqlite:/// or postgresql://"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///file:secret?uri=true", "must name a file"),
        ("sqlite:////secret/missing/name", "No such file or directory"),
        ("sqlite:////proc/self/secret", "no file can be made there"),
        ("sqlite:////tmp", "not a file that may be written"),
    ],
)
def test_a_wrong_address_is_refused_in_one_line_without_it(url: str, reason: str) -> None:
    with pytest.raises(DatabaseAddressError, match=r"\ADATABASE_URL: .+\Z") as caught:
        open_engines(url)
    assert reason in str(caught.value)
    assert "secret" not in str(caught.value)


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    with engines_of(f"sqlite:///{tmp_path}/name") as engines:
        with engines.writes.begin() as connection:
            connection.execute(text("CREATE TABLE written (number INTEGER)"))
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    assert modes == {"name": 0o600, "name-wal": 0o600, "name-shm": 0o600}


def test_a_file_is_born_writing_ahead(tmp_path: Path) -> None:
    """Nobody has to switch it: of several who do so at once, SQLite fails some."""
    with engines_of(f"sqlite:///{tmp_path}/name"):
        assert (tmp_path / "name").read_bytes()[18:20] == b"\x02\x02"  # the header's versions
    assert [each.name for each in tmp_path.iterdir()] == ["name"]


def test_who_is_second_to_make_the_file_takes_that_of_the_first(
    empty_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(empty_sqlite_url)
    monkeypatch.setattr(Path, "exists", lambda _: False)  # as it was when this one looked
    with engines_of(empty_sqlite_url) as engines, engines.reads.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM jobs")) == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10000)],
)
def test_sqlite_writes_ahead_and_syncs(sqlite_url: str, name: str, expected: object) -> None:
    with engines_of(sqlite_url) as engines, engines.writes.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {name}")) == expected


def postgresql_settings(url: str, *names: str) -> list[str]:
    with engines_of(url) as engines, engines.writes.connect() as connection:
        return [str(connection.scalar(text(f"SHOW {name}"))) for name in names]


def test_postgresql_ends_what_takes_too_long(postgresql_url: str) -> None:
    names = "statement_timeout", "idle_in_transaction_session_timeout"
    assert postgresql_settings(postgresql_url, *names) == ["30s", "1min"]


def test_what_the_address_says_goes_first(postgresql_url: str) -> None:
    theirs = postgresql_url + "&options=-c statement_timeout=7s&options=-c work_mem=8MB"
    assert postgresql_settings(theirs, "statement_timeout", "work_mem") == ["7s", "8MB"]
    with engines_of(postgresql_url + "&connect_timeout=3") as engines:
        assert engines.writes.url.query["connect_timeout"] == "3"


def test_a_socket_in_a_folder_is_an_address(postgresql_url: str) -> None:
    assert os.sep in postgresql_url.partition("host=")[2]
    assert postgresql_settings(postgresql_url, "server_encoding") == ["UTF8"]


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("sqlite:////srv/a%20b%25.db?timeout=1", ["/srv/a b%.db"]),
        ("sqlite:///here.db", ["here.db"]),
        ("sqlite:///", []),
        ("postgresql:///name?host=/run", []),
        ("nonsense", []),
    ],
)
def test_the_files_of_a_database_are_known_by_its_address(url: str, names: list[str]) -> None:
    expected = [f"{name}{end}" for name in names for end in ("", "-wal", "-shm")]
    assert [str(each) for each in files_of(url)] == expected
