"""What a source is, and how many columns it may have."""

from collections.abc import Sequence
from typing import Protocol

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.errors import LimitExceededError
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.table import Table


class SourceKind(Protocol):
    def load(self, engine: Engine, limits: Limits) -> Table:
        """Make `cells` of the engine's input. Raises UnreadableError, LimitExceededError."""


def check_width(columns: Sequence[object], limits: Limits) -> None:
    if len(columns) > limits.columns:
        raise LimitExceededError(f"it has more than {limits.columns} columns, the most of a report")


def count_rows(engine: Engine, limits: Limits) -> int:
    """Of `cells`."""
    (rows,) = engine.row("SELECT count(*) FROM cells", tuple[int])
    if rows > limits.rows:
        raise LimitExceededError(f"it has more than {limits.rows} rows, the most of a report")
    return rows
