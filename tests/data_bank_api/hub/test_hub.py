"""The Hub is asked as it wants to be, and its failures are told: against a stand-in."""

import json

import pytest

from data_bank_api.hub.hub import Hub
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.tree import TreeFile
from data_bank_api.network.patient_stream import StreamPatience
from data_bank_client.errors import (
    DataBankClientError,
    ExternalServiceError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    PayloadTooLargeError,
    RateLimitError,
)
from data_bank_client.wire.digest import Digest
from tests.data_bank_api.hub.asking import CONFIG, FILES, NAME, WEIGHTS, asking
from tests.fakes.hub import faults
from tests.fakes.hub.limits import Limit
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub


def test_a_branch_a_tag_and_a_commit_are_pinned_to_the_commit(
    hub: Hub, repository: Repository
) -> None:
    first = repository.head
    repository.tag("v1")
    repository.pull_request(1)
    repository.commit({"new.txt": b"new"})
    assert hub.pin(NAME, "main") == repository.head != first
    assert hub.pin(NAME, "v1") == hub.pin(NAME, "refs/pr/1") == hub.pin(NAME, first) == first


def test_a_pin_asks_for_nothing_but_the_commit(hub: Hub, stand_in_hub: StandInHub) -> None:
    hub.pin(NAME, "main")
    [request] = stand_in_hub.requests
    assert request.target == "/api/models/org/model/revision/main?expand=sha"
    assert request.headers["user-agent"] == "data-bank"
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("revision", ["", "..", "a b", "-x"])
def test_what_is_no_revision_is_not_asked_for(
    hub: Hub, stand_in_hub: StandInHub, revision: str
) -> None:
    with pytest.raises(InvalidInputError):
        hub.pin(NAME, revision)
    assert len(stand_in_hub.requests) == 0


def test_a_tree_is_every_file_of_the_commit_page_by_page(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.page_size = 1
    found = {each.path.text: each for each in hub.tree(NAME, repository.head)}
    assert found.keys() == FILES.keys()
    for path, each in found.items():
        known = repository.files[path]
        sha256 = Digest.of(FILES[path]) if path.endswith(".bin") else None
        assert each == TreeFile(HubPath(path), len(FILES[path]), known.oid, sha256)
    assert len(stand_in_hub.requests.of("tree")) == 4  # a folder is an entry too
    assert stand_in_hub.requests.content_bytes == 0


def test_a_page_is_asked_for_when_it_is_needed(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.page_size = 2
    tree = hub.tree(NAME, repository.head)
    assert len(stand_in_hub.requests) == 0
    next(tree)
    assert len(stand_in_hub.requests) == 1


def test_a_tree_is_of_its_commit_whatever_is_pushed_in_between(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.page_size = 1
    push = faults.before(lambda: repository.force_push({"other.bin": b"other"}))
    stand_in_hub.faults.add("tree", push, skip=1, times=1)
    commit = hub.pin(NAME, "main")
    assert {each.path.text for each in hub.tree(NAME, commit)} == FILES.keys()
    assert hub.pin(NAME, "main") != commit


def test_a_file_in_lfs_is_at_a_signed_address_where_no_token_goes(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    found = hub.locate(NAME, repository.head, WEIGHTS)
    assert found.url.startswith(stand_in_hub.storage)
    assert found.headers == {}
    assert (found.size, found.sha256) == (7, Digest.of(b"weights"))
    assert (found.etag, found.commit) == (Digest.of(b"weights").hex, repository.head)
    assert stand_in_hub.requests.content_bytes == 0
    assert [each.method for each in stand_in_hub.requests] == ["HEAD"]


def test_a_small_file_is_at_the_hub_itself(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    found = hub.locate(NAME, repository.head, CONFIG)
    assert found.url.startswith(f"{stand_in_hub.endpoint}/api/resolve-cache/")
    assert found.headers == {"Authorization": f"Bearer {stand_in_hub.token}"}
    assert (found.size, found.sha256) == (None, None)
    assert (found.etag, found.commit) == (repository.files["config.json"].oid, repository.head)
    assert stand_in_hub.requests.kinds == ["resolve"]


def test_a_file_that_comes_at_once_is_where_it_was_asked_for(
    hub: Hub, stand_in_hub: StandInHub
) -> None:
    other = stand_in_hub.add(RepoSpec("org/private", FILES, private=True))
    found = hub.locate(RepoName.parse("model", "org/private"), other.head, CONFIG)
    assert found.url == f"{stand_in_hub.endpoint}/org/private/resolve/{other.head}/config.json"
    assert (found.size, found.etag) == (8, other.files["config.json"].oid)


def test_where_a_file_is_shows_neither_token_nor_signature(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    shown = repr([hub.locate(NAME, repository.head, each) for each in (CONFIG, WEIGHTS)])
    assert stand_in_hub.token not in shown
    assert "Signature" not in shown


@pytest.mark.parametrize("path", [CONFIG, WEIGHTS])
def test_a_small_file_is_read(hub: Hub, repository: Repository, path: HubPath) -> None:
    assert hub.read_small(NAME, repository.head, path, 100) == FILES[path.text]


def test_no_more_of_a_file_is_read_than_may_be(hub: Hub, repository: Repository) -> None:
    assert hub.read_small(NAME, repository.head, WEIGHTS, 7) == b"weights"
    with pytest.raises(PayloadTooLargeError, match="more than 6 bytes"):
        hub.read_small(NAME, repository.head, WEIGHTS, 6)


def test_datasets_are_asked_for_as_such(hub: Hub, stand_in_hub: StandInHub) -> None:
    stand_in_hub.add(RepoSpec("squad", {"train.csv": b"a\n"}, repo_type="dataset"))
    name = RepoName.parse("dataset", "squad")
    commit = hub.pin(name, "main")
    [file] = hub.tree(name, commit)
    assert hub.read_small(name, commit, file.path, 10) == b"a\n"
    assert hub.tensors(name, commit) == {}


def test_a_repository_with_a_new_name_is_found_by_its_old_one(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.rename(repository, "org/renamed")
    commit = hub.pin(NAME, "main")
    assert len(list(hub.tree(NAME, commit))) == 3
    assert hub.locate(NAME, commit, CONFIG).etag == repository.files["config.json"].oid
    assert hub.locate(NAME, commit, WEIGHTS).sha256 == Digest.of(b"weights")
    assert hub.read_small(NAME, commit, CONFIG, 100) == FILES["config.json"]


def test_the_hub_tells_the_dtypes_of_a_model(hub: Hub, stand_in_hub: StandInHub) -> None:
    header = json.dumps({"w": {"dtype": "BF16", "shape": [3, 2], "data_offsets": [0, 12]}})
    content = len(header).to_bytes(8, "little") + header.encode() + bytes(12)
    other = stand_in_hub.add(RepoSpec("org/other", {"model.safetensors": content}))
    assert hub.tensors(RepoName.parse("model", "org/other"), other.head) == {"BF16": 6}


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"<html>",
        b"[" * 100_000,
        b'{"safetensors": null}',
        b'{"safetensors": 5}',
        b'{"safetensors": {}}',
        b'{"safetensors": {"parameters": {"F32": "many"}}}',
        b'{ "safetensors": {"parameters": {%b}}}' % b",".join(b'"X%d": 1' % n for n in range(65)),
    ],
    ids=lambda body: body[:30].decode(),
)
def test_dtypes_that_are_not_told_are_not_known(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository, body: bytes
) -> None:
    stand_in_hub.faults.add("info", faults.instead(body))
    assert hub.tensors(NAME, repository.head) == {}


def test_whoever_looks_for_a_file_says_how_it_waits_for_its_turn(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    left = faults.header("RateLimit", '"resolvers";r=0;t=200')
    stand_in_hub.faults.add("resolve", left, times=1)
    rests: list[float] = []
    hub.locate(NAME, repository.head, WEIGHTS, rests.append)
    hub.locate(NAME, repository.head, WEIGHTS, rests.append)
    assert [round(each / 10) * 10 for each in rests] == [200]


# Who may see what.


@pytest.mark.parametrize(
    ("spec", "token", "kind"),
    [
        (RepoSpec("org/other"), "", NotFoundError),
        (RepoSpec("org/other"), "member", NotFoundError),
        (RepoSpec("org/model", FILES, private=True), "", NotFoundError),
        (RepoSpec("org/model", FILES, private=True), "stranger", NotFoundError),
        (RepoSpec("org/model", FILES, gated="auto"), "", ForbiddenError),
        (RepoSpec("org/model", FILES, gated="auto"), "stranger", ForbiddenError),
        (RepoSpec("org/model", FILES), "nobody", ForbiddenError),
    ],
    ids=str,
)
def test_who_may_not_have_a_file_is_told_so(
    stand_in_hub: StandInHub, spec: RepoSpec, token: str, kind: type[DataBankClientError]
) -> None:
    tokens = {"": None, "member": stand_in_hub.token, "stranger": stand_in_hub.stranger_token}
    head = stand_in_hub.add(spec).head
    with asking(stand_in_hub, tokens.get(token, token)) as hub, pytest.raises(kind) as caught:
        hub.locate(NAME, head, CONFIG)
    assert "org/model" in caught.value.message
    assert not caught.value.is_temporary


def test_a_member_may_have_what_is_private(stand_in_hub: StandInHub) -> None:
    head = stand_in_hub.add(RepoSpec("org/model", FILES, private=True)).head
    with asking(stand_in_hub, stand_in_hub.token) as hub:
        assert hub.read_small(NAME, head, CONFIG, 100) == FILES["config.json"]


def test_what_is_not_there_is_not_found(hub: Hub, repository: Repository) -> None:
    with pytest.raises(NotFoundError, match="no such revision"):
        hub.pin(NAME, "gone")
    with pytest.raises(NotFoundError, match="no such file"):
        hub.locate(NAME, repository.head, HubPath.parse("gone"))
    with pytest.raises(NotFoundError, match="no such revision"):
        list(hub.tree(NAME, "0" * 40))


@pytest.mark.parametrize("token", ["", " ", "a\nX-Evil: 1", "h\u00fc"])
def test_a_token_that_no_header_can_carry_is_refused(stand_in_hub: StandInHub, token: str) -> None:
    with pytest.raises(InvalidInputError, match="HF_TOKEN"), asking(stand_in_hub, token):
        pass


# A Hub that fails.


def test_a_connection_that_was_lost_is_tried_once_more(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.faults.add("info", faults.hang_up(), times=1)
    assert hub.pin(NAME, "main") == repository.head
    stand_in_hub.faults.add("info", faults.hang_up(), times=2)
    with pytest.raises(ExternalServiceError, match="the connection ended without an answer"):
        hub.pin(NAME, "main")


@pytest.mark.parametrize("is_reset", [False, True])
def test_an_answer_that_is_cut_off_is_none(
    hub: Hub, stand_in_hub: StandInHub, repository: Repository, *, is_reset: bool
) -> None:
    stand_in_hub.faults.add("tree", faults.drop(after=20, is_reset=is_reset))
    with pytest.raises(ExternalServiceError):
        list(hub.tree(NAME, repository.head))


def test_a_hub_that_is_away_is_an_error_that_passes(hub: Hub, stand_in_hub: StandInHub) -> None:
    stand_in_hub.cut()
    with pytest.raises(ExternalServiceError, match="the connection was refused"):
        hub.pin(NAME, "main")
    stand_in_hub.restore()
    hub.pin(NAME, "main")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_hub_that_fails_says_when_to_come_again(
    hub: Hub, stand_in_hub: StandInHub, status: int
) -> None:
    stand_in_hub.faults.add("info", faults.status(status, {"Retry-After": "4"}))
    with pytest.raises(ExternalServiceError, match=str(status)) as caught:
        hub.pin(NAME, "main")
    assert caught.value.retry_after == 4


def test_too_many_requests_say_when_to_come_again(hub: Hub, stand_in_hub: StandInHub) -> None:
    stand_in_hub.faults.add("info", faults.rate_limited(33))
    with pytest.raises(RateLimitError) as caught:
        hub.pin(NAME, "main")
    assert caught.value.retry_after == 33


def test_few_requests_that_are_left_are_spread(
    stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.limits["api"] = Limit(quota=3, window=200)
    rests: list[float] = []
    with asking(stand_in_hub, sleep=rests.append) as hub:
        for _ in range(3):
            hub.pin(NAME, "main")
        hub.locate(NAME, repository.head, CONFIG)  # files are another bucket
        assert len(rests) == 2
        assert rests[0] == pytest.approx(200 / 3, rel=0.1)
        with pytest.raises(RateLimitError):
            hub.pin(NAME, "main")
    assert rests == sorted(rests)


def test_an_answer_that_drips_is_given_up(stand_in_hub: StandInHub, repository: Repository) -> None:
    stand_in_hub.faults.add("tree", faults.slow(20))
    patience = StreamPatience(body_seconds=0.3, body_rate=10_000)
    with (
        asking(stand_in_hub, patience=patience) as hub,
        pytest.raises(ExternalServiceError, match="no answer in time"),
    ):
        list(hub.tree(NAME, repository.head))
