"""The Hub's listing of datasets as it is asked for: the bytes of a page, and where the next one is.

The token goes to the endpoint, redirects and next addresses are judged as those of a tree are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2

from data_bank_api.hub.exchange import Exchange, Question
from data_bank_api.hub.next_page import next_page
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy, read_address
from data_bank_client.errors import ExternalServiceError

PAGE_BYTES = 64 * 1024 * 1024  # of a thousand datasets, each with its description and tags
PAGE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """`next_address`: None where it was the last one."""

    body: bytes = field(repr=False)
    next_address: str | None = field(repr=False)


class DatasetPages:
    """Several threads may use it. All methods raise as Hub's do (hub/hub.py)."""

    def __init__(
        self,
        policy: RedirectPolicy,
        token: str | None,
        http: httpx2.Client,
        pace: Pace,
        page_bytes: int = PAGE_BYTES,
    ) -> None:
        self._endpoint = policy.endpoint
        self._page_bytes = page_bytes
        self._exchange = Exchange(policy, token, http, pace, PAGE_SECONDS)

    def first(self, query: Sequence[tuple[str, str]]) -> DatasetPage:
        return self._ask(self._endpoint.datasets(query))

    def at(self, address: str) -> DatasetPage:
        """An address that a page had as its next one, and that somebody kept since."""
        url = read_address(self._endpoint.url, address)
        if not self._endpoint.is_own(url):
            raise ExternalServiceError(f"the next page to ask for is at another host: {url.host}")
        return self._ask(url)

    def _ask(self, url: httpx2.URL) -> DatasetPage:
        answer = self._exchange.fetch(url, Question(None, "api", self._page_bytes))
        following = next_page(self._endpoint, answer.url, answer.headers.get("link", ""))
        return DatasetPage(answer.body, None if following is None else str(following))
