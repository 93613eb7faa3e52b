"""Names of repositories: what the Hub's own client takes, and no more."""

import pytest
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils._validators import validate_repo_id
from hypothesis import example, given
from hypothesis import strategies as st

from data_bank_api.hub.repository_name import RepoName
from data_bank_client.errors import InvalidInputError

NAMES = ["gpt2", "org/model", "a/b", "Foo-BAR_foo.bar123/x", "_a/b_", f"{'a' * 96}/{'b' * 96}", "1"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_the_hub_is_taken(name: str) -> None:
    validate_repo_id(name)
    assert str(RepoName.parse("model", name)) == name


def test_a_name_says_where_its_repository_is() -> None:
    model, dataset = RepoName.parse("model", "org/m"), RepoName.parse("dataset", "squad")
    assert (model.api_path, model.files_path) == ("models/org/m", "org/m")
    assert (dataset.api_path, dataset.files_path) == ("datasets/squad", "datasets/squad")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "a/",
        "/a",
        "a/b/c",
        "..",
        "../a",
        "a/..",
        ".a",
        "a.",
        "-a",
        "a-",
        "a--b",
        "a..b",
        "a.git",
        "a/b.git",
        "a b",
        "a\n",
        "a\0b",
        "a%2fb",
        "a?b",
        "a#b",
        "a\\b",
        "caf\u00e9/x",
        f"{'a' * 97}",
        f"{'a' * 97}/b",
        "datasets/x",
        "Spaces/x",
        "api/models",
    ],
)
def test_what_the_hub_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError, match="repo_id"):
        RepoName.parse("model", name)


@pytest.mark.parametrize("repo_type", ["", "models", "space", "Model"])
def test_a_repository_holds_a_model_or_a_dataset(repo_type: str) -> None:
    with pytest.raises(InvalidInputError, match="model or dataset"):
        RepoName.parse(repo_type, "a/b")


@given(st.text(alphabet="ab.-_/\u00e9 G", max_size=12) | st.from_regex(r"\A[\w.-]+/[\w.-]+\Z"))
@example("a.git/b")
def test_a_name_that_is_taken_is_one_that_the_hubs_client_takes(name: str) -> None:
    try:
        RepoName.parse("model", name)
    except InvalidInputError:
        return
    validate_repo_id(name)


@given(st.text(alphabet="ab.-_/", min_size=1, max_size=8))
def test_a_name_that_the_hubs_client_takes_is_taken(name: str) -> None:
    try:
        validate_repo_id(name)
    except HFValidationError:
        return
    RepoName.parse("dataset", name)
