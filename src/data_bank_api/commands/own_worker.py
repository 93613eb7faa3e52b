"""The worker of one data folder: `databank worker`, in a process of its own."""

import signal
import sys
import threading
from collections.abc import Mapping, Sequence

from data_bank_api.commands import leash
from data_bank_api.commands.leash import Leashed
from data_bank_api.commands.part import StartError

_COMMAND = (sys.executable, "-P", "-m", "data_bank_client.cli", "worker")


class OwnWorker:
    """Its settings are in `environment`; it logs where this process does."""

    name = "worker"

    def __init__(
        self,
        environment: Mapping[str, str],
        patience: float,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self.patience = patience
        self._environment = environment
        self._command = command

    def start(self) -> Leashed:
        try:
            return leash.start(self._command, signal.SIGKILL, environment=self._environment)
        except OSError as error:
            raise StartError(f"the worker cannot be started: {error.strerror}") from error

    def wait(self, process: Leashed, stop: threading.Event) -> None:
        """Jobs wait for it: nothing else does."""

    def last_words(self) -> None:
        """They are in the log."""

    def close(self) -> None:
        """It leaves nothing."""
