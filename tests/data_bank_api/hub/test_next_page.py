"""The next page is where the Hub says, and at the Hub."""

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.next_page import next_page
from data_bank_client.errors import ExternalServiceError

HUB = Endpoint.parse("https://hub.test/hf")
TREE = httpx2.URL("https://hub.test/hf/api/models/a/b/tree/main?recursive=true")
FOLLOWING = f"{TREE}&cursor=abc%3D%3D"


def following(link: str) -> str | None:
    url = next_page(HUB, TREE, link)
    return None if url is None else str(url)


@pytest.mark.parametrize(
    "link",
    [
        f'<{FOLLOWING}>; rel="next"',
        f"<{FOLLOWING}>; rel=next",
        f'<https://hub.test/first>; rel="first", <{FOLLOWING}>; rel="next"',
        f'<{FOLLOWING}>; title="x"; rel="next"; type="a"',
        '</hf/api/models/a/b/tree/main?recursive=true&cursor=abc%3D%3D>; rel="next"',
    ],
)
def test_the_next_page_is_read(link: str) -> None:
    assert following(link) == FOLLOWING


@pytest.mark.parametrize("link", ["", '<https://hub.test/next>; rel="prev"', "garbage", "<>;;,,"])
def test_without_a_next_one_a_page_is_the_last(link: str) -> None:
    assert following(link) is None


@pytest.mark.parametrize(
    "link",
    [
        '<https://evil.test/>; rel="next"',
        '<http://hub.test/hf/>; rel="next"',
        '<https://hub.test:444/hf/>; rel="next"',
        '<//evil.test/hf/>; rel="next"',
        '<https://hub.test@evil.test/>; rel="next"',
        '<https://user:x@hub.test/hf/>; rel="next"',
        '<http://169.254.169.254/>; rel="next"',
        '<>; rel="next"',
        '<https://hub.test:x/>; rel="next"',
        f'<https://hub.test/{"x" * 9000}>; rel="next"',
        f'<{FOLLOWING}>; title="rel=next',
        f'<{FOLLOWING}&\u00fc>; rel="next"',
        'rel="next"',
    ],
)
def test_a_next_page_that_is_not_at_the_hub_or_unreadable_ends_the_list_in_an_error(
    link: str,
) -> None:
    with pytest.raises(ExternalServiceError):
        following(link)


@given(st.text(max_size=80) | st.text(alphabet='<>;,="/: relnxthubs.t', max_size=60))
def test_whatever_a_link_is_the_next_page_is_at_the_hub(link: str) -> None:
    try:
        url = next_page(HUB, TREE, link)
    except ExternalServiceError:
        return
    assert url is None or HUB.is_own(url)
