"""Redirects lead to the Hub's hosts, by https, and not into the own network."""

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_client.errors import DataBankClientError, ExternalServiceError, ForbiddenError

HUB = "https://huggingface.co"


def follow(location: str, *, endpoint: str = HUB, hosts: tuple[str, ...] = ()) -> str:
    policy = RedirectPolicy(Endpoint.parse(endpoint), hosts)
    return str(policy.follow(httpx2.URL(f"{endpoint}/org/x/resolve/main/a"), location))


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("https:///x", f"{HUB}/x"),
        ("/api/resolve-cache/a?b=c", f"{HUB}/api/resolve-cache/a?b=c"),
        (f"{HUB}/x#part", f"{HUB}/x"),
        ("//cdn-lfs.huggingface.co/x", "https://cdn-lfs.huggingface.co/x"),
        ("https://cdn-lfs.hf.co/x?Signature=1", "https://cdn-lfs.hf.co/x?Signature=1"),
        ("https://us.gcp.CDN.hf.co/x", "https://us.gcp.cdn.hf.co/x"),
    ],
)
def test_the_hubs_hosts_are_followed(location: str, leads_to: str) -> None:
    assert follow(location) == leads_to


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("http://huggingface.co/x", "without https"),
        ("ftp://huggingface.co/x", "without https"),
        ("file://localhost/etc/passwd", "without https"),
        ("https://example.com/x", "none of its hosts"),
        ("https://hf.co.example.com/x", "none of its hosts"),
        ("https://nothf.co/x", "none of its hosts"),
        ("https://huggingface.co.evil.test/x", "none of its hosts"),
        ("https://169.254.169.254/latest/meta-data", "none of its hosts"),
        ("https://[::1]/", "none of its hosts"),
        ("https://localhost/", "none of its hosts"),
    ],
)
def test_other_places_are_not_followed(location: str, says: str) -> None:
    with pytest.raises(ForbiddenError, match=says):
        follow(location)


@pytest.mark.parametrize(
    "location",
    [
        "",
        "https://user:secret@huggingface.co/x",
        "https://huggingface.co\\@evil.test/",
        "https://huggingface.co:0/",
        "https://huggingface.co:65536/",
        "https://huggingface.co:x/",
        "https://huggingface.co./",
        "https://127.1/",
        "https://0x7f000001/",
        "data:text/plain,x",
        "/a\nb",
        "/" + "x" * 8192,
    ],
)
def test_what_is_no_address_is_not_followed(location: str) -> None:
    with pytest.raises(ExternalServiceError, match="no address") as caught:
        follow(location)
    assert "secret" not in caught.value.message


def test_http_is_followed_where_the_endpoint_itself_is_http() -> None:
    private = "http://hub:8000"
    assert follow("http://hub:9000/x", endpoint=private) == "http://hub:9000/x"
    assert follow("https://cdn.hf.co/x", endpoint=private) == "https://cdn.hf.co/x"
    with pytest.raises(ForbiddenError):
        follow("http://other:9000/x", endpoint=private)


def test_the_setting_names_more_hosts() -> None:
    hosts = ("cdn.example.com", "*.mirror.test", "10.0.0.7")
    for each in ("https://cdn.example.com/", "https://a.mirror.test/", "https://10.0.0.7/"):
        assert follow(each, hosts=hosts) == each
    with pytest.raises(ForbiddenError):
        follow("https://mirror.test/", hosts=hosts)
    with pytest.raises(ForbiddenError):
        follow("https://10.0.0.8/", hosts=hosts)


def may_be_private(host: str, endpoint: str, *hosts: str) -> bool:
    return RedirectPolicy(Endpoint.parse(endpoint), hosts).may_be_private(host)


def test_the_own_network_is_open_only_to_who_is_in_it() -> None:
    assert not may_be_private("cdn.hf.co", HUB)
    assert not may_be_private("huggingface.co", HUB)
    assert may_be_private("hub.lan.example", "https://hub.lan.example", "hub.lan.example")
    assert not may_be_private("cdn.hf.co", "https://hub.lan.example", "hub.lan.example")
    for endpoint in ("http://127.0.0.1:8000", "http://hub", "https://hub.internal", "http://[::1]"):
        assert may_be_private("cdn.hf.co", endpoint)


@given(st.text(max_size=60) | st.from_regex(r"\A(https?:)?//?[a-z.@:\[\]0-9\\/#?%-]{0,40}\Z"))
def test_whatever_is_followed_is_one_of_the_hosts_by_https(location: str) -> None:
    try:
        url = httpx2.URL(follow(location))
    except DataBankClientError:
        return
    assert url.scheme == "https"
    assert url.host == "huggingface.co" or url.host.endswith((".huggingface.co", ".hf.co"))
    assert not url.userinfo
