"""A user who asks for small things while others do their worst: how long each answer took."""

import socket
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CONNECTIONS = 4
PACE = 0.002  # seconds between two requests


class ProbeError(Exception):
    """An answer that is not the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds of each request."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98]


def ask(connection: socket.socket, request: bytes, ending: bytes) -> bool:
    """One request; whether the connection may be used again. Raises ProbeError, OSError."""
    connection.sendall(request)
    answer = b""
    while not answer.endswith(ending):
        chunk = connection.recv(65536)
        if not chunk:
            raise ProbeError(f"closed after {answer[:80]!r}")
        answer += chunk
    if not answer.startswith(b"HTTP/1.1 200"):
        raise ProbeError(f"answered {answer[:200]!r}")
    return b"\r\nconnection: close" not in answer.lower()


def probe(
    connect: Callable[[], socket.socket],
    requests: Sequence[tuple[bytes, bytes]],
    until: Callable[[], bool],
) -> Timings:
    """Ask for each of `requests` (with the end of its answer) in turn, until told to stop."""
    connections = [_open(connect) for _ in range(CONNECTIONS)]
    found = []
    try:
        while not until():
            for at in range(CONNECTIONS):
                for request, ending in requests:
                    started = time.perf_counter()
                    is_open = ask(connections[at], request, ending)
                    found.append(time.perf_counter() - started)
                    if not is_open:  # Hypercorn's are good for a thousand requests
                        connections[at].close()
                        connections[at] = _open(connect)
                    time.sleep(PACE)
    finally:
        for each in connections:
            each.close()
    return Timings(tuple(found))


def _open(connect: Callable[[], socket.socket]) -> socket.socket:
    connection = connect()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
