"""A part of a bank that runs in a process of its own beside the server."""

import subprocess
import threading
from typing import Protocol


class StartError(Exception):
    """A part cannot be started. The text is the one line that the operator reads."""


class Part(Protocol):
    """`patience` is how many seconds its stop may take."""

    name: str
    patience: float

    def start(self) -> "subprocess.Popen[bytes]":
        """From a thread that lives as long as the part shall. Raises StartError."""
        ...

    def wait(self, process: "subprocess.Popen[bytes]", stop: threading.Event) -> None:
        """Until it can be used, or `stop` is set. Raises StartError where it never can."""
        ...

    def last_words(self) -> str:
        """What it said last, for a line in the log."""
        ...
