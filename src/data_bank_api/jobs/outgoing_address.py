"""The address of a webhook: https, and by itself never one of the own network."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from data_bank_api.network.public_address import is_host, is_plainly_private
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.webhooks import WEBHOOK_URL_LENGTH


@dataclass(frozen=True, slots=True)
class OutgoingAddress:
    """Where to connect to (`host`, `port`), and what to say there."""

    url: str
    host: str
    port: int
    authority: str  # for the header Host
    target: bytes  # path and query


def parse_address(text: str, *, may_be_private: bool) -> OutgoingAddress:
    """Raises InvalidInputError for what is no https address, or plainly a private one."""
    url = _parse(text)
    for is_wrong, says in _REFUSALS:
        if is_wrong(url):
            raise InvalidInputError(f"url: {says}")
    host = url.raw_host.decode("ascii")
    if not may_be_private and is_plainly_private(host):
        raise InvalidInputError("url: the address is private")
    port = 443 if url.port is None else url.port
    return OutgoingAddress(str(url), host, port, url.netloc.decode("ascii"), url.raw_path)


def _parse(text: str) -> httpx2.URL:
    if len(text) > WEBHOOK_URL_LENGTH or not text.isprintable():
        raise InvalidInputError(f"url: up to {WEBHOOK_URL_LENGTH} printable characters")
    try:
        return httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise InvalidInputError("url: it cannot be read") from error


_REFUSALS: tuple[tuple[Callable[[httpx2.URL], bool], str], ...] = (
    (lambda url: url.scheme != "https", "it must begin with https://"),
    (lambda url: url.userinfo != b"", "it may hold no user and no password"),
    (lambda url: "#" in str(url), "it may have no fragment"),
    (lambda url: len(str(url)) > WEBHOOK_URL_LENGTH, "percent-encoded it is too long"),
    (lambda url: not is_host(url.raw_host.decode("ascii")), "its host is no name and no address"),
    (lambda url: url.port is not None and not 1 <= url.port <= 65535, "its port is none"),
)
