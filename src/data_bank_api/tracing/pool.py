"""Threads that go on with the trace of who gives them work."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class TracedThreads(ThreadPoolExecutor):
    """What is done there is within the span that is around who asked for it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        around = copy_context()
        return super().submit(lambda: around.run(fn, *args, **kwargs))
