"""What the Hub says of a repository now, for who waits for the answer."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.history import History, hurry
from data_bank_api.hub.hub import Hub, HubLimits
from data_bank_api.hub.live import LiveHub
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_client.errors import ExternalServiceError, ForbiddenError, RateLimitError
from tests.fakes.hub.faults import endless_pages, instead, status
from tests.fakes.hub.limits import Limit
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub

NAME = RepoName("dataset", "org/data")


@pytest.fixture
def live(stand_in_hub: StandInHub) -> Iterator[LiveHub]:
    stand_in_hub.add(RepoSpec(NAME.repo_id, {"x.csv": b"1"}, repo_type="dataset"))
    policy = RedirectPolicy(Endpoint.parse(stand_in_hub.endpoint))
    with closing(outgoing_client(JudgedConnections(policy.may_be_private))) as http:
        pace = Pace(sleep=hurry)
        hub = Hub(policy, None, http, HubLimits(answer_bytes=2000), pace)
        yield LiveHub(policy.endpoint, hub, History(policy, None, http, pace, 20.0))


def test_a_listing_that_never_ends_is_as_long_as_was_asked(
    live: LiveHub, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add("commits", endless_pages())
    found = live.commits(NAME, "main", 5)
    assert (len(found.commits), found.has_more) == (5, True)
    assert len([each for each in stand_in_hub.requests if each.kind == "commits"]) == 6


def test_pages_of_nothing_are_the_end(live: LiveHub, stand_in_hub: StandInHub) -> None:
    stand_in_hub.faults.add("commits", instead(b"[]"))
    stand_in_hub.faults.add("commits", endless_pages())
    assert live.commits(NAME, "main", 5).commits == ()


@pytest.mark.parametrize("data", [b"{", b'[{"id": 5}]', b"[" * 10_000], ids=["no", "other", "deep"])
def test_commits_that_cannot_be_read_are_the_hubs_fault(
    live: LiveHub, stand_in_hub: StandInHub, data: bytes
) -> None:
    stand_in_hub.faults.add("commits", instead(data))
    with pytest.raises(ExternalServiceError, match="not known"):
        live.commits(NAME, "main", 5)


def test_an_answer_that_is_too_large_is_the_hubs_fault(
    live: LiveHub, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add("tree", instead(b" " * 3000))
    with pytest.raises(ExternalServiceError, match="more than 2000 bytes"):
        live.files(NAME, "main", 5)


def test_a_name_that_is_not_taken_is_the_hubs_fault(
    live: LiveHub, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.add(RepoSpec(NAME.repo_id, {"../x": b"1"}, repo_type="dataset"))
    with pytest.raises(ExternalServiceError, match="cannot be named"):
        live.files(NAME, "main", 5)


def test_who_waits_is_refused_where_a_job_would_rest(
    live: LiveHub, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.limits["api"] = Limit(3)
    live.commits(NAME, "main", 5)
    with pytest.raises(RateLimitError, match="few requests are left") as caught:
        live.commits(NAME, "main", 5)
    assert (caught.value.retry_after or 0) >= 1


def test_what_the_hub_refuses_is_refused(live: LiveHub, stand_in_hub: StandInHub) -> None:
    stand_in_hub.faults.add("*", status(403))
    with pytest.raises(ForbiddenError):
        live.files(NAME, "main", 5)
