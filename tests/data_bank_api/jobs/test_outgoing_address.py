"""Only public addresses are called, whatever a name or a number looks like."""

import socket
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from data_bank_api.jobs.outgoing_address import (
    PrivateAddressError,
    Resolve,
    UnresolvedNameError,
    find_addresses,
    is_public,
    look_up,
    parse_address,
)
from data_bank_client.errors import InvalidInputError

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


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "target"),
    [
        ("https://example.com", "example.com", 443, "example.com", b"/"),
        ("https://EXAMPLE.com:443/a?b=c", "example.com", 443, "example.com", b"/a?b=c"),
        ("https://example.com:8443/", "example.com", 8443, "example.com:8443", b"/"),
        (
            "https://b\u00fccher.example/\u00e4",
            "xn--bcher-kva.example",
            443,
            "xn--bcher-kva.example",
            b"/%C3%A4",
        ),
        ("https://8.8.8.8/x", "8.8.8.8", 443, "8.8.8.8", b"/x"),
        (
            "https://[2606:4700::1]:1/x",
            "2606:4700::1",
            1,
            "[2606:4700::1]:1",
            b"/x",
        ),
        (
            "https://my_host-1.example.com/",
            "my_host-1.example.com",
            443,
            "my_host-1.example.com",
            b"/",
        ),
    ],
)
def test_an_https_address_is_read(
    url: str, host: str, port: int, authority: str, target: bytes
) -> None:
    found = parse_address(url, may_be_private=False)
    assert (found.host, found.port) == (host, port)
    assert (found.authority, found.target) == (authority, target)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.com/", "https://"),
        ("ftp://example.com/", "https://"),
        ("example.com", "https://"),
        ("", "https://"),
        ("https://user:secret@example.com/", "no user"),
        ("https://a\\@example.com/", "no user"),
        ("https://example.com/#part", "fragment"),
        ("https://", "no name"),
        ("https:///path", "no name"),
        ("https://a b/", "no name"),
        ("https://ex%61mple.com/", "no name"),
        ("https://example..com/", "no name"),
        ("https://example.com./", "no name"),
        ("https://-example.com/", "no name"),
        ("https://127.1/", "no name"),
        ("https://2130706433/", "no name"),
        ("https://0x7f.0x1/", "no name"),
        ("https://0x7f000001/", "no name"),
        ("https://0177.0.0.1/", "cannot be read"),
        ("https://[fe80::1%25eth0]/", "no name"),
        (f"https://{'a' * 64}.com/", "no name"),
        (f"https://{'a.' * 127}com/", "no name"),
        ("https://example.com:0/", "port"),
        ("https://example.com:65536/", "port"),
        ("https://example.com:x/", "cannot be read"),
        ("https://example.com/\n", "printable"),
        ("https://example.com/\0", "printable"),
        (f"https://example.com/{'x' * 2048}", "2048"),
        (f"https://example.com/{'é' * 400}", "percent-encoded it is too long"),
    ],
)
def test_what_is_no_https_address_is_refused_whatever_is_allowed(url: str, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        parse_address(url, may_be_private=True)


PLAINLY_PRIVATE = [
    "https://localhost/",
    "https://LOCALHOST:8443/",
    "https://db/",
    "https://app.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://nas.home.arpa/",
    "https://127.0.0.1/",
    "https://10.1.2.3:8443/hook",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
]


@pytest.mark.parametrize("url", PLAINLY_PRIVATE)
def test_an_address_that_is_plainly_private_is_refused_at_once(url: str) -> None:
    with pytest.raises(InvalidInputError, match="private"):
        parse_address(url, may_be_private=False)
    assert parse_address(url, may_be_private=True).url.startswith("https://")


def test_what_an_address_is_read_as_can_be_read_again() -> None:
    found = parse_address(f"https://example.com/{'é' * 338}", may_be_private=False)
    assert parse_address(found.url, may_be_private=False) == found


def test_a_password_is_in_no_error() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_address("https://me:hunter2@example.com/", may_be_private=False)
    assert "hunter2" not in str(caught.value)


def found(resolve: Resolve, *, may_be_private: bool = False) -> list[str]:
    address = parse_address("https://example.com/", may_be_private=False)
    return [str(each) for each in find_addresses(address, resolve, may_be_private=may_be_private)]


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
