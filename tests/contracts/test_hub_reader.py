"""What the mirror asks of a Hub: the same of the one in memory and of the real reader."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.hub import Hub
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.mirror import HubReader
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.tree import TreeFile
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_client.errors import NotFoundError
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.hub_in_memory import NAME, Content, HubInMemory

FILES = {
    "config.json": Content(b"{}"),
    "deep/er/\u00e4.txt": Content(b"text"),
    "empty.txt": Content(b""),
    "model.safetensors": Content(b"weights" * 10, is_lfs=True),
}


@pytest.fixture(params=["memory", "http"])
def reader(request: pytest.FixtureRequest, stand_in_hub: StandInHub) -> Iterator[HubReader]:
    if request.param == "memory":
        in_memory = HubInMemory()
        in_memory.commit(FILES)
        yield in_memory
        return
    contents = {path: content.data for path, content in FILES.items()}
    stand_in_hub.add(RepoSpec(NAME.repo_id, contents))
    policy = RedirectPolicy(Endpoint.parse(stand_in_hub.endpoint))
    with closing(outgoing_client(JudgedConnections(policy.may_be_private))) as http:
        yield Hub(policy, None, http)


def test_a_branch_is_a_commit_and_a_commit_is_itself(reader: HubReader) -> None:
    commit = reader.pin(NAME, "main")
    assert len(commit) == 40
    assert reader.pin(NAME, commit) == commit


def test_the_tree_has_every_file_as_git_and_lfs_name_it(reader: HubReader) -> None:
    found = set(reader.tree(NAME, reader.pin(NAME, "main")))
    expected = {content.listed_as(path) for path, content in FILES.items()}
    # The name of the pointer is the Hub's to know.
    assert {_without_pointer(each) for each in found} == {_without_pointer(e) for e in expected}


def _without_pointer(file: TreeFile) -> TreeFile:
    return file if file.sha256 is None else TreeFile(file.path, file.size, "", file.sha256)


def test_a_file_is_located_by_the_commit(reader: HubReader) -> None:
    commit = reader.pin(NAME, "main")
    located = reader.locate(NAME, commit, HubPath("model.safetensors"))
    assert (located.commit, located.size) == (commit, 70)


def test_of_a_repository_that_is_not_there_nothing_is_told(reader: HubReader) -> None:
    with pytest.raises(NotFoundError):
        reader.pin(RepoName("dataset", "org/elsewhere"), "main")


def test_a_model_without_known_tensors_has_none(reader: HubReader) -> None:
    assert reader.tensors(NAME, reader.pin(NAME, "main")) == {}
