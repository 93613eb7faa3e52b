"""Names of states of a repository: a branch, a tag, a pull request (`refs/pr/1`), a commit."""

import re

from data_bank_client.errors import InvalidInputError

LONGEST_REVISION = 255
_COMMIT = re.compile(r"\A[0-9a-f]{40}\Z")
# What git has in no name (git-check-ref-format), and what begins like an option.
_NO_NAME = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)|[/.]\Z|\A[/.-]|\A@\Z"
)


def check_revision(text: str) -> str:
    """The name. Raises InvalidInputError for what git takes for none."""
    is_name = text.isprintable() and not _NO_NAME.search(text)
    if not is_name or not 1 <= len(text) <= LONGEST_REVISION:
        raise InvalidInputError(
            f"revision: a branch, a tag or a commit, up to {LONGEST_REVISION} characters"
        )
    return text


def is_commit(text: str) -> bool:
    """Whether it is a commit's full name."""
    return _COMMIT.match(text) is not None
