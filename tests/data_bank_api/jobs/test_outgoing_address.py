"""A webhook leads to https, and not to an address that is plainly private."""

import pytest

from data_bank_api.jobs.outgoing_address import parse_address
from data_bank_client.errors import InvalidInputError


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
