"""A Hub that means harm reaches nobody else, learns nothing, and is read to an end."""

import json
from collections.abc import Callable

import pytest

from data_bank_api.hub.hub import Hub, HubLimits
from data_bank_api.hub.repository_name import RepoName
from data_bank_client.errors import (
    ExternalServiceError,
    ForbiddenError,
    InvalidInputError,
    PayloadTooLargeError,
)
from tests.data_bank_api.hub.asking import CONFIG, NAME, WEIGHTS, asking
from tests.fakes.hub import faults
from tests.fakes.hub.faults import Fault
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub


@pytest.mark.parametrize(
    "location",
    [
        "{elsewhere}/secret",
        "http://169.254.169.254/latest/meta-data",
        "https://example.com/x",
        "file:///etc/passwd",
        "http://127.0.0.1:1@localhost/",
        "//localhost/x",
    ],
)
@pytest.mark.parametrize("kind", ["info", "tree", "resolve", "content", "storage"])
def test_a_redirect_to_another_place_is_not_followed(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository, kind: str, location: str
) -> None:
    to = location.format(elsewhere=stand_in_hub.elsewhere)
    stand_in_hub.faults.add(kind, faults.redirect(to))
    asks: dict[str, Callable[[], object]] = {
        "info": lambda: hub.pin(NAME, "main"),
        "tree": lambda: list(hub.tree(NAME, repository.head)),
        "resolve": lambda: hub.locate(NAME, repository.head, WEIGHTS),
        "content": lambda: hub.read_small(NAME, repository.head, CONFIG, 100),
        "storage": lambda: hub.read_small(NAME, repository.head, WEIGHTS, 100),
    }
    with pytest.raises((ForbiddenError, ExternalServiceError)):
        asks[kind]()
    assert stand_in_hub.requests.of("elsewhere") == []
    assert stand_in_hub.requests.token_hosts == {"hub"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_goes_to_the_hub_alone(
    stand_in_hub: StandInHub, repository: Repository, status: int
) -> None:
    """Also where a setting allows the other host, be it the Hub's own at another port."""
    with asking(stand_in_hub, stand_in_hub.token, hosts=("localhost",)) as hub:
        assert hub.read_small(NAME, repository.head, WEIGHTS, 10) == b"weights"
        stand_in_hub.faults.add("*", faults.redirect(f"{stand_in_hub.elsewhere}/x", status))
        assert b"secret" in hub.read_small(NAME, repository.head, CONFIG, 100)
        assert hub.locate(NAME, repository.head, CONFIG).headers == {}
        with pytest.raises(ExternalServiceError):
            hub.pin(NAME, "main")
    hosts = {each.host for each in stand_in_hub.requests}
    assert hosts == {"hub", "storage", "elsewhere"}
    assert stand_in_hub.requests.token_hosts == {"hub"}


def test_redirects_without_end_are_an_error(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.faults.add("*", faults.redirect("/org/model/resolve/main/again"))
    for fault in ("X-Repo-Commit", "ETag"):
        stand_in_hub.faults.add("*", faults.header(fault, None))
    with pytest.raises(ExternalServiceError, match="more than 5 times"):
        hub.read_small(NAME, repository.head, CONFIG, 100)
    with pytest.raises(ExternalServiceError, match="more than 5 times"):
        hub.locate(NAME, repository.head, CONFIG)
    assert len(stand_in_hub.requests) == 12


def test_pages_that_lead_in_a_circle_are_an_error(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.faults.add("tree", faults.looping_pages())
    with pytest.raises(ExternalServiceError, match="lead back"):
        list(hub.tree(NAME, repository.head))
    assert len(stand_in_hub.requests) == 1


@pytest.mark.parametrize(
    ("limits", "says"),
    [(HubLimits(pages=5), "more than 5 pages"), (HubLimits(files=10), "more than 10 files")],
    ids=str,
)
def test_pages_without_end_have_one(
    stand_in_hub: StandInHub, repository: Repository, limits: HubLimits, says: str
) -> None:
    stand_in_hub.faults.add("tree", faults.endless_pages())
    with (
        asking(stand_in_hub, limits=limits) as hub,
        pytest.raises(InvalidInputError, match=says),
    ):
        list(hub.tree(NAME, repository.head))
    assert len(stand_in_hub.requests) <= 5


def test_a_tree_has_no_more_bytes_than_a_database_can_add_up(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    half = {"type": "file", "oid": "a" * 40, "size": 2**52}
    files = [{**half, "path": path} for path in ("a", "b", "c")]
    stand_in_hub.faults.add("tree", faults.instead(json.dumps(files).encode()))
    with pytest.raises(InvalidInputError, match=f"more than {2**53} bytes"):
        list(hub.tree(NAME, repository.head))
    stand_in_hub.faults.clear()
    stand_in_hub.faults.add("tree", faults.instead(json.dumps(files[:2]).encode()))
    assert len(list(hub.tree(NAME, repository.head))) == 2


@pytest.mark.parametrize("address", ["http://localhost:1/x", "https://huggingface.co/x", "//"])
def test_a_next_page_of_another_host_is_not_asked_for(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository, address: str
) -> None:
    stand_in_hub.faults.add("tree", faults.header("Link", f'<{address}>; rel="next"'))
    with pytest.raises(ExternalServiceError):
        list(hub.tree(NAME, repository.head))
    assert len(stand_in_hub.requests) == 1


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "C:/x", "a\0b", "a/../../b", "a\\b"])
def test_a_tree_with_a_hostile_name_is_refused(
    hub: Hub, stand_in_hub: StandInHub, path: str
) -> None:
    other = stand_in_hub.add(RepoSpec("org/hostile", {"a.txt": b"a", path: b"x"}))
    with pytest.raises(InvalidInputError, match="cannot be named"):
        list(hub.tree(RepoName.parse("model", "org/hostile"), other.head))


@pytest.mark.parametrize("kind", ["info", "tree"])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    stand_in_hub: StandInHub, repository: Repository, kind: str
) -> None:
    stand_in_hub.faults.add(kind, faults.instead(b" " * 50_000_000))
    limits = HubLimits(answer_bytes=100_000)
    with asking(stand_in_hub, limits=limits) as hub:
        asks: dict[str, Callable[[], object]] = {
            "info": lambda: hub.pin(NAME, "main"),
            "tree": lambda: list(hub.tree(NAME, repository.head)),
        }
        with pytest.raises(PayloadTooLargeError, match="more than 100000 bytes"):
            asks[kind]()
    [request] = stand_in_hub.requests
    assert request.sent < 50_000_000


def test_an_answer_that_never_ends_is_given_up(
    stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.faults.add("tree", faults.instead(b" " * 50_000))
    stand_in_hub.faults.add("tree", faults.slow(10_000))
    with (
        asking(stand_in_hub, limits=HubLimits(answer_seconds=0.3)) as hub,
        pytest.raises(ExternalServiceError, match="too slowly"),
    ):
        list(hub.tree(NAME, repository.head))


@pytest.mark.parametrize(
    "fault",
    [
        faults.instead(b"{}"),
        faults.instead(b"<html>"),
        faults.instead(b""),
        faults.instead(b"[" * 100_000),
        faults.instead(b'{"sha": "main"}'),
        faults.instead(b'{"sha": "' + b"A" * 40 + b'"}'),
        faults.header("Content-Encoding", "gzip"),
        faults.status(204),
    ],
    ids=["object", "html", "empty", "deep", "branch", "upper", "gzip", "nothing"],
)
def test_a_pin_that_is_no_commit_is_an_error(
    hub: Hub, stand_in_hub: StandInHub, fault: Fault
) -> None:
    stand_in_hub.faults.add("info", fault)
    with pytest.raises(ExternalServiceError):
        hub.pin(NAME, "main")


def test_a_commit_is_never_pinned_to_another_one(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    other = json.dumps({"sha": "f" * 40}).encode()
    stand_in_hub.faults.add("info", faults.instead(other))
    with pytest.raises(ExternalServiceError, match="no commit"):
        hub.pin(NAME, repository.head)


def test_a_file_of_another_commit_is_an_error(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.faults.add("resolve", faults.header("X-Repo-Commit", "f" * 40))
    with pytest.raises(ExternalServiceError, match="another commit"):
        hub.locate(NAME, repository.head, CONFIG)


def test_the_storage_that_refuses_is_not_the_hub(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.faults.add("storage", faults.expired())
    with pytest.raises(ExternalServiceError, match="answered 403"):
        hub.read_small(NAME, repository.head, WEIGHTS, 100)
