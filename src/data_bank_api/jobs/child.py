"""A worker's children: what they are for, how each lives, and what its exit code says.

A child is a copy of the worker, tied to it: it does one thing, and leaves nothing behind, however
it ends.
"""

import multiprocessing
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkProcess

import structlog

from data_bank_api.jobs.heart import ENDED
from data_bank_api.jobs.note import Note

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

BROKEN = 1  # the exit code of a child that failed


@dataclass(frozen=True, slots=True)
class Death:
    """How a run ended that could not say so itself; `was_stopped`: this worker's stop did it."""

    note: Note
    reason: str
    was_stopped: bool


@dataclass(frozen=True, slots=True)
class Duties:
    """What the worker's children do: `run` a note, `mourn` a death; each gives its exit code.

    `run` calls the function that it is given once the note is settled. `tie` ties a child to its
    parent, of the id that it is given.
    """

    run: Callable[[Note, Callable[[], None]], int]
    mourn: Callable[[Death], int]
    tie: Callable[[int], None]


def fork_child(action: Callable[[], int], tie: Callable[[int], None]) -> ForkProcess:
    """A child that lives now, and ends with the exit code of `action`."""
    context = multiprocessing.get_context("fork")
    child = context.Process(target=_live, args=(os.getpid(), tie, action))
    child.start()
    return child


def _live(parent: int, tie: Callable[[int], None], action: Callable[[], int]) -> None:
    """The whole life of a child."""
    tie(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those above
    random.seed()
    code = BROKEN
    try:
        code = action()
    except Exception:
        log.exception("a worker's child failed")
    finally:
        os._exit(code)  # whatever threads a job has left


def reason_of(exit_code: int) -> str:
    """Why a child ended that did not say so itself, in words for the job's log."""
    if exit_code < 0:
        return f"its process was ended by signal {-exit_code}"
    if exit_code == ENDED:
        return "its end could not be told"
    return f"its process ended with exit code {exit_code}"
