"""No worker outlives the process that watches it.

    the parent is killed      its workers end at once, as if they were killed too

Else they would serve on with nobody to stop or replace them, and keep the port from the next
start. What is stored is safe from a kill at any time (blobs/disk).
"""

import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess

ORPHANED = 128 + signal.SIGKILL  # the exit code of who was killed, as a shell has it


def end_with_parent() -> None:
    """From now on, in a process that `multiprocessing` started; elsewhere it does nothing."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), name="parent", daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    # It reads a pipe that only the parent can write to: that ends with it, however it ends.
    parent.join()
    os._exit(ORPHANED)
