"""What keeps a file from being removed: the snapshots of the Hub mirror that need it."""

from starlette.datastructures import QueryParams

from data_bank_api.db.database import Database
from data_bank_api.hub.snapshots import Snapshots
from data_bank_client.errors import ConflictError, InvalidInputError
from data_bank_client.wire.digest import Digest

_ANSWERS = {"true": True, "false": False}
_SHOWN = 3


def is_forced(query: QueryParams) -> bool:
    """Raises InvalidInputError for what is neither `true` nor `false`."""
    text = query.get("force", "false")
    if text not in _ANSWERS:
        raise InvalidInputError("force must be true or false")
    return _ANSWERS[text]


def require_unneeded(database: Database, digest: Digest) -> None:
    """Raises ConflictError, which names some of the snapshots that need the file."""
    needs = Snapshots(database).needs(digest, _SHOWN)
    if needs:
        shown = ", ".join(f"{each.name.repo_type} {each.name} at {each.commit}" for each in needs)
        raise ConflictError(f"snapshots need this file: {shown}; by force it is removed all the same")
