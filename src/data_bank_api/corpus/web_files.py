"""Files at https addresses, as they are asked for: redirects by hand, no credentials sent.

200                    the file
301 302 303 307 308    followed, HOPS times, to where CORPUS_HOSTS allows
404, 410               NotFoundError
401, 403               ForbiddenError
429                    RateLimitError, with the pause asked for
5xx                    ExternalServiceError
anything else          InvalidInputError
"""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx2

from data_bank_api.corpus.allowed_hosts import AllowedHosts
from data_bank_api.hub.setback import NoRangesError
from data_bank_api.network.connection_trouble import words
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_client.errors import (
    DataBankClientError,
    ExternalServiceError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RateLimitError,
)
from data_bank_client.wire.retry_after import retry_after

HOPS = 5
_MOVED = {301, 302, 303, 307, 308}
_SIZE = re.compile(r"\A[0-9]{1,16}\Z")
_STRONG_ETAG = re.compile(r'\A"[\x21\x23-\x7e]{1,128}"\Z')
_REFUSALS: dict[int, tuple[type[DataBankClientError], str]] = {
    HTTPStatus.NOT_FOUND: (NotFoundError, "has no such file"),
    HTTPStatus.GONE: (NotFoundError, "has the file no more"),
    HTTPStatus.UNAUTHORIZED: (ForbiddenError, "asks for credentials, and none are sent"),
    HTTPStatus.FORBIDDEN: (ForbiddenError, "does not allow it"),
    HTTPStatus.TOO_MANY_REQUESTS: (RateLimitError, "had too many requests"),
}


@dataclass(frozen=True, slots=True)
class WebFile:
    """What an answer says of a file before its bytes. `url` may be signed: it is not told.

    `size` in bytes, where it is told. `etag`: a strong one, as it stood in the answer.
    `is_framed`: it is seen where the body ends too early.
    """

    url: str = field(repr=False)
    size: int | None
    etag: str | None
    content_type: str | None
    is_framed: bool


@dataclass(frozen=True, slots=True)
class WebFiles:
    """Several threads may use it. `http` follows nothing by itself."""

    allowed: AllowedHosts
    http: httpx2.Client

    def look(self, url: httpx2.URL) -> WebFile:
        """What is known of the file, and where it is. Raises as `open`."""
        with self.open(url) as (file, _):
            return file

    @contextmanager
    def open(self, url: httpx2.URL) -> Iterator[tuple[WebFile, Iterator[bytes]]]:
        """The file and its bytes. Raises as is said above, ExternalServiceError where the
        connection fails, and what is raised within."""
        self.allowed.check(url)
        with _lost_told(url), self._final(url) as answer:
            yield _described(answer), answer.iter_raw()

    @contextmanager
    def _final(self, url: httpx2.URL) -> Iterator[httpx2.Response]:
        for _ in range(HOPS + 1):
            with self.http.stream("GET", url, follow_redirects=False) as answer:
                if answer.status_code == HTTPStatus.OK:
                    yield answer
                    return
                if answer.status_code not in _MOVED:
                    raise _refusal(answer)
                url = self.allowed.follow(url, answer.headers.get("location", ""))
        raise ExternalServiceError(f"{url.host} redirects more than {HOPS} times")


def web_client(connections: JudgedConnections, tls: ssl.SSLContext | None = None) -> httpx2.Client:
    """For WebFiles and for the downloads of what they find. Whoever makes it closes it."""
    http = outgoing_client(connections, tls)
    http.event_hooks = {"request": [_bind_parts_alone], "response": [_check_part]}
    return http


def _bind_parts_alone(request: httpx2.Request) -> None:
    """The whole is of one state anyway, and has no `If-Range` (RFC 9110, section 13.1.5)."""
    if "range" not in request.headers:
        request.headers.pop("if-range", None)


def _check_part(answer: httpx2.Response) -> None:
    """A part is of the state of the file that was asked for.

    Who does not heed `If-Range` is known by the part's ETag. Raises NoRangesError.
    """
    wanted = answer.request.headers.get("if-range")
    is_part = answer.status_code == HTTPStatus.PARTIAL_CONTENT
    if is_part and wanted is not None and answer.headers.get("etag") != wanted:
        raise NoRangesError("a part of another file came than of the one asked for")


@contextmanager
def _lost_told(url: httpx2.URL) -> Iterator[None]:
    try:
        yield
    except httpx2.TransportError as error:
        raise ExternalServiceError(f"{url.host} cannot be asked: {words(error)}") from error


def _described(answer: httpx2.Response) -> WebFile:
    said = answer.headers
    if said.get("content-encoding", "identity").lower() != "identity":
        raise ExternalServiceError(f"{answer.url.host} answered in an encoding not asked for")
    length, etag = said.get("content-length", ""), said.get("etag", "")
    is_chunked = said.get("transfer-encoding", "").lower() == "chunked"
    is_sized = _SIZE.match(length) is not None and not is_chunked
    return WebFile(
        url=str(answer.url),
        size=int(length) if is_sized else None,
        etag=etag if _STRONG_ETAG.match(etag) else None,
        content_type=said.get("content-type"),
        is_framed=is_sized or is_chunked,
    )


def _refusal(answer: httpx2.Response) -> DataBankClientError:
    host, status = answer.url.host, answer.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ExternalServiceError(f"{host} answered {status}")
    kind, says = _REFUSALS.get(status, (InvalidInputError, f"answered {status}"))
    error = kind(f"{host} {says}")
    error.retry_after = retry_after(answer.headers)
    return error
