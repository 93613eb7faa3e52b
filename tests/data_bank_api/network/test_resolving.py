"""All that a name leads to is judged."""

import socket
from collections.abc import Sequence

import pytest

from data_bank_api.network.resolving import (
    PrivateAddressError,
    Resolve,
    UnresolvedNameError,
    find_addresses,
    look_up,
)


def found(resolve: Resolve, *, may_be_private: bool = False) -> list[str]:
    addresses = find_addresses("example.com", 443, resolve, may_be_private=may_be_private)
    return [str(each) for each in addresses]


def leading_to(*addresses: str) -> Resolve:
    def resolve(host: str, port: int) -> Sequence[str]:
        assert (host, port) == ("example.com", 443)
        return addresses

    return resolve


def test_a_name_leads_to_each_of_its_addresses_once() -> None:
    assert found(leading_to("8.8.8.8", "8.8.8.8", "1.1.1.1")) == ["8.8.8.8", "1.1.1.1"]


def test_one_private_address_among_many_is_enough_to_refuse() -> None:
    with pytest.raises(PrivateAddressError):
        found(leading_to("8.8.8.8", "127.0.0.1", "1.1.1.1"))


def test_private_addresses_are_called_where_that_is_allowed() -> None:
    resolve = leading_to("127.0.0.1", "fe80::1%2")
    assert found(resolve, may_be_private=True) == ["127.0.0.1", "fe80::1"]


def test_a_name_that_is_nobodys_leads_nowhere() -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(UnresolvedNameError):
        found(resolve)


def test_the_system_resolves_names() -> None:
    assert look_up("127.0.0.1", 443) == ["127.0.0.1"]
    assert set(look_up("localhost", 443)) <= {"127.0.0.1", "::1"}


def test_a_name_that_cannot_be_asked_for_leads_nowhere() -> None:
    with pytest.raises(UnresolvedNameError):
        find_addresses(f"{'a' * 64}.example", 443, look_up, may_be_private=False)
