"""A command that ends with the process that started it, however that one ends.

    python -P -m data_bank_api.commands.leash PARENT SIGNAL COMMAND [ARGUMENT ...]

The system sends SIGNAL when the parent is gone: to be precise, when the *thread* that started
the command is, so that one must live as long as the command shall. Where a system cannot do this
(macOS) the command is run all the same, and may be left over.

It has a session of its own: Ctrl-C in a terminal is for the parent, which stops it in its turn.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 0.02


class Leashed:
    """A command that was started so."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        """Its exit code, below 0 where a signal ended it; None while it runs."""
        return self._process.poll()

    def end(self, patience: float, hurry: threading.Event) -> bool:
        """Ask it to end, and kill it after so many seconds, or when `hurry` is set.

        Whether it ended by itself.
        """
        self._process.terminate()
        deadline = time.monotonic() + patience
        while self.poll() is None:
            if hurry.is_set() or time.monotonic() > deadline:
                self.kill()
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def start(
    command: Sequence[str],
    death: signal.Signals,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    output: int | None = None,
    inherited: Sequence[int] = (),
) -> Leashed:
    """Start it from this thread. `inherited` are descriptors that it has too. Raises OSError."""
    leash = [sys.executable, "-P", "-m", __name__, str(os.getpid()), str(int(death))]
    process = subprocess.Popen(
        [*leash, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=inherited,
        start_new_session=True,
    )
    return Leashed(process)


def end_with(parent: int, death: int) -> None:
    """From now on, also after an exec. Ends this process if the parent is gone already."""
    system = ctypes.CDLL(None, use_errno=True)
    if hasattr(system, "prctl"):
        system.prctl(_PR_SET_PDEATHSIG, death)
    if os.getppid() != parent:
        raise SystemExit(128 + death)


def main(arguments: Sequence[str]) -> None:
    parent, death, *command = arguments
    end_with(int(parent), int(death))
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
