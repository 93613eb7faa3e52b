"""The artifacts of a repository: listed, and found by what they are and how they are."""

import pytest

from data_bank_api.db.database import Database
from data_bank_api.hub.artifact import Sum
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.listing import begin_listing
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.sync import is_small_metadata, sync
from data_bank_api.hub.tree import TreeFile
from data_bank_client.errors import NotFoundError
from tests.fakes.hub_in_memory import NAME, WANTED, Mirrored, lfs, plain

FILES = {
    "config.json": plain("{}"),
    "model.Q4_K_M.gguf": lfs("quantised"),
    "model.bf16.safetensors": lfs("weights"),
    "tokenizer.json": lfs("words"),
    "train.parquet": lfs("rows"),
    "README.md": plain("# A model"),
}


@pytest.fixture
def mirrored(database: Database) -> Mirrored:
    mirrored = Mirrored(database)
    mirrored.hub.commit(FILES)
    mirrored.register()
    sync(mirrored.mirror, NAME, mirrored.told)
    return mirrored


def paths(mirrored: Mirrored, wanted: Wanted, after: str | None = None) -> list[str]:
    repository_id = mirrored.mirror.registry.find(NAME).repository_id
    found = mirrored.mirror.artifacts.list(repository_id, wanted, after, 10)
    return [each.file.path.text for each in found]


def test_artifacts_are_found_by_kind_state_and_place(mirrored: Mirrored) -> None:
    models = ["model.Q4_K_M.gguf", "model.bf16.safetensors"]
    assert paths(mirrored, Wanted(kinds=("model",))) == models
    assert paths(mirrored, Wanted(kinds=("config", "tokenizer"))) == [
        "config.json",
        "tokenizer.json",
    ]
    assert paths(mirrored, Wanted(("pending",))) == [*models, "train.parquet"]
    assert paths(mirrored, Wanted(("pending",), ("other",))) == ["train.parquet"]
    assert paths(mirrored, WANTED, after="tokenizer.json") == ["train.parquet"]


def test_what_a_file_is_is_told_of_it(mirrored: Mirrored) -> None:
    repository_id = mirrored.mirror.registry.find(NAME).repository_id
    found = mirrored.mirror.artifacts.list(repository_id, Wanted(kinds=("model",)), None, 10)
    assert [(each.format, each.precision) for each in found] == [
        ("gguf", "q4_k_m"),
        ("safetensors", "bf16"),
    ]


def test_files_and_bytes_are_summed_by_state(mirrored: Mirrored) -> None:
    sums = mirrored.mirror.artifacts.sums(mirrored.mirror.registry.find(NAME).repository_id)
    assert (sums.of("completed"), sums.of("pending")) == (Sum(3, 16), Sum(3, 20))
    assert (sums.of("failed"), sums.all) == (Sum(), Sum(6, 36))


def test_metadata_are_small_files_that_tell_of_a_repository(mirrored: Mirrored) -> None:
    repository_id = mirrored.mirror.registry.find(NAME).repository_id
    commit = "c" * 40
    listing = begin_listing(mirrored.database, repository_id, commit, {})
    file = FILES["config.json"].listed_as("config.json")
    listing.take([TreeFile(file.path, 10_000_000, file.oid), FILES["README.md"].listed_as("a")], {})
    found = mirrored.mirror.artifacts.list(repository_id, WANTED, None, 10)
    told = {each.file.path.text: is_small_metadata(each) for each in found}
    assert told == {
        "README.md": True,
        "a": True,
        "config.json": False,
        "model.Q4_K_M.gguf": False,
        "model.bf16.safetensors": False,
        "tokenizer.json": True,
        "train.parquet": False,
    }


def test_a_path_that_the_hub_lists_twice_is_one_artifact(mirrored: Mirrored) -> None:
    repository_id = mirrored.mirror.registry.find(NAME).repository_id
    listing = begin_listing(mirrored.database, repository_id, "c" * 40, {})
    listing.take([plain("1").listed_as("a"), plain("2").listed_as("a")], {})
    listing.take([plain("3").listed_as("a")], {})
    listing.finish(mirrored.clock)
    found = mirrored.mirror.artifacts.list(repository_id, WANTED, None, 10)
    assert [each.file for each in found] == [plain("3").listed_as("a")]


def test_listings_that_are_cut_off_again_and_again_leave_a_bounded_number(
    mirrored: Mirrored,
) -> None:
    repository_id = mirrored.mirror.registry.find(NAME).repository_id
    numbers = []
    for number in range(4):
        listing = begin_listing(mirrored.database, repository_id, "c" * 40, {}, most_left=5)
        numbers.append(mirrored.mirror.artifacts.sums(repository_id).all.files)
        listing.take([plain("x").listed_as(f"{number}/{each}") for each in range(3)], {})
    assert numbers == [len(FILES), len(FILES) + 3, len(FILES), len(FILES) + 3]


def test_a_repository_that_is_not_registered_is_not_listed(database: Database) -> None:
    with pytest.raises(NotFoundError, match="no such repository"):
        begin_listing(database, "0" * 32, "c" * 40, {})


def test_what_the_hub_knows_of_tensors_goes_before_the_name(database: Database) -> None:
    mirrored = Mirrored(database)
    repository_id = mirrored.register(RepoName("model", "org/other")).repository_id
    listing = begin_listing(database, repository_id, "c" * 40, {"F16": 10, "F32": 1})
    listing.take([lfs("w").listed_as("model.bf16.safetensors")], {})
    [found] = mirrored.mirror.artifacts.list(repository_id, WANTED, None, 10)
    assert found.precision == "f16"
