"""A full refresh that is killed at each of its commands to Redis, a new child for each.

    python -m tests.fakes.refresh_killed REDIS_URL before|after

The catalog has OLD when a child begins; it is killed before or after its n-th command is done.
Whoever reads then sees all of OLD or all of NEW, and the next run of the job makes it NEW, with
nothing left over. Prints how many were killed.
"""

import itertools
import os
import signal
import sys
from collections.abc import Sequence
from typing import Protocol
from unittest.mock import patch

import redis

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.keys import CURRENT
from data_bank_api.catalog.reader import RedisCatalog
from data_bank_api.catalog.refresh import FullRefresh
from tests.fakes.refresher import Index, Listing, Told

OLD = [Document(f"old/{number}") for number in range(3)]
NEW = [Document(f"new/{number}", likes=number) for number in range(3)]


class Execute(Protocol):
    def __call__(self, *command: object, **options: object) -> object: ...


def refresh_killed(client: redis.Redis, number: int, *, is_after: bool) -> None:
    """Killed at its command of this number; if there are so many."""
    execute: Execute = client.execute_command
    count = itertools.count(1)

    def counted(*command: object, **options: object) -> object:
        is_last = next(count) >= number
        if is_last and not is_after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = execute(*command, **options)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    with patch.object(client, "execute_command", counted):
        refresh(client, NEW)


def refresh(client: redis.Redis, documents: Sequence[Document]) -> None:
    FullRefresh(client, Listing(documents), Index(), Told(), "job").run()


def is_killed(url: str, number: int, *, is_after: bool) -> bool:
    """Whether a child was killed at its work; False where it came to its end."""
    child = os.fork()
    if child == 0:
        refresh_killed(redis.Redis.from_url(url), number, is_after=is_after)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) == 0:
        return False
    assert os.WTERMSIG(status) == signal.SIGKILL
    return True


def read(client: redis.Redis) -> Sequence[Document]:
    catalog = RedisCatalog(client)
    generation = catalog.current()
    assert generation is not None
    batches = list(catalog.scan(generation))
    assert len(batches) == 1
    page = catalog.page("likes", 0, 10, descending=False)
    assert page.total == len(batches[0])
    assert page.items.count(b'"impact"') == page.total
    return batches[0]


def kill_each_command(url: str, *, is_after: bool) -> int:
    with redis.Redis.from_url(url) as client:
        number = 0
        while True:
            number += 1
            client.flushall()
            refresh(client, OLD)
            was_killed = is_killed(url, number, is_after=is_after)
            assert list(read(client)) in (OLD, NEW)
            refresh(client, NEW)
            assert read(client) == NEW
            generation = client.get(CURRENT)
            assert isinstance(generation, bytes)
            left = [each for each in client.scan_iter() if generation not in each]
            assert left == [CURRENT.encode()], left
            if not was_killed:
                return number - 1


if __name__ == "__main__":
    print(kill_each_command(sys.argv[1], is_after=sys.argv[2] == "after"))
