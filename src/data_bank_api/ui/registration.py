"""The form that registers a repository: as it is at first, what it says, why it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from data_bank_api.api.routes.hub_question import Wish
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.repository_name import RepoName

_LABELS = {
    "repo_type": "Type",
    "repo_id": "Id",
    "revision": "Revision",
    "include": "Only these files",
    "exclude": "But not these",
}
BLANK = {"repo_type": "model", "repo_id": "", "revision": "main", "download": "on"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form is not taken, and which of its fields is to blame, if one is."""

    field: str
    message: str

    @classmethod
    def read(cls, message: str) -> "Refusal":
        """Of an error, which begins with the field's name on the wire."""
        field, _, rest = message.partition(": ")
        label = _LABELS.get(field)
        return cls("", message) if label is None else cls(field, f"{label}: {rest}")


def read_wish(fields: Mapping[str, str]) -> Wish:
    """Of the form; its patterns stand on a line each. Raises InvalidInputError."""
    patterns = (_lines(fields.get(each, "")) for each in ("include", "exclude"))
    registration = Registration.parse(
        RepoName.parse(fields.get("repo_type", ""), fields.get("repo_id", "").strip()),
        revision=fields.get("revision", "").strip() or "main",
        patterns=Patterns.parse(*patterns),
        auto_sync="auto_sync" in fields,
    )
    return Wish(registration, "download" in fields)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
