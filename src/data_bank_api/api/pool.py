"""The storage threads: everything that blocks on a disk runs here, beside the event loop.

Sixteen, since parallel fsyncs share the journal's commits; the server's own pool is not used.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_THREADS = 16


class StoragePool:
    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="storage")

    def start(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "asyncio.Future[T]":
        """Begin a call; when the awaiting task is cancelled, the call itself goes on to its end."""
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._executor, partial(call, *args, **kwargs))

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.start(call, *args, **kwargs)

    def leave(self, call: Callable[[], object]) -> None:
        """Have a clean-up done without waiting for it: also from a task that is being cancelled."""
        self._executor.submit(call)

    def close(self) -> None:
        """Wait for what was begun; take no more."""
        self._executor.shutdown(wait=True)
