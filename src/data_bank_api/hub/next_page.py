"""The address of a list's next page, as an answer of the Hub says it."""

import re

import httpx2

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.redirects import LONGEST_ADDRESS, read_address
from data_bank_client.errors import ExternalServiceError

_NEXT = re.compile(r"\bnext\b", re.IGNORECASE)


def next_page(endpoint: Endpoint, asked: httpx2.URL, link: str) -> httpx2.URL | None:
    """What a header `Link` (RFC 8288) has for `next`; None where this page was the last.

    Raises ExternalServiceError for an address that is none or another host's, and for a header
    that speaks of a next page and cannot be read: a list must not end early in silence.
    """
    if len(link) > LONGEST_ADDRESS or not link.isascii():
        raise ExternalServiceError("the Hub's next page has no readable address")
    address = _next_of(link)
    if address is None:
        if _NEXT.search(re.sub(r"<[^>]*>", "", link)):
            raise ExternalServiceError("the Hub's next page has no readable address")
        return None
    url = read_address(asked, address)
    if not endpoint.is_own(url):
        raise ExternalServiceError(f"the Hub's next page is at another host: {url.host}")
    return url


def _next_of(link: str) -> str | None:
    links = httpx2.Response(200, headers={"Link": link}).links
    return links.get("next", {}).get("url")
