"""Places in a list whose newest comes first: how the next page goes on where one has ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Place:
    """A moment, and the id that tells equal ones apart."""

    at: datetime
    id: str


def page_after(
    after: Place | None,
    limit: int,
    asked: Select[Row],
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[str],
) -> Select[Row]:
    """The first `limit` of these rows after a place, newest first by these two columns."""
    if after is not None:
        asked = asked.where(tuple_(at, row_id) < (after.at, after.id))
    return asked.order_by(at.desc(), row_id.desc()).limit(limit)
