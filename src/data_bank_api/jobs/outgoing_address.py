"""Addresses that the bank calls because somebody asked it to: https, and never the own network.

A name leads anywhere, and elsewhere a moment later. So it is resolved anew for each try, all
that it leads to is judged, and the connection goes to an address that was judged.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx2

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.webhooks import WEBHOOK_URL_LENGTH

IpAddress = IPv4Address | IPv6Address
# What a name and a port lead to. Raises OSError.
Resolve = Callable[[str, int], Sequence[str]]

# Python's own tables of what is not global differ between its versions; what some lack is here.
_HELD_BACK_4 = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")))
# IETF protocols (Teredo and others), documentation, 6to4, documentation.
_HELD_BACK_6 = tuple(
    map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")),
)
_UNICAST_6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")

# A name at whose end stands a number is what old parsers take for an address: 127.1, 0x7f000001.
_NAME = re.compile(
    r"\A(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*(?!(?:[0-9]+|0x[0-9a-f]*)\Z)"
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z"
)
_PRIVATE_NAME = re.compile(r"\A[^.]+\Z|(?:\A|\.)(?:localhost|local|internal|home\.arpa)\Z")


class PrivateAddressError(Exception):
    """It leads, or may lead, into the own network."""


class UnresolvedNameError(Exception):
    """There is no address for this name."""


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
    if not may_be_private and _is_plainly_private(host):
        raise InvalidInputError("url: the address is private")
    port = 443 if url.port is None else url.port
    return OutgoingAddress(str(url), host, port, url.netloc.decode("ascii"), url.raw_path)


def find_addresses(
    address: OutgoingAddress, resolve: Resolve, *, may_be_private: bool
) -> list[IpAddress]:
    """What the host leads to. Raises UnresolvedNameError; PrivateAddressError if any is private."""
    try:
        texts = [each.partition("%")[0] for each in resolve(address.host, address.port)]
    except OSError as error:
        raise UnresolvedNameError from error
    found = [ip_address(each) for each in dict.fromkeys(texts)]
    if not may_be_private and not all(map(is_public, found)):
        raise PrivateAddressError
    return found


def look_up(host: str, port: int) -> list[str]:
    """As the system resolves names. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def is_public(address: IpAddress) -> bool:
    """Whether it is a single host's on the open Internet."""
    if isinstance(address, IPv4Address):
        is_held_back = any(address in each for each in _HELD_BACK_4)
        return address.is_global and not address.is_multicast and not is_held_back
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    is_held_back = any(address in each for each in _HELD_BACK_6)
    return address.is_global and address in _UNICAST_6 and not is_held_back


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The address behind it, where it is but another form of one."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def _parse(text: str) -> httpx2.URL:
    if len(text) > WEBHOOK_URL_LENGTH or not text.isprintable():
        raise InvalidInputError(f"url: up to {WEBHOOK_URL_LENGTH} printable characters")
    try:
        return httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise InvalidInputError("url: it cannot be read") from error


def _is_plainly_private(host: str) -> bool:
    literal = _literal(host)
    if literal is None:
        return _PRIVATE_NAME.search(host) is not None
    return not is_public(literal)


def _literal(host: str) -> IpAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_no_host(url: httpx2.URL) -> bool:
    host = url.raw_host.decode("ascii")
    is_literal = _literal(host) is not None and "%" not in host
    return not is_literal and (len(host) > 253 or _NAME.match(host) is None)


_REFUSALS: tuple[tuple[Callable[[httpx2.URL], bool], str], ...] = (
    (lambda url: url.scheme != "https", "it must begin with https://"),
    (lambda url: url.userinfo != b"", "it may hold no user and no password"),
    (lambda url: "#" in str(url), "it may have no fragment"),
    (lambda url: len(str(url)) > WEBHOOK_URL_LENGTH, "percent-encoded it is too long"),
    (_is_no_host, "its host is no name and no address"),
    (lambda url: url.port is not None and not 1 <= url.port <= 65535, "its port is none"),
)
