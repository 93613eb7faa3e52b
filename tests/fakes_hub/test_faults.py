"""Each fault of the stand-in Hub, as a plain client sees it."""

import threading
from collections.abc import Iterator

import httpx2
import pytest

from tests.fakes.hub import faults
from tests.fakes.hub.messages import Stall
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub

BIG = bytes(range(256)) * 1000
SMALL = b'{"a": 1}'


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=60, follow_redirects=True) as client:
        yield client


@pytest.fixture
def repository(stand_in_hub: StandInHub) -> Repository:
    return stand_in_hub.add(RepoSpec("org/model", {"weights.bin": BIG, "config.json": SMALL}))


@pytest.fixture
def weights(stand_in_hub: StandInHub, repository: Repository) -> str:
    return f"{stand_in_hub.endpoint}/org/model/resolve/main/weights.bin"


@pytest.fixture
def tree(stand_in_hub: StandInHub, repository: Repository) -> str:
    return f"{stand_in_hub.endpoint}/api/models/org/model/tree/main"


def received(client: httpx2.Client, address: str) -> tuple[bytes, type[Exception]]:
    """What came before the connection ended, and how it did."""
    pieces: list[bytes] = []
    with client.stream("GET", address) as answer, pytest.raises(httpx2.TransportError) as raised:
        pieces.extend(answer.iter_raw())
    return b"".join(pieces), raised.type


def test_nothing_is_wrong_without_a_fault(client: httpx2.Client, weights: str) -> None:
    assert client.get(weights).content == BIG


def test_a_connection_ends_without_an_answer(
    client: httpx2.Client, stand_in_hub: StandInHub, tree: str
) -> None:
    stand_in_hub.faults.add("tree", faults.hang_up())
    with pytest.raises(httpx2.RemoteProtocolError):
        client.get(tree)


def test_a_connection_ends_within_the_body(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.drop(after=1000))
    assert received(client, weights) == (BIG[:1000], httpx2.RemoteProtocolError)


def test_a_connection_is_reset_within_the_body(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.drop(after=1000, is_reset=True))
    # By then the reset may have overtaken the bytes, and the head.
    with pytest.raises(httpx2.ReadError):
        client.get(weights)


def test_a_body_stands_still_until_it_may_go_on(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stall = Stall(after=1000)
    stand_in_hub.faults.add("storage", faults.stall(stall))
    with client.stream("GET", weights) as answer:
        assert stall.is_reached.wait(60)
        assert stand_in_hub.requests[-1].sent == 1000
        stall.may_go_on.set()
        assert answer.read() == BIG


def test_a_server_that_stands_still_can_be_closed(weights: str, stand_in_hub: StandInHub) -> None:
    stall = Stall(after=0)
    stand_in_hub.faults.add("storage", faults.stall(stall))
    failed = threading.Event()

    def ask() -> None:
        with httpx2.Client(trust_env=False, timeout=60, follow_redirects=True) as client:
            try:
                client.get(weights)
            except httpx2.TransportError:
                failed.set()

    thread = threading.Thread(target=ask)
    thread.start()
    assert stall.is_reached.wait(60)
    stand_in_hub.cut()
    thread.join()
    assert failed.is_set()
    stand_in_hub.restore()


def test_bytes_come_slowly(client: httpx2.Client, stand_in_hub: StandInHub, weights: str) -> None:
    stand_in_hub.faults.add("storage", faults.slow(bytes_per_second=len(BIG) * 2))
    answer = client.get(weights)
    assert answer.content == BIG
    assert 0.4 < answer.elapsed.total_seconds() < 60


def test_a_byte_is_wrong_whichever_range_it_is_in(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.wrong_byte(at=1005))
    changed = BIG[:1005] + bytes([BIG[1005] ^ 0xFF]) + BIG[1006:]
    assert client.get(weights).content == changed
    answer = client.get(weights, headers={"Range": "bytes=1000-1009"})
    assert answer.content == changed[1000:1010]
    assert client.get(weights, headers={"Range": "bytes=0-9"}).content == BIG[:10]


def test_the_end_is_missing(client: httpx2.Client, stand_in_hub: StandInHub, weights: str) -> None:
    stand_in_hub.faults.add("storage", faults.shorter(by=10))
    answer = client.get(weights)
    assert answer.content == BIG[:-10]
    assert answer.headers["Content-Length"] == str(len(BIG) - 10)


def test_there_is_more_than_there_should_be(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.longer(by=b"more"))
    answer = client.get(weights)
    assert answer.content == BIG + b"more"
    assert answer.headers["Content-Length"] == str(len(BIG) + 4)


def test_more_bytes_are_announced_than_come(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.wrong_length(len(BIG) + 1))
    assert received(client, weights) == (BIG, httpx2.RemoteProtocolError)


def test_fewer_bytes_are_announced_than_come(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.wrong_length(1000))
    assert client.get(weights).content == BIG[:1000]


def test_a_range_is_answered_by_the_whole(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.no_range())
    answer = client.get(weights, headers={"Range": "bytes=1000-1009"})
    assert (answer.status_code, answer.content) == (200, BIG)


def test_a_range_is_answered_by_another(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.other_range())
    answer = client.get(weights, headers={"Range": "bytes=1000-1009"})
    assert (answer.status_code, answer.content) == (206, BIG[:10])
    assert answer.headers["Content-Range"] == f"bytes 0-9/{len(BIG)}"


def test_what_comes_is_no_json(client: httpx2.Client, stand_in_hub: StandInHub, tree: str) -> None:
    stand_in_hub.faults.add("tree", faults.instead(b"<html>"))
    assert client.get(tree).text == "<html>"


def test_a_list_tells_what_is_not_so(
    client: httpx2.Client, stand_in_hub: StandInHub, tree: str
) -> None:
    edit = faults.edited(lambda items: [{**each, "size": -1} for each in items])
    stand_in_hub.faults.add("tree", edit)
    assert [each["size"] for each in client.get(tree).json()] == [-1, -1]


def test_the_server_fails_so_many_times(
    client: httpx2.Client, stand_in_hub: StandInHub, tree: str
) -> None:
    stand_in_hub.faults.add("tree", faults.status(503, {"Retry-After": "1"}), times=2)
    answers = [client.get(tree) for _ in range(3)]
    assert [each.status_code for each in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "1"


def test_there_were_too_many_requests(
    client: httpx2.Client, stand_in_hub: StandInHub, tree: str
) -> None:
    stand_in_hub.faults.add("*", faults.rate_limited(seconds=7))
    answer = client.get(tree)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.headers["RateLimit"] == '"api";r=0;t=7'


def test_an_address_is_expired(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.expired(), skip=1)
    assert [client.get(weights).status_code for _ in range(2)] == [200, 403]


def test_an_etag_changes_in_between(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    before = client.get(weights).headers["ETag"]
    stand_in_hub.faults.add("storage", faults.header("ETag", '"other"'))
    assert (before != '"other"', client.get(weights).headers["ETag"]) == (True, '"other"')


def test_a_header_is_missing(client: httpx2.Client, stand_in_hub: StandInHub, weights: str) -> None:
    stand_in_hub.faults.add("resolve", faults.header("X-Repo-Commit", None))
    answer = client.head(weights, follow_redirects=False)
    assert "X-Repo-Commit" not in answer.headers
    assert "X-Linked-ETag" in answer.headers


def test_a_redirect_leads_to_another_host(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("resolve", faults.redirect(stand_in_hub.elsewhere))
    assert client.get(weights).json() == {"secret": "of a service inside"}
    assert stand_in_hub.requests.kinds == ["resolve", "elsewhere"]


def test_a_branch_is_pushed_by_force_before_the_tree_is_listed(
    client: httpx2.Client, stand_in_hub: StandInHub, repository: Repository, tree: str
) -> None:
    pinned = repository.head
    push = faults.before(lambda: repository.force_push({"other.txt": b"other"}))
    stand_in_hub.faults.add("tree", push, times=1)
    assert [each["path"] for each in client.get(tree).json()] == ["other.txt"]
    of_pinned = client.get(tree.replace("main", pinned)).json()
    assert [each["path"] for each in of_pinned] == ["config.json", "weights.bin"]


def test_pages_never_end(client: httpx2.Client, stand_in_hub: StandInHub, tree: str) -> None:
    stand_in_hub.faults.add("tree", faults.endless_pages())
    seen = [tree]
    for _ in range(5):
        seen.append(client.get(seen[-1]).links["next"]["url"])
    assert len(set(seen)) == 6


def test_a_page_leads_to_itself(client: httpx2.Client, stand_in_hub: StandInHub, tree: str) -> None:
    stand_in_hub.faults.add("tree", faults.looping_pages())
    assert client.get(tree).links["next"]["url"] == tree


def test_the_next_page_is_on_another_host(
    client: httpx2.Client, stand_in_hub: StandInHub, tree: str
) -> None:
    link = f'<{stand_in_hub.elsewhere}/next>; rel="next"'
    stand_in_hub.faults.add("tree", faults.header("Link", link))
    assert client.get(tree).links["next"]["url"].startswith(stand_in_hub.elsewhere)


@pytest.mark.parametrize(
    "path", ["../up", "/etc/passwd", "a\0b", "C:\\x", "a//b", "\ud800", "a\nb"]
)
def test_a_hostile_name_is_told_as_it_is(
    client: httpx2.Client, stand_in_hub: StandInHub, path: str
) -> None:
    stand_in_hub.add(RepoSpec("org/hostile", {path: b"hostile"}))
    tree = f"{stand_in_hub.endpoint}/api/models/org/hostile/tree/main?recursive=true"
    assert path in [each["path"] for each in client.get(tree).json()]


def test_a_page_of_a_tree_is_huge(
    client: httpx2.Client, stand_in_hub: StandInHub, repository: Repository, tree: str
) -> None:
    stand_in_hub.page_size = 5_000
    repository.commit({f"{number:0200}": b"" for number in range(5_000)})
    assert len(client.get(tree).content) > 1_000_000


def test_a_fault_is_for_some_files_and_can_be_taken_away(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    config = weights.replace("weights.bin", "config.json")
    stand_in_hub.faults.add("resolve", faults.status(500), path="*.bin")
    assert [client.get(each).status_code for each in (weights, config)] == [500, 200]
    stand_in_hub.faults.clear()
    assert client.get(weights).content == BIG


def test_two_faults_come_together(
    client: httpx2.Client, stand_in_hub: StandInHub, weights: str
) -> None:
    stand_in_hub.faults.add("storage", faults.shorter(by=1))
    stand_in_hub.faults.add("storage", faults.wrong_byte(at=0))
    assert client.get(weights).content == b"\xff" + BIG[1:-1]
