"""Processes at one database, in a program that has no threads yet and so may fork.

    python -m tests.fakes.database_crowd upgrade URL COUNT    all upgrade at once
    python -m tests.fakes.database_crowd write URL COUNT      all write at once, with four threads
    python -m tests.fakes.database_crowd kill URL             one after the other is killed at
                                                              its first, second, ... statement

Prints how many upgraded, how many times was written, how many were killed.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import Connection, Engine, event, update

from data_bank_api.db.database import Database
from data_bank_api.db.engine import open_engines
from data_bank_api.db.schema import JobRow
from data_bank_api.db.upgrade import upgrade

THREADS, TIMES = 4, 10


def fork(act: Callable[[], int]) -> int:
    """The pid of a child that ends with what `act` gives; 200 where it raised."""
    child = os.fork()
    if child:
        return child
    code = 200
    try:
        code = act()
    finally:
        if code == 200:
            traceback.print_exc()
        os._exit(code)


def end_of(child: int) -> int:
    """An exit code, or a signal as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def all_at_once(count: int, act: Callable[[], int]) -> int:
    """The sum of what they give."""
    gate, opener = os.pipe()

    def wait_and_act() -> int:
        os.close(opener)
        os.read(gate, 1)  # returns when the parent closes its end
        return act()

    children = [fork(wait_and_act) for _ in range(count)]
    os.close(opener)
    codes = [end_of(child) for child in children]
    assert all(0 <= code < 200 for code in codes), codes
    return sum(codes)


def write_in_threads(url: str) -> int:
    database = Database(url)

    def write(_: int) -> int:
        with database.transaction() as session:
            session.execute(update(JobRow).values(beat=JobRow.beat + 1))
        return 1

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(write, range(THREADS * TIMES)))


def upgrade_until_killed(url: str, statements: int) -> int:
    """Killed before the statement of that number, or before the commit after the last."""
    left = iter(range(statements))

    def step(connection: Connection, *_: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    upgrade(open_engines(url))
    return 0


def kill_each(url: str) -> int:
    killed = 0
    while (code := end_of(fork(partial(upgrade_until_killed, url, killed)))) != 0:
        assert code == -signal.SIGKILL, code
        killed += 1
    return killed


def main(verb: str, url: str, count: str = "0") -> int:
    if verb == "kill":
        return kill_each(url)
    acts = {"upgrade": lambda: upgrade(open_engines(url)), "write": lambda: write_in_threads(url)}
    return all_at_once(int(count), acts[verb])


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
