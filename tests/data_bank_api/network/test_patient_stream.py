"""How long a connection is waited for, by a clock that the test moves."""

import httpcore2
import pytest

from data_bank_api.network.patient_stream import PatientStream, StreamPatience
from tests.fakes.clock import Seconds


class Slow(httpcore2.NetworkStream):
    """Each read takes a second and brings a byte."""

    def __init__(self, clock: Seconds) -> None:
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._clock.now += 1
        return b"x"

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        pass


def reads_until_it_is_too_slow(stream: PatientStream) -> int:
    for count in range(100):
        try:
            stream.read(1, 1.0)
        except httpcore2.ReadTimeout:
            return count
    pytest.fail("it goes on for ever")


def test_each_request_has_a_head_and_a_body_that_are_waited_for() -> None:
    clock = Seconds()
    patience = StreamPatience(head_seconds=3, body_seconds=5, body_rate=1000, clock=clock)
    stream = PatientStream(Slow(clock), patience)
    for _ in range(2):
        stream.write(b"GET")
        assert reads_until_it_is_too_slow(stream) == 3
        stream.begin_body()
        assert reads_until_it_is_too_slow(stream) == 6  # each byte is worth a thousandth


class Generous(httpcore2.NetworkStream):
    """Each read brings as much as it may."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return bytes(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        pass


def test_of_a_body_much_may_come_at_once_and_of_a_head_what_was_asked_for() -> None:
    stream = PatientStream(Generous(), StreamPatience())
    stream.write(b"GET")
    head = len(stream.read(1000, 1.0))
    stream.begin_body()
    body = len(stream.read(1000, 1.0))
    larger = len(stream.read(1_000_000, 1.0))
    assert (head, body, larger) == (1000, 256 * 1024, 1_000_000)
