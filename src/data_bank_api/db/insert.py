"""INSERT ... ON CONFLICT, which both databases have, each by a construct of its own."""

from collections.abc import Callable, Mapping

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data_bank_api.db.schema import Table

_Insert = Callable[[type[Table]], postgresql.Insert | sqlite.Insert]
_INSERTS: Mapping[str, _Insert] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert_into(session: Session, table: type[Table]) -> postgresql.Insert | sqlite.Insert:
    return _INSERTS[session.get_bind().dialect.name](table)
