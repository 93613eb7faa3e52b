"""A hostile crowd, as a program of its own: it comes at once, comes back when it is thrown out,
and leaves when it is killed.

    python -m benchmarks.soak.crowd_members HOST PORT UPLOAD_KEY READ_KEY FILE HEADS BODIES READERS

    HEADS      send the head of a request, a byte a second
    BODIES     upload with a valid key, a byte a second
    READERS    fetch FILE, a large one, and never read
"""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count

PAUSE = 1.0
BODY_BYTES = 50_000_000

Member = Callable[[asyncio.AbstractEventLoop, socket.socket], Awaitable[None]]


async def dribble(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
    """A byte a second, until the other side has closed."""
    while True:
        await loop.sock_sendall(connection, b"x")
        await asyncio.sleep(PAUSE)


async def forget(connection: socket.socket) -> None:
    """Read nothing, until the other side has given up."""
    for _ in count():
        if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            return
        await asyncio.sleep(PAUSE)


def slow_head() -> Member:
    async def attack(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
        await loop.sock_sendall(connection, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        await dribble(loop, connection)

    return attack


def slow_body(key: str) -> Member:
    async def attack(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
        head = (
            f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n"
            f"Content-Length: {BODY_BYTES}\r\n\r\n"
        )
        await loop.sock_sendall(connection, head.encode())
        await dribble(loop, connection)

    return attack


def never_reading(key: str, file_id: str) -> Member:
    async def attack(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
        head = f"GET /files/{file_id} HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n\r\n"
        await loop.sock_sendall(connection, head.encode())
        await forget(connection)

    return attack


async def keep_coming(address: tuple[str, int], member: Member) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with socket.socket() as connection, suppress(OSError):
            connection.setblocking(False)
            await loop.sock_connect(connection, address)
            await member(loop, connection)
        await asyncio.sleep(PAUSE)


async def come(address: tuple[str, int], members: list[Member]) -> None:
    await asyncio.gather(*(keep_coming(address, member) for member in members))


if __name__ == "__main__":
    host, port, upload_key, read_key, file_id, heads, bodies, readers = sys.argv[1:]
    crowd = [slow_head()] * int(heads) + [slow_body(upload_key)] * int(bodies)
    crowd += [never_reading(read_key, file_id)] * int(readers)
    asyncio.run(come((host, int(port)), crowd))
