"""The end of a download, asked for from another thread."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from data_bank_api.hub.halt import DownloadStoppedError, Halt

Pair = tuple[socket.socket, socket.socket]


class FakeStream:
    """As httpcore's."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def get_extra_info(self, info: str) -> socket.socket:
        assert info == "socket"
        return self._connection


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_nothing_ends_before_it_is_asked_for() -> None:
    halt = Halt()
    halt.check()
    halt.pause(0)


def test_who_reads_or_pauses_wakes_up(pair: Pair) -> None:
    halt = Halt()
    halt.watch(FakeStream(pair[0]))
    with ThreadPoolExecutor(2) as pool:
        read = pool.submit(pair[0].recv, 1)
        paused = pool.submit(halt.pause, 600)
        halt.ask()
        assert read.result(60) == b""
        with pytest.raises(DownloadStoppedError):
            paused.result(60)


def test_a_connection_that_comes_late_is_shut_down_at_once(pair: Pair) -> None:
    halt = Halt()
    halt.ask()
    halt.trace("connection.connect_tcp.complete", {"return_value": FakeStream(pair[0])})
    assert pair[0].recv(1) == b""


def test_other_moments_of_a_request_hold_no_connection() -> None:
    Halt().trace("http11.send_request_headers.started", {})


def test_a_connection_that_is_closed_already_is_no_matter(pair: Pair) -> None:
    halt = Halt()
    halt.watch(FakeStream(pair[0]))
    pair[0].close()
    halt.ask()


def test_a_part_ends_with_the_whole_and_not_the_reverse() -> None:
    whole = Halt()
    first, second = whole.part(), whole.part()
    first.ask()
    whole.check()
    second.check()
    whole.ask()
    for each in (second, whole.part()):
        with pytest.raises(DownloadStoppedError):
            each.check()
