"""A repository of the mirror by its name on the Hub, as people know it."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.client import DataBankClient
from data_bank_client.errors import InvalidInputError, NotFoundError
from data_bank_client.wire.hub import RepositoryAnswer, RepoType

# Asked for only where a model and a dataset have the same name.
WhichType = Annotated[RepoType | None, Parameter(name="--type")]


def find_repository(
    bank: DataBankClient, repo_id: str, repo_type: RepoType | None
) -> RepositoryAnswer:
    """Raises NotFoundError, and InvalidInputError where the name alone says too little."""
    found = list(bank.iter_repositories(repo_type, repo_id))
    if not found:
        said = "" if repo_type is None else f" --type {repo_type}"
        raise NotFoundError(f"{repo_id} is not mirrored: databank hub add {repo_id}{said}")
    if len(found) > 1:
        raise InvalidInputError(f"{repo_id} is a model and a dataset: say which by --type")
    return found[0]
