"""The listening socket."""

import socket

import pytest

from data_bank_api.commands.listening import address_of, listen
from data_bank_api.config import SettingsError


def test_both_families_reach_the_double_colon() -> None:
    with listen("::", 0, 30) as listening:
        port = listening.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), timeout=10).close()
        assert address_of(listening) == f"http://127.0.0.1:{port}"


def test_without_ipv6_the_double_colon_is_every_ipv4_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    with listen("::", 0, 30) as listening:
        assert listening.family == socket.AF_INET


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    with listen("::1", 0, 30) as listening:
        assert address_of(listening) == f"http://[::1]:{listening.getsockname()[1]}"


def test_a_reader_who_never_reads_is_ended_by_the_kernel() -> None:
    with listen("127.0.0.1", 0, 1.5) as listening:
        found = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert found == 1500


def test_the_kernel_holds_little_for_a_reader_who_never_reads() -> None:
    """Of eight megabytes, on a connection whose other end takes nothing."""
    with (
        listen("127.0.0.1", 0, 30) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as sending,
    ):
        sending.setblocking(False)
        taken = sending.send(bytes(8_000_000))
    assert taken < 1_600_000


def test_it_listens_where_the_kernel_has_no_such_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "TCP_USER_TIMEOUT")
    listen("127.0.0.1", 0, 30).close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", "x" * 300])
def test_an_address_that_cannot_be_had_is_told(host: str) -> None:
    with pytest.raises(SettingsError, match="HOST, PORT: cannot listen on"):
        listen(host, 0, 30)


def test_a_port_in_use_is_told() -> None:
    with (
        listen("127.0.0.1", 0, 30) as taken,
        pytest.raises(SettingsError, match="Address already in use"),
    ):
        listen("127.0.0.1", taken.getsockname()[1], 30)
