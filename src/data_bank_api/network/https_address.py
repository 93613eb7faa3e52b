"""An address that somebody from outside names to be called: https, a host, perhaps a port."""

from collections.abc import Callable

import httpx2

from data_bank_api.network.public_address import is_host
from data_bank_client.errors import InvalidInputError

HTTPS_PORT = 443
LAST_PORT = 65535


def read_https_address(text: str, longest: int) -> httpx2.URL:
    """`longest` in characters, percent-encoded. Raises InvalidInputError, which does not show it:
    its query may be a secret."""
    url = _parse(text, longest)
    for is_wrong, says in _REFUSALS:
        if is_wrong(url):
            raise InvalidInputError(f"url: {says}")
    if len(str(url)) > longest:
        raise InvalidInputError("url: percent-encoded it is too long")
    return url


def host_of(url: httpx2.URL) -> str:
    """In lower case, in ASCII."""
    return url.raw_host.decode("ascii")


def port_of(url: httpx2.URL) -> int:
    return HTTPS_PORT if url.port is None else url.port


def _parse(text: str, longest: int) -> httpx2.URL:
    if len(text) > longest or not text.isprintable():
        raise InvalidInputError(f"url: up to {longest} printable characters")
    try:
        return httpx2.URL(text)
    except httpx2.InvalidURL:
        raise InvalidInputError("url: it cannot be read") from None


_REFUSALS: tuple[tuple[Callable[[httpx2.URL], bool], str], ...] = (
    (lambda url: url.scheme != "https", "it must begin with https://"),
    (lambda url: url.userinfo != b"", "it may hold no user and no password"),
    (lambda url: "#" in str(url), "it may have no fragment"),
    (lambda url: not is_host(host_of(url)), "its host is no name and no address"),
    (lambda url: not 1 <= port_of(url) <= LAST_PORT, "its port is none"),
)
