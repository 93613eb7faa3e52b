"""The tables are this release's after a start, whoever else starts and whatever is killed."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from data_bank_api import db
from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.db.refusals import SchemaTooNewError, UpgradeRefusedError
from data_bank_api.db.revisions import make_config
from data_bank_api.db.schema import VERSION_TABLE, Table
from data_bank_api.db.upgrade import LOCK, known_revisions, upgrade
from data_bank_api.hub.registry import Registry
from tests.fakes.databases import PostgresServer, engines_of, execute, make_ready


def crowd(*arguments: str) -> int:
    command = [sys.executable, "-m", "tests.fakes.database_crowd", *arguments]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def tables(url: str) -> set[str]:
    with engines_of(url) as engines:
        return set(inspect(engines.reads).get_table_names())


def make_tables_of(revision: str, url: str) -> None:
    """Those of an older release."""
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).with_name("migrations")))
    with engines_of(url) as engines, engines.writes.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def differences(url: str) -> list[object]:
    """Between the tables that are there and those of the models."""
    with engines_of(url) as engines, engines.reads.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return list(compare_metadata(context, Table.metadata))


def test_the_migrations_make_the_tables_of_the_models(empty_database_url: str) -> None:
    assert len(differences(empty_database_url)) >= len(Table.metadata.tables)
    make_ready(empty_database_url)
    assert differences(empty_database_url) == []
    assert tables(empty_database_url) == {VERSION_TABLE, *Table.metadata.tables}


def test_the_files_are_named_in_the_order_that_their_revisions_run_in() -> None:
    scripts = ScriptDirectory.from_config(make_config())
    in_order = [each.revision for each in scripts.walk_revisions()][::-1]
    assert in_order == known_revisions()
    assert len(in_order) > 3


def test_of_ten_processes_that_start_at_once_one_upgrades(empty_database_url: str) -> None:
    assert crowd("upgrade", empty_database_url, "10") == 1
    assert differences(empty_database_url) == []


def test_a_server_whose_transactions_are_stricter_is_upgraded_once(
    postgres: PostgresServer, empty_postgresql_url: str
) -> None:
    name = empty_postgresql_url.partition("@/")[2].partition("?")[0]
    level = "default_transaction_isolation = 'repeatable read'"
    postgres.execute(f"ALTER DATABASE {name} SET {level}")
    assert crowd("upgrade", empty_postgresql_url, "5") == 1


def test_after_a_kill_at_any_statement_the_next_start_goes_on(empty_database_url: str) -> None:
    assert crowd("kill", empty_database_url) > 10
    assert differences(empty_database_url) == []


def test_a_second_start_has_nothing_to_do(database_url: str) -> None:
    with engines_of(database_url) as engines:
        assert upgrade(engines) is False


def test_a_database_of_a_newer_release_is_refused_in_one_line(database_url: str) -> None:
    execute(database_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(SchemaTooNewError, match=r"\ADATABASE_URL: a newer release .+\Z"):
        make_ready(database_url)


def test_a_database_that_is_refused_is_away_for_those_who_come_later(database_url: str) -> None:
    execute(database_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    database = Database(database_url)
    with pytest.raises(DatabaseAwayError) as caught, database.transaction():
        pass
    database.close()
    assert "newer release" in caught.value.reason
    assert "newer release" not in str(caught.value)


def test_repositories_of_an_older_release_go_on_being_synced_by_hand(
    empty_database_url: str,
) -> None:
    make_tables_of("0002", empty_database_url)
    columns = "repository_id, repo_type, repo_id, revision, include, exclude, state, listing"
    execute(
        empty_database_url,
        f"INSERT INTO repositories ({columns}, listed, registered_at) VALUES "
        "('a', 'model', 'org/old', 'main', '[]', '[]', 'synced', 1, 1, '2026-01-01 00:00:00')",
    )
    make_ready(empty_database_url)
    with closing(Database(empty_database_url)) as database:
        found = Registry(database).get("a")
    assert (found.name.repo_id, found.asked.auto_sync, found.next_sync_at) == (
        "org/old",
        False,
        None,
    )


def test_tables_of_somebody_else_are_left_alone(empty_database_url: str) -> None:
    execute(empty_database_url, "CREATE TABLE outbox (theirs INTEGER)")
    with pytest.raises(UpgradeRefusedError, match=r'\ADATABASE_URL: .*"?outbox"? already exists\Z'):
        make_ready(empty_database_url)
    assert tables(empty_database_url) == {"outbox"}


def test_a_user_who_may_not_make_tables_is_told(postgres: PostgresServer) -> None:
    url = postgres.create()
    postgres.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(UpgradeRefusedError, match="permission denied for schema public"):
        make_ready(url.replace("postgres@", "guest@"))


def test_a_file_that_is_no_database_is_refused(empty_sqlite_url: str) -> None:
    path = empty_sqlite_url.removeprefix("sqlite:///")
    with open(path, "wb") as file:
        file.write(b"something else entirely " * 100)
    with pytest.raises(UpgradeRefusedError, match="file is not a database"):
        make_ready(empty_sqlite_url)


def test_a_start_waits_for_no_writer_where_nothing_is_to_do(sqlite_url: str) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as other:
        other.execute("BEGIN IMMEDIATE")
        make_ready(sqlite_url + "?timeout=0")
    other.close()


def test_a_start_waits_for_an_upgrade_only_so_long(
    empty_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_bank_api.db.upgrade.LOCK_SECONDS", 0.1)
    with engines_of(empty_postgresql_url) as engines, engines.writes.begin() as other:
        other.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        with pytest.raises(DatabaseAwayError) as caught:
            make_ready(empty_postgresql_url)
    assert "lock timeout" in caught.value.reason
