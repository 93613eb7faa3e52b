"""What keeps a file from being removed: the snapshots of the Hub mirror that need it.

It is asked before a removal and after it. A snapshot that comes in between is told to who removed
the file here, or finds by itself that the file is gone (hub/publisher.py), or both.
"""

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
    shown = _needs(database, digest)
    if shown:
        raise ConflictError(
            f"snapshots need this file: {shown}; by force it is removed all the same"
        )


def require_still_unneeded(database: Database, digest: Digest) -> None:
    """Of a file that was just removed. Raises ConflictError, as `require_unneeded`."""
    shown = _needs(database, digest)
    if shown:
        raise ConflictError(
            f"the file is removed, but snapshots that were made in the meantime need it: {shown}; "
            "store it again, or sync the repository with its download"
        )


def _needs(database: Database, digest: Digest) -> str:
    needs = Snapshots(database).needs(digest, _SHOWN)
    return ", ".join(f"{each.name.repo_type} {each.name} at {each.commit}" for each in needs)
