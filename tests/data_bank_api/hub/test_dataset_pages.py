from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from data_bank_api.hub.dataset_pages import PAGE_BYTES, DatasetPages
from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_client.errors import (
    ExternalServiceError,
    ForbiddenError,
    PayloadTooLargeError,
    RateLimitError,
)
from tests.fakes.hub.faults import redirect, status
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.hub.stand_in import StandInHub

QUERY = (("limit", "2"), ("expand", "likes"), ("expand", "tags"))


@contextmanager
def asking(hub: StandInHub, page_bytes: int = PAGE_BYTES) -> Iterator[DatasetPages]:
    policy = RedirectPolicy(Endpoint.parse(hub.endpoint))
    with outgoing_client(JudgedConnections(policy.may_be_private)) as http:
        yield DatasetPages(policy, hub.token, http, Pace(), page_bytes)


@pytest.fixture
def pages(stand_in_hub: StandInHub) -> Iterator[DatasetPages]:
    stand_in_hub.list_many(ManyDatasets(5))
    with asking(stand_in_hub) as pages:
        yield pages


def test_each_page_leads_to_the_next(pages: DatasetPages) -> None:
    page = pages.first(QUERY)
    bodies = [page.body]
    while page.next_address is not None:
        page = pages.at(page.next_address)
        bodies.append(page.body)
    listed = [msgspec.json.decode(each, type=list[dict[str, object]]) for each in bodies]
    assert [each["id"] for page in listed for each in page] == [
        each["id"] for each in ManyDatasets(5).between(0, 5)
    ]
    assert set(listed[0][0]) == {"_id", "id", "likes", "tags"}


@pytest.mark.parametrize(
    "address", ["http://localhost:1/api/datasets", "https://example.org/", "\n", "", "file:///etc"]
)
def test_no_address_but_the_endpoints_own_is_asked_for(
    pages: DatasetPages, stand_in_hub: StandInHub, address: str
) -> None:
    with pytest.raises(ExternalServiceError):
        pages.at(address)
    assert len(stand_in_hub.requests) == 0


def test_an_answer_of_too_many_bytes_is_not_read(stand_in_hub: StandInHub) -> None:
    stand_in_hub.list_many(ManyDatasets(5))
    with asking(stand_in_hub, page_bytes=10) as pages, pytest.raises(PayloadTooLargeError):
        pages.first(QUERY)


def test_a_refusal_is_about_the_list(pages: DatasetPages, stand_in_hub: StandInHub) -> None:
    stand_in_hub.faults.add("list", status(403), times=1)
    with pytest.raises(ForbiddenError, match="the list: the Hub does not allow it"):
        pages.first(QUERY)
    stand_in_hub.faults.add("list", status(429, {"Retry-After": "7"}))
    with pytest.raises(RateLimitError) as caught:
        pages.first(QUERY)
    assert caught.value.retry_after == 7


def test_a_redirect_out_of_the_hub_is_not_followed(
    pages: DatasetPages, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add("list", redirect(stand_in_hub.elsewhere))
    with pytest.raises(ForbiddenError, match="none of its hosts"):
        pages.first(QUERY)
    assert stand_in_hub.requests.to("elsewhere") == []
