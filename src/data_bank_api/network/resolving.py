"""What a name leads to, judged.

A name leads anywhere, and elsewhere a moment later. So it is resolved anew for each connection,
all that it leads to is judged, and the connection goes to an address that was judged.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address

from data_bank_api.network.public_address import IpAddress, is_public

# What a name and a port lead to. Raises OSError.
Resolve = Callable[[str, int], Sequence[str]]
# A name may lead to many; a few of them are tried where nobody listens at the first.
MOST_ADDRESSES = 3


class PrivateAddressError(Exception):
    """It leads, or may lead, into the own network."""


class UnresolvedNameError(Exception):
    """There is no address for this name."""


def find_addresses(
    host: str, port: int, resolve: Resolve, *, may_be_private: bool
) -> list[IpAddress]:
    """What the host leads to: one address or more, each once.

    Raises UnresolvedNameError; PrivateAddressError if any of them is private and may not be.
    """
    try:
        texts = [each.partition("%")[0] for each in resolve(host, port)]
    except (OSError, UnicodeError) as error:  # UnicodeError: it cannot even be asked for
        raise UnresolvedNameError from error
    found = [ip_address(each) for each in dict.fromkeys(texts)]
    if not may_be_private and not all(map(is_public, found)):
        raise PrivateAddressError
    return found


def look_up(host: str, port: int) -> list[str]:
    """As the system resolves names. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]
