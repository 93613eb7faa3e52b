"""The setting CORPUS_HOSTS: what may be asked, and what nobody asks through the bank."""

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data_bank_api.corpus.allowed_hosts import LONGEST_ADDRESS, AllowedHosts
from data_bank_api.network.https_address import host_of, port_of, read_https_address
from data_bank_client.errors import ForbiddenError, InvalidInputError

HOSTS = AllowedHosts.parse(
    ["data.example.org", "*.cdn.example.org", "a.b:8443", "private:10.0.0.1", "private:*.internal"]
)


@pytest.mark.parametrize(
    "url",
    [
        "https://data.example.org/a?b=c",
        "https://DATA.example.org:443/",
        "https://x.y.cdn.example.org/",
        "https://a.b:8443/",
        "https://10.0.0.1/",
    ],
)
def test_what_is_named_may_be_asked(url: str) -> None:
    HOSTS.check(httpx2.URL(url))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://evil-data.example.org/",
        "https://data.example.org.evil.net/",
        "https://cdn.example.org/",
        "https://evilcdn.example.org/",
        "https://data.example.org:8443/",
        "https://a.b/",
        "https://10.0.0.2/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x0a000001/",
    ],
)
def test_what_is_not_named_is_refused_by_its_host(url: str) -> None:
    with pytest.raises(ForbiddenError, match=r"port \d+, is not named in CORPUS_HOSTS"):
        HOSTS.check(httpx2.URL(url))


def test_without_the_setting_nothing_may_be_asked() -> None:
    with pytest.raises(ForbiddenError, match="CORPUS_HOSTS"):
        AllowedHosts().check(httpx2.URL("https://data.example.org/"))


def test_only_what_is_named_so_may_be_private() -> None:
    hosts = ["data.example.org", "x.cdn.example.org", "10.0.0.1", "hub.internal", "internal"]
    assert [HOSTS.may_be_private(each) for each in hosts] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/b", "https://data.example.org/b"),
        ("https://x.cdn.example.org/c#fragment", "https://x.cdn.example.org/c"),
        ("//data.example.org/d", "https://data.example.org/d"),
    ],
)
def test_a_redirect_to_what_is_named_is_followed(location: str, expected: str) -> None:
    assert str(HOSTS.follow(httpx2.URL("https://data.example.org/a"), location)) == expected


@pytest.mark.parametrize(
    "location",
    [
        "",
        "http://data.example.org/",
        "https://evil.net/",
        "https://user:word@data.example.org/",
        "https://data.example.org@evil.net/",
        "https://data.example.org:22/",
        "https://[::1",
        "ftp://data.example.org/",
        "https://data.example.org/\n",
        f"https://data.example.org/{'a' * 9000}",
        "https://data.example.org/" + "\N{SPARKLES}" * 1000,
        "https://169.254.169.254/latest/meta-data",
    ],
)
def test_a_redirect_elsewhere_is_not_followed(location: str) -> None:
    asked = httpx2.URL("https://x.cdn.example.org/a" if location else "https://evil.net/")
    with pytest.raises(ForbiddenError):
        HOSTS.follow(asked, location)


@pytest.mark.parametrize(
    "text",
    [
        *("", "*", "*.", "a b", "https://a.b", "a.b/", "a.b/c", "a.b?c", "u@a.b", "a.b:0"),
        *("a.b:99999", "*.1.2.3.4", "*.*.a", "private:", "private:private:a.b", "a.b.", "[::1"),
    ],
)
def test_what_is_no_host_is_told_at_the_start(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"\ACORPUS_HOSTS: .* is no host such as"):
        AllowedHosts.parse([text])


PIECES = (
    *("https:", "//", "/", "\\", "@", ":", "#", "?", "data.example.org", "evil.net", "a.b:8443"),
    *("10.0.0.1", "[::1]", "%2f", "%00", "\t", "\N{FULLWIDTH FULL STOP}", "\u202e", "\ud800", "."),
)
ADDRESSES = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))


@given(ADDRESSES)
@example("https://data.example.org\\@evil.net/")
@example("https://data.example.org#@evil.net/")
@example("https://data.example.org\N{FULLWIDTH FULL STOP}evil.net/")
def test_whatever_address_is_asked_for_a_host_that_is_named_is_called_or_none(text: str) -> None:
    named = {("data.example.org", 443), ("a.b", 8443), ("10.0.0.1", 443)}
    try:
        url = read_https_address(text, LONGEST_ADDRESS)
        HOSTS.check(url)
    except (InvalidInputError, ForbiddenError):
        return
    assert (host_of(url), port_of(url)) in named
    assert (url.scheme, url.userinfo) == ("https", b"")


@given(ADDRESSES)
def test_wherever_an_answer_leads_it_is_a_host_that_is_named_or_refused(text: str) -> None:
    named = {("data.example.org", 443), ("a.b", 8443), ("10.0.0.1", 443)}
    try:
        url = HOSTS.follow(httpx2.URL("https://data.example.org/a/b"), text)
    except ForbiddenError:
        return
    assert (host_of(url), port_of(url)) in named
    assert (url.scheme, url.userinfo, url.fragment) == ("https", b"", "")
