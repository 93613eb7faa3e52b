"""Where the Hub is, and whose address is its own."""

import httpx2
import pytest

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.repository_name import RepoName
from data_bank_client.errors import InvalidInputError

COMMIT = "0" * 40


def test_addresses_are_below_the_endpoint() -> None:
    endpoint = Endpoint.parse(" https://HUB.test:8443/hf/ ")
    name = RepoName.parse("dataset", "org/x")
    assert endpoint.host == "hub.test"
    start = "https://hub.test:8443/hf"
    assert str(endpoint.revision(name, "refs/pr/1", "sha")) == (
        f"{start}/api/datasets/org/x/revision/refs%2Fpr%2F1?expand=sha"
    )
    assert str(endpoint.tree(name, COMMIT)) == (
        f"{start}/api/datasets/org/x/tree/{COMMIT}?recursive=true"
    )
    assert str(endpoint.file(name, COMMIT, HubPath.parse("a b/#.txt"))) == (
        f"{start}/datasets/org/x/resolve/{COMMIT}/a%20b/%23.txt"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "huggingface.co",
        "ftp://hub.test",
        "https://",
        "https://user:secret@hub.test",
        "https://hub.test/?secret=1",
        "https://hub.test/#secret",
        "https://hub.test:secret",
        "https://hub secret.test",
        "https://127.1",
    ],
)
def test_what_is_no_endpoint_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InvalidInputError, match="HF_ENDPOINT") as caught:
        Endpoint.parse(text)
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("https://hub.test/x", True),
        ("https://HUB.test:443/", True),
        ("http://hub.test/", False),
        ("https://hub.test:444/", False),
        ("https://a.hub.test/", False),
        ("https://hub.test.evil/", False),
    ],
)
def test_its_own_are_scheme_host_and_port(address: str, *, is_own: bool) -> None:
    endpoint = Endpoint.parse("https://hub.test")
    assert endpoint.is_own(httpx2.URL(address)) is is_own
