"""The real `huggingface_hub` client takes the stand-in for the Hub."""

from pathlib import Path

import pytest

from tests.fakes.hub.faults import drop, no_range
from tests.fakes.hub.judge import Judge
from tests.fakes.hub.realistic import realistic_model
from tests.fakes.hub.repository import Gated, Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub

BIG = bytes(range(256)) * 1000
FILES = {
    "config.json": b'{"a": 1}',
    "folder/vocab.txt": b"one\ntwo\n",
    "weights.bin": BIG,
    "e": b"",
}


@pytest.fixture
def repository(stand_in_hub: StandInHub) -> Repository:
    return stand_in_hub.add(RepoSpec("org/model", FILES))


def read(folder: str) -> dict[str, bytes]:
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_whole_realistic_model_is_downloaded(
    judge: Judge, stand_in_hub: StandInHub, tmp_path: Path
) -> None:
    repository = stand_in_hub.add(realistic_model(tmp_path, size=3_000_001, small=30))
    api = judge.api(stand_in_hub.endpoint)
    found = read(api.snapshot_download(repository.repo_id, cache_dir=judge.cache))
    assert found == {path: file.read() for path, file in repository.files.items()}


@pytest.mark.parametrize("repo_id", ["org/data", "data"])
def test_a_whole_dataset_is_downloaded(
    judge: Judge, stand_in_hub: StandInHub, repo_id: str
) -> None:
    stand_in_hub.add(RepoSpec(repo_id, FILES, repo_type="dataset"))
    api = judge.api(stand_in_hub.endpoint)
    found = api.snapshot_download(repo_id, repo_type="dataset", cache_dir=judge.cache)
    assert read(found) == FILES


def test_small_files_come_from_the_hub_and_large_ones_from_elsewhere_without_the_token(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    api = judge.api(stand_in_hub.endpoint, stand_in_hub.token)
    api.snapshot_download("org/model", cache_dir=judge.cache)
    assert [each.sent for each in stand_in_hub.requests.to("storage")] == [len(BIG)]
    assert stand_in_hub.requests.token_hosts == {"hub"}


def test_one_file_of_a_tag_is_downloaded(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    repository.tag("v1")
    repository.commit({"config.json": b"{}"})
    api = judge.api(stand_in_hub.endpoint)
    found = api.hf_hub_download("org/model", "config.json", revision="v1", cache_dir=judge.cache)
    assert Path(found).read_bytes() == FILES["config.json"]


def test_the_info_tells_sizes_and_hashes(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    info = judge.api(stand_in_hub.endpoint).model_info("org/model", files_metadata=True)
    assert (info.id, info.sha, info.private, info.gated) == (
        "org/model",
        repository.head,
        False,
        False,
    )
    found = {
        each.rfilename: (each.size, each.blob_id, each.lfs and each.lfs.sha256)
        for each in info.siblings or []
    }
    assert found == {
        path: (file.size, file.oid, file.sha256) for path, file in repository.files.items()
    }


def test_the_info_of_a_model_tells_its_precision(
    judge: Judge, stand_in_hub: StandInHub, tmp_path: Path
) -> None:
    stand_in_hub.add(realistic_model(tmp_path, "org/real", size=100_000, small=0))
    info = judge.api(stand_in_hub.endpoint).model_info("org/real", expand=["safetensors"])
    assert info.safetensors is not None
    assert info.safetensors.parameters == {"BF16": (100_000 - 4096) // 2}


def test_the_info_of_a_dataset_at_a_pull_request(judge: Judge, stand_in_hub: StandInHub) -> None:
    repository = stand_in_hub.add(RepoSpec("org/data", FILES, repo_type="dataset"))
    repository.pull_request(1)
    repository.commit({"more": b"more"})
    info = judge.api(stand_in_hub.endpoint).dataset_info(
        "org/data", revision="refs/pr/1", files_metadata=True
    )
    assert [each.rfilename for each in info.siblings or []] == sorted(FILES)


def test_a_tree_is_listed_by_pages(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.page_size = 2
    found = list(judge.api(stand_in_hub.endpoint).list_repo_tree("org/model", recursive=True))
    assert [each.path for each in found] == sorted([*FILES, "folder"])
    assert len(stand_in_hub.requests.of("tree")) == 3


def test_a_folder_of_a_tree_is_listed(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    found = judge.api(stand_in_hub.endpoint).list_repo_tree("org/model", "folder", expand=True)
    assert [each.path for each in found] == ["folder/vocab.txt"]


def test_a_tree_that_tells_more_comes_by_smaller_pages(
    judge: Judge, stand_in_hub: StandInHub
) -> None:
    repository = stand_in_hub.add(RepoSpec("org/m", {f"{number:02}": b"" for number in range(60)}))
    found = list(judge.api(stand_in_hub.endpoint).list_repo_tree("org/m", expand=True))
    told = [each.last_commit.oid for each in found if each.last_commit]
    assert told == [repository.head] * 60
    assert len(stand_in_hub.requests.of("tree")) == 2


def test_commits_are_listed_the_newest_first(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    first, stand_in_hub.page_size = repository.head, 2
    others = [repository.commit({"config.json": b"%d" % number}) for number in range(3)]
    found = judge.api(stand_in_hub.endpoint).list_repo_commits("org/model")
    assert [each.commit_id for each in found] == [*reversed(others), first]


def test_refs_are_listed(judge: Judge, stand_in_hub: StandInHub, repository: Repository) -> None:
    repository.branch("dev")
    repository.tag("v1")
    repository.pull_request(7)
    found = judge.api(stand_in_hub.endpoint).list_repo_refs("org/model", include_pull_requests=True)
    assert [each.name for each in found.branches] == ["main", "dev"]
    assert [each.ref for each in found.tags] == ["refs/tags/v1"]
    assert [each.ref for each in found.pull_requests or []] == ["refs/pr/7"]


def test_some_paths_are_looked_up(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    asked = ["weights.bin", "folder", "nothing"]
    found = judge.api(stand_in_hub.endpoint).get_paths_info("org/model", asked)
    assert [each.path for each in found] == ["weights.bin", "folder"]


def test_repositories_are_listed_by_pages(judge: Judge, stand_in_hub: StandInHub) -> None:
    stand_in_hub.page_size = 2
    for number in range(5):
        stand_in_hub.add(RepoSpec(f"org/data-{number}", repo_type="dataset"))
    stand_in_hub.add(RepoSpec("other/data", repo_type="dataset"))
    found = judge.api(stand_in_hub.endpoint).list_datasets(author="org")
    assert [each.id for each in found] == [f"org/data-{number}" for number in range(5)]


def test_a_renamed_repository_is_found_by_its_old_name(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.rename(repository, "org/new")
    api = judge.api(stand_in_hub.endpoint)
    assert api.model_info("org/model").id == "org/new"
    found = api.hf_hub_download("org/model", "config.json", cache_dir=judge.cache)
    assert Path(found).read_bytes() == FILES["config.json"]


def test_a_dropped_connection_is_taken_up_by_a_range(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    weights = BIG * 60
    repository.commit({"weights.bin": weights})
    stand_in_hub.faults.add("storage", drop(after=len(weights) - 1), times=1)
    api = judge.api(stand_in_hub.endpoint)
    found = api.hf_hub_download("org/model", "weights.bin", cache_dir=judge.cache)
    assert Path(found).read_bytes() == weights
    # The client keeps whole pieces of 10 MiB.
    ranges = [each.range for each in stand_in_hub.requests.to("storage")]
    assert ranges == [None, f"bytes={10 << 20}-"]


def test_the_whole_instead_of_a_range_starts_over(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.faults.add("storage", drop(after=100_000), times=1)
    stand_in_hub.faults.add("storage", no_range(), skip=1)
    api = judge.api(stand_in_hub.endpoint)
    found = api.hf_hub_download("org/model", "weights.bin", cache_dir=judge.cache)
    assert Path(found).read_bytes() == BIG
    assert [each.status for each in stand_in_hub.requests.to("storage")] == [200, 200]


@pytest.mark.parametrize("token", [None, "stranger"])
@pytest.mark.parametrize("private", [False, True])
def test_a_repository_that_is_not_there_or_not_to_be_seen_is_not_found(
    judge: Judge, stand_in_hub: StandInHub, token: str | None, private: bool
) -> None:
    from huggingface_hub.errors import RepositoryNotFoundError

    if private:
        stand_in_hub.add(RepoSpec("org/none", FILES, private=True))
    api = judge.api(stand_in_hub.endpoint, token and stand_in_hub.stranger_token)
    for ask in (api.model_info, api.list_repo_refs, api.auth_check):
        with pytest.raises(RepositoryNotFoundError):
            ask("org/none")
    with pytest.raises(RepositoryNotFoundError):
        api.hf_hub_download("org/none", "config.json", cache_dir=judge.cache)


def test_a_private_repository_is_there_for_a_member(judge: Judge, stand_in_hub: StandInHub) -> None:
    stand_in_hub.add(RepoSpec("org/private", FILES, private=True))
    api = judge.api(stand_in_hub.endpoint, stand_in_hub.token)
    assert api.model_info("org/private").private
    assert read(api.snapshot_download("org/private", cache_dir=judge.cache)) == FILES


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("stranger", 403)])
def test_the_files_of_a_gated_repository_are_for_members(
    judge: Judge, stand_in_hub: StandInHub, token: str | None, status: int
) -> None:
    from huggingface_hub.errors import GatedRepoError

    gated: Gated = "manual"
    stand_in_hub.add(RepoSpec("org/gated", FILES, gated=gated))
    api = judge.api(stand_in_hub.endpoint, token and stand_in_hub.stranger_token)
    assert api.model_info("org/gated").gated == gated
    with pytest.raises(GatedRepoError) as raised:
        api.hf_hub_download("org/gated", "weights.bin", cache_dir=judge.cache)
    assert raised.value.response.status_code == status


def test_a_member_gets_the_files_of_a_gated_repository(
    judge: Judge, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.add(RepoSpec("org/gated", FILES, gated="auto"))
    api = judge.api(stand_in_hub.endpoint, stand_in_hub.token)
    assert read(api.snapshot_download("org/gated", cache_dir=judge.cache)) == FILES


def test_a_token_that_nobody_has_is_refused(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    from huggingface_hub.errors import HfHubHTTPError

    with pytest.raises(HfHubHTTPError, match="Invalid credentials") as raised:
        judge.api(stand_in_hub.endpoint, "hf_of_nobody").model_info("org/model")
    assert raised.value.response.status_code == 401


def test_who_has_a_token_is_told(judge: Judge, stand_in_hub: StandInHub) -> None:
    assert judge.api(stand_in_hub.endpoint, stand_in_hub.token).whoami()["name"] == "member"


def test_a_revision_that_is_not_there_is_not_found(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    from huggingface_hub.errors import RevisionNotFoundError

    api = judge.api(stand_in_hub.endpoint)
    with pytest.raises(RevisionNotFoundError):
        api.model_info("org/model", revision="0" * 40)
    with pytest.raises(RevisionNotFoundError):
        api.hf_hub_download("org/model", "e", revision="größe/数据", cache_dir=judge.cache)


def test_a_file_that_is_not_there_is_not_found(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    from huggingface_hub.errors import EntryNotFoundError, RemoteEntryNotFoundError

    api = judge.api(stand_in_hub.endpoint)
    with pytest.raises(EntryNotFoundError):
        list(api.list_repo_tree("org/model", "nothing"))
    with pytest.raises(RemoteEntryNotFoundError) as raised:
        api.hf_hub_download("org/model", "nothing", cache_dir=judge.cache)
    assert raised.value.response.headers["X-Repo-Commit"] == repository.head


def test_too_many_requests_tell_when_to_come_again(
    judge: Judge, stand_in_hub: StandInHub, repository: Repository
) -> None:
    from huggingface_hub.errors import HfHubHTTPError

    from tests.fakes.hub.limits import Limit

    stand_in_hub.limits["api"] = Limit(quota=1, window=300)
    api = judge.api(stand_in_hub.endpoint)
    api.model_info("org/model")
    with pytest.raises(HfHubHTTPError, match=r"(?s)'api' rate limit.*0/1 requests remaining"):
        api.model_info("org/model")
