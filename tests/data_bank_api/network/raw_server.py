"""A server that says just what it is told to, byte by byte, and is over in time."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket], None]


@contextmanager
def talking(talk: Talk) -> Iterator[int]:
    """The port. Each connection is talked to in a thread; what it loses is its own matter."""
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk_to(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.settimeout(20)
                talk(connection)

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threads.append(threading.Thread(target=talk_to, args=(connection,)))
                    threads[-1].start()

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            server.shutdown(socket.SHUT_RDWR)
            listener.join()
            for each in threads:
                each.join()


def read_head(connection: socket.socket) -> bytes:
    """A request without a body."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(4096) or b"\r\n\r\n"
    return head


def saying(*chunks: bytes) -> Talk:
    """The same answer to each request, until the other end has enough."""

    def talk(connection: socket.socket) -> None:
        while read_head(connection).strip():
            for each in chunks:
                connection.sendall(each)

    return talk
