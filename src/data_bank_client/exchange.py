"""Between calls and httpx2, as pure functions that both drivers use.

Redirects are followed here and not by httpx2, which would take `X-API-Key` along to any
host: only GET and HEAD, and only to the same scheme, host and port.
"""

from collections.abc import AsyncIterable, Generator, Iterable
from contextlib import contextmanager
from typing import TypedDict

import httpx2

from data_bank_client.address import check_key, is_loopback, parse_base_url
from data_bank_client.calls.answers import problem
from data_bank_client.calls.call import Answer, Request
from data_bank_client.errors import (
    ConnectionFailedError,
    InvalidInputError,
    UnexpectedAnswerError,
)

HOPS = 5
TIMEOUT = 60.0  # seconds
CONNECT_SECONDS = 10.0
STORING_PATIENCE = 10  # times the timeout: large files are on the disk before the answer comes


class HttpOptions(TypedDict):
    """What an httpx2 client is made with."""

    base_url: httpx2.URL
    headers: dict[str, str]
    timeout: httpx2.Timeout
    trust_env: bool
    follow_redirects: bool


def http_options(base_url: str, api_key: str | None, timeout: float | None) -> HttpOptions:
    """Raises InvalidInputError for an address or a key that cannot be used."""
    url = parse_base_url(base_url)
    headers = {"Accept-Encoding": "identity", "User-Agent": "data-bank-client"}
    if api_key is not None:
        headers["X-API-Key"] = check_key(api_key)
    return HttpOptions(
        base_url=url,
        headers=headers,
        timeout=_timeout(timeout, timeout),
        trust_env=not is_loopback(url),
        follow_redirects=False,
    )


def _timeout(timeout: float | None, read: float | None) -> httpx2.Timeout:
    connect = CONNECT_SECONDS if timeout is None else min(timeout, CONNECT_SECONDS)
    return httpx2.Timeout(timeout, connect=connect, read=read, pool=None)


@contextmanager
def usable_proxies() -> Generator[None]:
    """Around the making of an httpx2 client, which reads the environment's proxies."""
    try:
        yield
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        raise InvalidInputError(
            "the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names cannot be used"
        ) from error


def build(
    http: httpx2.Client | httpx2.AsyncClient,
    request: Request,
    content: bytes | Iterable[bytes] | AsyncIterable[bytes],
) -> httpx2.Request:
    """The request as httpx2 sends it.

    A body in chunks is waited for longer: the answer comes when it is durable. So is an answer
    that may rest.
    """
    timeout = http.timeout
    if not isinstance(request.body, bytes) and timeout.read is not None:
        timeout = _timeout(timeout.write, timeout.read * STORING_PATIENCE)
    elif timeout.read is not None:
        timeout = _timeout(timeout.write, max(timeout.read, request.silence))
    return http.build_request(
        request.method,
        request.path,
        params=request.query or None,
        headers=request.headers,
        content=content or None,
        timeout=timeout,
    )


@contextmanager
def connection_errors(url: httpx2.URL) -> Generator[None]:
    """Turn what httpx2 raises about the network into ConnectionFailedError."""
    try:
        yield
    except httpx2.DecodingError as error:
        raise UnexpectedAnswerError("the answer is encoded, and cannot be decoded") from error
    except httpx2.TransportError as error:
        reason = str(error).rstrip(".") or type(error).__name__
        where = f"{url.scheme}://{url.netloc.decode('ascii')}"
        raise ConnectionFailedError(f"no connection to {where}: {reason}") from error


def next_hop(response: httpx2.Response, hops: int) -> httpx2.Request | None:
    """The request that follows this answer where it is a redirect; None where it is not.

    Raises UnexpectedAnswerError for one that is not followed.
    """
    if not response.has_redirect_location:
        return None
    asked, following = response.request, response.next_request
    if following is None or asked.method not in {"GET", "HEAD"} or hops >= HOPS:
        raise UnexpectedAnswerError(f"a redirect of {asked.method} is not followed")
    if following.url.origin != asked.url.origin:
        where = f"{following.url.scheme}://{following.url.netloc.decode('ascii')}"
        raise UnexpectedAnswerError(
            f"the service redirects to {where}, and the key goes nowhere but to the base_url"
        )
    return following


def is_body_streamed(request: Request, response: httpx2.Response) -> bool:
    """Whether the answer's bytes are left to MORE; an error's are read at once."""
    return request.is_streamed and response.status_code < 400


def read_answer(response: httpx2.Response, body: bytes) -> Answer:
    """The answer that these are. Raises the error that it stands for."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    answer = Answer(response.status_code, headers, body)
    error = problem(answer)
    if error is not None:
        raise error
    return answer


class Gathered:
    """A whole body, bounded."""

    def __init__(self, most_bytes: int) -> None:
        self._content = bytearray()
        self._most_bytes = most_bytes

    def add(self, chunk: bytes) -> None:
        self._content += chunk
        if len(self._content) > self._most_bytes:
            raise UnexpectedAnswerError(f"the answer is larger than {self._most_bytes} bytes")

    @property
    def content(self) -> bytes:
        return bytes(self._content)
