"""The listening socket, made by us so that both servers have the same one.

`::` takes IPv4 as well. Where the system can, a connection whose peer does not acknowledge
or read for `stall_seconds` is ended by the kernel: a server frees the request of a reader
that never reads, but not its socket. And the kernel takes no more than UNSENT_BYTES ahead of
what it sends: by itself it would hold 2 MiB and more for each reader that never reads.
"""

import os
import socket

from data_bank_api.config import SettingsError

_BACKLOG = 2048
UNSENT_BYTES = 1024 * 1024  # a chunk of a download; with less they are slower


def listen(host: str, port: int, stall_seconds: float) -> socket.socket:
    """Raises SettingsError where the address cannot be had."""
    try:
        if host == "::" and not socket.has_dualstack_ipv6():
            host = "0.0.0.0"
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.create_server(
            address, family=family, backlog=_BACKLOG, dualstack_ipv6=host == "::"
        )
    except (OSError, UnicodeError) as error:
        raise SettingsError(
            f"HOST, PORT: cannot listen on {host} port {port}: {_reason(error)}"
        ) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        milliseconds = int(stall_seconds * 1000)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    return listening


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        # Python adds the address to some of these; a look-up's have numbers of their own.
        return os.strerror(error.errno) if error.errno > 0 else str(error.strerror)
    return "no such address"


def address_of(listening: socket.socket) -> str:
    """The address that a client on this machine uses."""
    host, port = listening.getsockname()[:2]
    host = {"::": "127.0.0.1", "0.0.0.0": "127.0.0.1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
