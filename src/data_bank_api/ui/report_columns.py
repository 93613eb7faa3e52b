"""The columns of a report in pages, found by a part of their names: a table may have a thousand."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.reports import Report, ReportColumn

ROWS = 50
FIND_LENGTH = 200
_MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class ColumnQuestion:
    find: str
    number: int

    @classmethod
    def read(cls, query: QueryParams) -> "ColumnQuestion":
        """Raises InvalidInputError, which names the parameter."""
        text, find = query.get("page", "1"), query.get("find", "")
        if not (text.isascii() and text.isdecimal() and 0 < len(text) <= _MOST_DIGITS):
            raise InvalidInputError("page must be a number from 1")
        if len(find) > FIND_LENGTH:
            raise InvalidInputError(f"find may have {FIND_LENGTH} characters at most")
        return cls(find, max(1, int(text)))


@dataclass(frozen=True, slots=True)
class ColumnPage:
    """`found` columns are so, in all; `last` is the number of the last page."""

    question: ColumnQuestion
    columns: list[ReportColumn]
    found: int
    number: int
    last: int

    @property
    def before(self) -> str | None:
        return _query(self.question.find, self.number - 1) if self.number > 1 else None

    @property
    def after(self) -> str | None:
        return _query(self.question.find, self.number + 1) if self.number < self.last else None


def column_page(report: Report, question: ColumnQuestion) -> ColumnPage:
    """A page that is beyond the last is the last."""
    part = question.find.casefold()
    found = [each for each in report["columns"] if part in each["name"].casefold()]
    last = max(1, -(-len(found) // ROWS))
    number = min(question.number, last)
    shown = found[(number - 1) * ROWS : number * ROWS]
    return ColumnPage(question, shown, len(found), number, last)


def _query(find: str, number: int) -> str:
    said = [("find", find)] if find else []
    return "?" + urlencode([*said, ("page", str(number))])
