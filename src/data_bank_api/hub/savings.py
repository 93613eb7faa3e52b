"""What the bank need not hold twice: files of the mirror that are equal are stored once.

It is told by the rows of up to MOST files, so of a larger mirror it is the least that is saved.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from data_bank_api.db.database import Database
from data_bank_api.db.schema import ArtifactRow

MOST = 100_000


@dataclass(frozen=True, slots=True)
class Savings:
    """`size` in bytes, over `files` that were stored already; `is_all`: of the whole mirror."""

    files: int
    size: int
    is_all: bool


def find_savings(database: Database, most: int = MOST) -> Savings:
    """Raises DatabaseAwayError."""
    rows = select(ArtifactRow.digest, ArtifactRow.size).where(ArtifactRow.digest.is_not(None))
    some = rows.limit(most).subquery()
    of_one = (
        select(func.count().label("files"), func.max(some.c.size).label("size"))
        .group_by(some.c.digest)
        .subquery()
    )
    repeated = of_one.c.files - 1
    asked = select(
        func.coalesce(func.sum(of_one.c.files), 0),
        func.coalesce(func.sum(repeated), 0),
        func.coalesce(func.sum(repeated * of_one.c.size), 0),
    )
    with database.reading() as session:
        seen, files, size = session.execute(asked).one()
    return Savings(int(files), int(size), is_all=int(seen) < most)
