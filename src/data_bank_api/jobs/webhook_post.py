"""One try to deliver to a webhook: a signed POST to an address that was judged, and its status.

There is no client around it, only a transport: so nothing follows redirects, keeps cookies, or
asks the environment for proxies. The name is what certificates are checked against and what Host
says; the connection goes to the address.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Protocol

import httpx2

from data_bank_api.jobs.outgoing_address import OutgoingAddress, parse_address
from data_bank_api.jobs.webhook_outcome import Reply
from data_bank_api.network.connection_trouble import words
from data_bank_api.network.public_address import IpAddress
from data_bank_api.network.resolving import (
    MOST_ADDRESSES,
    PrivateAddressError,
    Resolve,
    UnresolvedNameError,
    find_addresses,
    look_up,
)
from data_bank_api.queue.deliveries import WebhookCall
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire import webhook_signature as signature
from data_bank_client.wire.retry_after import retry_after

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
ANSWER_BYTES = 64 * 1024

_NOT_REACHED = (PrivateAddressError, UnresolvedNameError, httpx2.TransportError, OSError)


class UnansweredError(Exception):
    """No answer came. Its text says why, in words for who made the webhook."""


class Post(Protocol):
    """Makes a try. Raises UnansweredError."""

    def __call__(self, call: WebhookCall) -> Reply: ...


@dataclass(frozen=True, slots=True)
class HttpsPost:
    """The real one; several threads may use it. `seconds` is the clock, since 1970."""

    tls: ssl.SSLContext
    may_be_private: bool = False
    resolve: Resolve = look_up
    seconds: Callable[[], float] = time.time
    patience: float = WHOLE_SECONDS

    def __call__(self, call: WebhookCall) -> Reply:
        try:
            address = parse_address(call.url, may_be_private=self.may_be_private)
            found = find_addresses(
                address.host, address.port, self.resolve, may_be_private=self.may_be_private
            )
            return asyncio.run(self._send(call, address, found[:MOST_ADDRESSES]))
        except InvalidInputError as error:  # it was taken when WEBHOOKS_TO_PRIVATE was set
            raise UnansweredError("the address is private") from error
        except _NOT_REACHED as error:
            raise UnansweredError(words(error)) from error

    async def _send(
        self, call: WebhookCall, address: OutgoingAddress, found: list[IpAddress]
    ) -> Reply:
        deadline = asyncio.get_running_loop().time() + self.patience
        *others, last = found
        for each in others:
            with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return await self._ask(self._request(call, address, each), deadline)
        return await self._ask(self._request(call, address, last), deadline)

    async def _ask(self, request: httpx2.Request, deadline: float) -> Reply:
        async with httpx2.AsyncHTTPTransport(verify=self.tls, trust_env=False) as transport:
            async with asyncio.timeout_at(deadline):
                response = await transport.handle_async_request(request)
            async with aclosing(response):
                # It has arrived, whatever becomes of the rest: that is read to be polite.
                with suppress(TimeoutError, httpx2.TransportError):
                    async with asyncio.timeout_at(deadline):
                        await _read_over(response)
            return Reply(response.status_code, retry_after(response.headers))

    def _request(
        self, call: WebhookCall, address: OutgoingAddress, to: IpAddress
    ) -> httpx2.Request:
        body, now = call.body.encode(), str(int(self.seconds()))
        url = httpx2.URL(scheme="https", host=str(to), port=address.port, raw_path=address.target)
        headers = {
            "Host": address.authority,
            "User-Agent": "data-bank",
            "Content-Type": "application/json",
            signature.ID: call.event_id,
            signature.TIMESTAMP: now,
            signature.SIGNATURE: signature.sign(call.secret, call.event_id, now, body),
        }
        timeout = httpx2.Timeout(self.patience, connect=CONNECT_SECONDS).as_dict()
        told = {"timeout": timeout, "sni_hostname": address.host}
        return httpx2.Request("POST", url, headers=headers, content=body, extensions=told)


async def _read_over(response: httpx2.Response) -> None:
    count = 0
    async for chunk in response.aiter_raw():
        count += len(chunk)
        if count > ANSWER_BYTES:
            return
