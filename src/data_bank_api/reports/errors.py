"""Why there is no report of a file. Messages are for who uploaded it: no paths of the server."""

from data_bank_client.errors import InvalidInputError


class ReportError(InvalidInputError):
    """There is no report of this file."""


class UnreadableError(ReportError):
    """The file is not what it is said to be. `line` counts from 1; None: no line is to blame."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


class LimitExceededError(ReportError):
    """The file is fine, or may be, but needs more than a report may take."""
