"""Blocking work beside an event loop, that cannot be left behind when its task is cancelled."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns or raises. A cancelled task waits for its end, and is cancelled then.

    `work` must not raise StopIteration.
    """
    job = partial(copy_context().run, work, *args, **kwargs)
    running = asyncio.get_running_loop().run_in_executor(None, job)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        running.exception()  # looked at, or asyncio complains
        raise


async def iterate_in_thread(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks of an iterator that blocks; none of them is empty."""

    def following() -> bytes:
        return next(chunks, b"")

    while chunk := await in_thread(following):
        yield chunk
