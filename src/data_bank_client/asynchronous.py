"""The asynchronous driver: performs the steps of a flow with httpx2.AsyncClient, on asyncio.

A flow works on local files between its steps, so it moves on in a thread; a cancelled task
waits for the piece of work that is under way there, which is a chunk's at most.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, closing
from typing import TypeVar

import httpx2

from data_bank_client import exchange
from data_bank_client.calls.call import (
    NOTHING,
    Answer,
    AsyncOutgoing,
    Flow,
    Give,
    OnRetry,
    Request,
    Signal,
    Step,
    Wait,
)
from data_bank_client.errors import DataBankClientError
from data_bank_client.retries import async_retrying, tell
from data_bank_client.steps import Done, advance
from data_bank_client.threads import in_thread, iterate_in_thread

T = TypeVar("T")
G = TypeVar("G")


class Driver:
    """Performs flows, each in a conversation of its own; several tasks may at once."""

    def __init__(self, http: httpx2.AsyncClient, on_retry: OnRetry | None = None) -> None:
        self._http = http
        self._on_retry = on_retry

    @property
    def base_url(self) -> httpx2.URL:
        return self._http.base_url

    async def aclose(self) -> None:
        await self._http.aclose()

    async def run(self, flow: Flow[G, T]) -> T:
        """The result of a flow."""
        with closing(flow):
            async with aclosing(self._converse()) as talk:
                step = await in_thread(advance, flow, None)
                while not isinstance(step, Done):
                    step = await in_thread(advance, flow, await talk.perform(step))
                return step.value

    async def iterate(self, flow: Flow[G, None]) -> AsyncGenerator[G, None]:
        """What a flow gives, as it gives it."""
        with closing(flow):
            async with aclosing(self._converse()) as talk:
                step = await in_thread(advance, flow, None)
                while not isinstance(step, Done):
                    if isinstance(step, Give):
                        yield step.item
                    step = await in_thread(advance, flow, await talk.perform(step))

    def _converse(self) -> "Conversation":
        return Conversation(self._http, self._on_retry)


class Conversation:
    """What one flow and the service say; at most one streamed answer is open."""

    def __init__(self, http: httpx2.AsyncClient, on_retry: OnRetry | None) -> None:
        self._http = http
        self._on_retry = on_retry
        self._response: httpx2.Response | None = None
        self._chunks: AsyncGenerator[bytes, None] | None = None

    async def perform(self, step: Step[G]) -> Answer | DataBankClientError:
        try:
            if isinstance(step, Request):
                return await self._ask(step)
            if step is Signal.MORE:
                return Answer(200, body=await self._next_chunk())
            if isinstance(step, Wait):
                tell(self._on_retry, step)
                await asyncio.sleep(step.seconds)
        except DataBankClientError as error:
            return error
        return NOTHING

    async def aclose(self) -> None:
        if self._chunks is not None:
            await self._chunks.aclose()
            self._chunks = None
        if self._response is not None:
            await self._response.aclose()
            self._response = None

    async def _ask(self, request: Request) -> Answer:
        if not request.is_repeatable:
            return await self._try(request)
        answer: Answer = await async_retrying(self._on_retry)(self._try, request)
        return answer

    async def _try(self, request: Request) -> Answer:
        with exchange.connection_errors(self._http.base_url):
            response = await self._send(exchange.build(self._http, request, _content(request)))
            chunks = self._chunks = response.aiter_bytes()
            if exchange.is_body_streamed(request, response):
                return exchange.read_answer(response, await anext(chunks, b""))
            gathered = exchange.Gathered(request.most_bytes)
            async for chunk in chunks:
                gathered.add(chunk)
            return exchange.read_answer(response, gathered.content)

    async def _send(self, asking: httpx2.Request, hops: int = 0) -> httpx2.Response:
        await self.aclose()
        response = self._response = await self._http.send(asking, stream=True)
        following = exchange.next_hop(response, hops)
        return response if following is None else await self._send(following, hops + 1)

    async def _next_chunk(self) -> bytes:
        with exchange.connection_errors(self._http.base_url):
            return b"" if self._chunks is None else await anext(self._chunks, b"")


def _content(request: Request) -> bytes | AsyncIterator[bytes]:
    if isinstance(request.body, bytes):
        return request.body
    if isinstance(request.body, AsyncOutgoing):
        return request.body.aopen()
    return iterate_in_thread(request.body.open())
