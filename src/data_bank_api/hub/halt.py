"""The end of a download, asked for from another thread: whoever waits for the network wakes up.

A thread that waits for bytes cannot look at a flag, so its connection is shut down. Connections
are pooled, and another download may be using one by then: it asks again, as for any that drops.
"""

import socket
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol


class DownloadStoppedError(Exception):
    """It was asked to stop; what has come is kept for the next time."""


class Stream(Protocol):
    """httpcore's network stream."""

    def get_extra_info(self, info: str) -> socket.socket: ...


# What httpcore calls the moments at which there is a socket.
_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Halt:
    def __init__(self) -> None:
        self._asked = threading.Event()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._parts: list[Halt] = []
        self._turn = threading.Lock()

    def part(self) -> "Halt":
        """One that is asked for with this one, or alone."""
        part = Halt()
        with self._turn:
            self._parts.append(part)
        if self._asked.is_set():
            part.ask()
        return part

    def ask(self) -> None:
        """From any thread, any number of times."""
        self._asked.set()
        with self._turn:
            sockets, parts = list(self._sockets), list(self._parts)
        for each in sockets:
            _shut(each)
        for part in parts:
            part.ask()

    def check(self) -> None:
        """Raises DownloadStoppedError once it was asked for."""
        if self._asked.is_set():
            raise DownloadStoppedError

    def pause(self, seconds: float) -> None:
        """Raises as `check`, at once."""
        self._asked.wait(seconds)
        self.check()

    def trace(self, name: str, info: Mapping[str, Stream]) -> None:
        """For httpx2's extension `trace`: learns of each connection as soon as it is there."""
        if name in _CONNECTED:
            self.watch(info["return_value"])

    def watch(self, stream: Stream) -> None:
        """Shut the stream's connection down when it is asked for."""
        connection = stream.get_extra_info("socket")
        with self._turn:
            self._sockets.add(connection)
        if self._asked.is_set():
            _shut(connection)


def _shut(connection: socket.socket) -> None:
    """Not `close`: that wakes nobody, and its descriptor may soon be another file's."""
    with suppress(OSError):
        # The socket's own, also where it is a TLS one: no thread but its own may end that.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
