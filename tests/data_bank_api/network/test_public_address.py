"""What is public, and what may be the own network, whatever a number looks like."""

from ipaddress import ip_address

import pytest

from data_bank_api.network.public_address import is_host, is_plainly_private, is_public

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "223.255.255.254",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%2",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "4000::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_open_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_that_leads_elsewhere_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["localhost", "db", "a.local", "x.internal", "nas.home.arpa"])
def test_some_names_say_that_they_are_private(text: str) -> None:
    assert is_plainly_private(text)


@pytest.mark.parametrize("text", ["example.com", "local.example", "internal.org", "8.8.8.8"])
def test_other_names_and_public_addresses_do_not(text: str) -> None:
    assert not is_plainly_private(text)


@pytest.mark.parametrize("text", PRIVATE)
def test_a_private_address_says_that_it_is_private(text: str) -> None:
    assert is_plainly_private(text)


@pytest.mark.parametrize("text", ["a", "a.b", "my_host.example.com", "8.8.8.8", "::1", "x-1.y"])
def test_names_and_addresses_are_hosts(text: str) -> None:
    assert is_host(text)


@pytest.mark.parametrize(
    "text", ["", "A", "a.", "a..b", "-a", "127.1", "0x7f.1", "fe80::1%2", "a b", "x" * 254]
)
def test_what_could_be_read_in_two_ways_is_no_host(text: str) -> None:
    assert not is_host(text)
