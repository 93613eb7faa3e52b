"""Threads for what blocks, beside the event loop; the server's own pool is not used.

StoragePool     sixteen, since parallel fsyncs share the journal's commits
DatabasePool    eight: a database that hangs takes no thread from the files
CatalogPool     four: for Redis and the search index, which use the processor
HubPool         four: for who waits for the Hub
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_STORAGE_THREADS = 16
_DATABASE_THREADS = 8
_CATALOG_THREADS = 4
_HUB_THREADS = 4


def abandon(call: "asyncio.Future[T] | None") -> None:
    """Nobody waits for it any more. What it has raised is looked at, or asyncio would complain."""
    if call is not None and not call.cancel() and not call.cancelled():
        call.exception()


class Pool:
    def __init__(self, name: str, threads: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def start(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "asyncio.Future[T]":
        """Begin a call; when the awaiting task is cancelled, the call itself goes on to its end.

        It is within the caller's trace.
        """
        loop = asyncio.get_running_loop()
        bound = partial(copy_context().run, call, *args, **kwargs)
        return loop.run_in_executor(self._executor, bound)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.start(call, *args, **kwargs)

    async def clean_up(self, call: Callable[[], None]) -> None:
        """Run a clean-up, begun before anything is awaited: also in a task that is cancelled,
        and, on the caller's own thread, after `close`."""
        try:
            doing = self.start(call)
        except RuntimeError:
            call()
        else:
            await asyncio.shield(doing)

    def close(self) -> None:
        """Wait for what was begun; take no more."""
        self._executor.shutdown(wait=True)


class StoragePool(Pool):
    """For everything that blocks on a disk."""

    def __init__(self) -> None:
        super().__init__("storage", _STORAGE_THREADS)


class DatabasePool(Pool):
    """For everything that asks the SQL database."""

    def __init__(self) -> None:
        super().__init__("database", _DATABASE_THREADS)


class CatalogPool(Pool):
    """For everything that asks the catalog."""

    def __init__(self) -> None:
        super().__init__("catalog", _CATALOG_THREADS)


class HubPool(Pool):
    """For everything that asks the Hub."""

    def __init__(self) -> None:
        super().__init__("hub", _HUB_THREADS)
