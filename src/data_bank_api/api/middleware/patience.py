"""A limit on how long a request's body may keep the bank waiting.

A sender has a budget of `stall_seconds` of waiting; it is filled up again each time that it
has brought MIN_RATE bytes for each of those seconds. So one that is silent and one that sends
a byte now and then are both ended with 408; time that the bank takes itself does not count.
"""

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_client.errors import RequestTimeoutError

MIN_RATE = 1024  # bytes a second


class Patience:
    def __init__(self, app: ASGIApp, stall_seconds: float) -> None:
        self._app = app
        self._stall_seconds = stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, _Body(receive, self._stall_seconds).receive, send)


class _Body:
    def __init__(self, receive: Receive, stall_seconds: float) -> None:
        self._receive = receive
        self._stall_seconds = self._budget = stall_seconds
        self._brought = 0
        self._is_read = False

    async def receive(self) -> Message:
        if self._is_read:  # what comes now is the disconnect, and may take its time
            return await self._receive()
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._budget):
                message = await self._receive()
        except TimeoutError as error:
            self._is_read = True  # no more is waited for
            raise RequestTimeoutError("the body came too slowly") from error
        self._budget -= time.monotonic() - started
        self._brought += len(message.get("body", b""))
        if self._brought >= MIN_RATE * self._stall_seconds:
            self._budget, self._brought = self._stall_seconds, 0
        self._is_read = not message.get("more_body", False)
        return message
