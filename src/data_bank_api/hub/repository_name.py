"""The name of a repository of the Hub: what it holds, and its id.

    RepoName.parse("model", "org/name")     api  models/org/name      files  org/name
    RepoName.parse("dataset", "squad")      api  datasets/squad       files  datasets/squad

A name that was parsed needs no quoting in an address.
"""

import re
from dataclasses import dataclass
from typing import Literal, Self

from data_bank_client.errors import InvalidInputError

RepoType = Literal["model", "dataset"]

LONGEST_NAME = 96  # characters, of each part
# As the Hub's own client checks it: ASCII, neither end of a part is `-` or `.`.
_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?"
_ID = re.compile(rf"\A(?:({_PART})/)?({_PART})\Z")
# What else stands at the beginning of an address there: the file of the model `datasets/x`
# would be one of the dataset `x`.
_NO_OWNERS = {"api", "datasets", "models", "spaces", "buckets", "kernels", "collections", "papers"}
_TYPES: dict[str, RepoType] = {"model": "model", "dataset": "dataset"}


@dataclass(frozen=True, slots=True, order=True)
class RepoName:
    """Make one with `parse`. `repo_id` is `owner/name`, or `name` for some of the oldest."""

    repo_type: RepoType
    repo_id: str

    @classmethod
    def parse(cls, repo_type: str, repo_id: str) -> Self:
        """Raises InvalidInputError for what the Hub would not take."""
        known = _TYPES.get(repo_type)
        if known is None:
            raise InvalidInputError("repo_type: it is model or dataset")
        found = _ID.match(repo_id)
        if found is None or "--" in repo_id or ".." in repo_id or repo_id.endswith(".git"):
            raise InvalidInputError(
                "repo_id: owner/name, each of letters, digits, `-`, `_` and `.`, which neither "
                f"begin nor end it nor stand twice, up to {LONGEST_NAME} of them, without .git"
            )
        if str(found.group(1)).lower() in _NO_OWNERS:
            raise InvalidInputError("repo_id: it is owner/name, without what the Hub puts before")
        return cls(known, repo_id)

    @property
    def api_path(self) -> str:
        """Below `/api/`."""
        return f"{self.repo_type}s/{self.repo_id}"

    @property
    def files_path(self) -> str:
        """In front of `/resolve/`."""
        return self.repo_id if self.repo_type == "model" else f"{self.repo_type}s/{self.repo_id}"

    def __str__(self) -> str:
        return self.repo_id
