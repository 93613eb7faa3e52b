"""Which hosts are on the open Internet, and which may be in the own network."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IpAddress = IPv4Address | IPv6Address

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
_LONGEST_NAME = 253
_PRIVATE_NAME = re.compile(r"\A[^.]+\Z|(?:\A|\.)(?:localhost|local|internal|home\.arpa)\Z")


def is_host(text: str) -> bool:
    """Whether it is a name in lower case, or an address without a zone."""
    is_literal = _literal(text) is not None and "%" not in text
    return is_literal or (len(text) <= _LONGEST_NAME and _NAME.match(text) is not None)


def is_plainly_private(host: str) -> bool:
    """Whether the host says by itself that it is in the own network. Any name may lead there."""
    literal = _literal(host)
    if literal is None:
        return _PRIVATE_NAME.search(host) is not None
    return not is_public(literal)


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


def _literal(host: str) -> IpAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
