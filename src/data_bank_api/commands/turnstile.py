"""The way into the application on Hypercorn, which counts requests and can be shut.

    more than MAX_CONNECTIONS requests at once     503, and the connection ends
    a stop is asked for                            what is under way has GRACE_SECONDS, what comes
                                                   is 503; what is not done by then is ended

uvicorn does the same by itself (commands/protocol.py has the number of its connections).
"""

import asyncio
import uuid

from asgi_correlation_id import correlation_id
from starlette.types import ASGIApp, Receive, Scope, Send

from data_bank_api.api.errors import BusyError, problem_answer
from data_bank_api.api.middleware.linger import Linger

# For the answers of those who were ended.
CLOSING_SECONDS = 0.5


class Turnstile:
    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._inside: set[asyncio.Future[object]] = set()
        self._is_shut = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if scope["type"] != "http" or task is None:
            await self._app(scope, receive, send)
        elif self._is_shut or len(self._inside) >= self._most:
            await Linger(_refuse)(scope, receive, send)
        else:
            self._inside.add(task)
            try:
                await self._app(scope, receive, send)
            finally:
                self._inside.discard(task)

    async def shut(self, grace_seconds: float) -> None:
        """Let nobody in, and return when all have left: by themselves, or as they were ended."""
        self._is_shut = True
        await self._until_empty(grace_seconds)
        for task in self._inside:
            task.cancel()
        await self._until_empty(CLOSING_SECONDS)

    async def _until_empty(self, seconds: float) -> None:
        if self._inside:
            await asyncio.wait(set(self._inside), timeout=seconds)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    correlation_id.set(uuid.uuid4().hex)
    answer = problem_answer(BusyError("the service takes no more just now: try again soon"))
    await answer(scope, receive, send)
