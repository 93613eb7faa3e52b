"""The blocking driver: performs the steps of a flow with httpx2.Client."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TypeVar

import httpx2

from data_bank_client import exchange
from data_bank_client.calls.call import (
    NOTHING,
    Answer,
    Flow,
    Give,
    OnRetry,
    Outgoing,
    Request,
    Signal,
    Step,
    Wait,
)
from data_bank_client.errors import DataBankClientError, InvalidInputError
from data_bank_client.retries import retrying, tell
from data_bank_client.steps import Done, advance

T = TypeVar("T")
G = TypeVar("G")


class Driver:
    """Performs flows, each in a conversation of its own; several threads may at once."""

    def __init__(self, http: httpx2.Client, on_retry: OnRetry | None = None) -> None:
        self._http = http
        self._on_retry = on_retry

    @property
    def base_url(self) -> httpx2.URL:
        return self._http.base_url

    def close(self) -> None:
        self._http.close()

    def run(self, flow: Flow[G, T]) -> T:
        """The result of a flow."""
        with closing(flow), closing(self._converse()) as talk:
            step = advance(flow, None)
            while not isinstance(step, Done):
                step = advance(flow, talk.perform(step))
            return step.value

    def iterate(self, flow: Flow[G, None]) -> Generator[G, None, None]:
        """What a flow gives, as it gives it."""
        with closing(flow), closing(self._converse()) as talk:
            step = advance(flow, None)
            while not isinstance(step, Done):
                if isinstance(step, Give):
                    yield step.item
                step = advance(flow, talk.perform(step))

    def _converse(self) -> "Conversation":
        return Conversation(self._http, self._on_retry)


class Conversation:
    """What one flow and the service say; at most one streamed answer is open."""

    def __init__(self, http: httpx2.Client, on_retry: OnRetry | None) -> None:
        self._http = http
        self._on_retry = on_retry
        self._response: httpx2.Response | None = None
        self._chunks: Iterator[bytes] = iter(())

    def perform(self, step: Step[G]) -> Answer | DataBankClientError:
        try:
            if isinstance(step, Request):
                return self._ask(step)
            if step is Signal.MORE:
                return Answer(200, body=self._next_chunk())
            if isinstance(step, Wait):
                tell(self._on_retry, step)
                time.sleep(step.seconds)
        except DataBankClientError as error:
            return error
        return NOTHING

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None

    def _ask(self, request: Request) -> Answer:
        if not request.is_repeatable:
            return self._try(request)
        return retrying(self._on_retry)(self._try, request)

    def _try(self, request: Request) -> Answer:
        with exchange.connection_errors(self._http.base_url):
            response = self._send(exchange.build(self._http, request, _content(request)))
            self._chunks = response.iter_bytes()
            if exchange.is_body_streamed(request, response):
                return exchange.read_answer(response, next(self._chunks, b""))
            gathered = exchange.Gathered(request.most_bytes)
            for chunk in self._chunks:
                gathered.add(chunk)
            return exchange.read_answer(response, gathered.content)

    def _send(self, asking: httpx2.Request, hops: int = 0) -> httpx2.Response:
        self.close()
        response = self._response = self._http.send(asking, stream=True)
        following = exchange.next_hop(response, hops)
        return response if following is None else self._send(following, hops + 1)

    def _next_chunk(self) -> bytes:
        with exchange.connection_errors(self._http.base_url):
            return next(self._chunks, b"")


def _content(request: Request) -> bytes | Iterator[bytes]:
    if isinstance(request.body, bytes):
        return request.body
    if isinstance(request.body, Outgoing):
        return request.body.open()
    raise InvalidInputError("an asynchronous stream is for AsyncDataBankClient")
