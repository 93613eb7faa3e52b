"""PostgreSQL by psycopg: what the server ends by itself, and when a host is taken for gone."""

from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Engine, NullPool, create_engine

from data_bank_api.db.engine import CHECK_SECONDS, CONNECT_SECONDS, Engines, with_defaults
from data_bank_api.db.refusals import DatabaseAddressError

STATEMENT_SECONDS = 30
IDLE_SECONDS = 60  # a transaction of a host that is gone must not keep its locks
# A host that is gone without a word is noticed after 25 seconds; the words are libpq's.
_LIVENESS = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}


def open_postgresql(url: URL) -> Engines:
    if "@" in (url.host or ""):  # a part of the password: it would be told as a host's name
        raise DatabaseAddressError("percent-encode the special characters of the password")
    writes = create_engine(
        with_defaults(_limited(url, STATEMENT_SECONDS), {"connect_timeout": str(CONNECT_SECONDS)}),
        isolation_level="READ COMMITTED",  # a server may have another default
        pool_pre_ping=True,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
    )
    checks = create_engine(
        _limited(url, CHECK_SECONDS).update_query_dict(
            {"connect_timeout": str(CHECK_SECONDS), "tcp_user_timeout": str(CHECK_SECONDS * 1000)}
        ),
        poolclass=NullPool,
        hide_parameters=True,
    )
    _check_options(writes)
    return Engines(
        writes,
        writes.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        checks,
    )


def _limited(url: URL, statement_seconds: int) -> URL:
    """The address with what the server is to end by itself."""
    theirs = url.query.get("options", "")
    options = [
        f"-c statement_timeout={statement_seconds * 1000}",
        f"-c idle_in_transaction_session_timeout={IDLE_SECONDS * 1000}",
        theirs if isinstance(theirs, str) else " ".join(theirs),
    ]
    limited = url.set(drivername="postgresql+psycopg")
    return with_defaults(limited.update_query_dict({"options": " ".join(options)}), _LIVENESS)


def _check_options(engine: Engine) -> None:
    """A name that libpq does not know is an error at once, not at each connection."""
    _, words = engine.dialect.create_connect_args(engine.url)
    try:
        make_conninfo(**{name: word for name, word in words.items() if isinstance(word, str)})
    except ProgrammingError:  # it holds what may be a part of a password
        raise DatabaseAddressError("holds an option that PostgreSQL does not know") from None
