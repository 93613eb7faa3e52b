"""What is reset before its TLS begins is closed, and not left to be collected."""

import gc
import select
import socket
import struct
import warnings
from collections.abc import Iterable

import httpcore2
import httpx2
import pytest

from data_bank_api.network.connection_trouble import words
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from tests.data_bank_api.network.raw_server import Talk, talking

RESET = struct.pack("ii", 1, 0)  # SO_LINGER without waiting: to close is to reset


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def reset_after_a_word(connection: socket.socket) -> None:
    connection.sendall(b"x")
    reset(connection)


class Awaiting(httpcore2.SyncBackend):
    """Its connections are given once the other end has reset them."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        poll = select.poll()
        poll.register(stream.get_extra_info("socket"), 0)
        assert poll.poll(20_000)
        return stream


def ask(port: int) -> str:
    """What is told of how it failed."""
    connections = JudgedConnections(lambda _: True, system=Awaiting())
    with (
        outgoing_client(connections) as http,
        pytest.raises(httpx2.ConnectError) as caught,
    ):
        http.get(f"https://127.0.0.1:{port}/")
    return words(caught.value)


@pytest.mark.parametrize("talk", [reset, reset_after_a_word])
def test_what_is_reset_before_tls_begins_is_closed_at_once(talk: Talk) -> None:
    with talking(talk) as port, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert ask(port) == "no connection"
        gc.collect()
    assert [str(each.message) for each in warned] == []
