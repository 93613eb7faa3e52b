"""A part of a bank that runs in a process of its own beside the server."""

import threading
from typing import Protocol

from data_bank_api.commands.leash import Leashed


class StartError(Exception):
    """A part cannot be started. The text is the one line that the operator reads."""


class Part(Protocol):
    """`patience` is how many seconds its stop may take."""

    name: str
    patience: float

    def start(self) -> Leashed:
        """From a thread that lives as long as the part shall. Raises StartError."""
        ...

    def wait(self, process: Leashed, stop: threading.Event) -> None:
        """Until it can be used, or `stop` is set. Raises StartError where it never can."""
        ...

    def last_words(self) -> str | None:
        """What it said last; None where it says it in the log."""
        ...

    def close(self) -> None:
        """After its end, or where it never ran: nothing of it is left that is not to be kept."""
        ...
