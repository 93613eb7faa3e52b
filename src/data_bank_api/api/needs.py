"""What keeps a file from being removed: snapshots of the Hub mirror, and datasets, that need it.

It is asked before a removal and after it. What comes in between is told to who removed the file
here, or finds by itself that the file is gone (hub/publisher.py, a dataset's job), or both.
"""

from starlette.datastructures import QueryParams

from data_bank_api.datasets.registry import Datasets
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
    """Raises ConflictError, which names some of those that need the file."""
    shown = _needs(database, digest)
    if shown:
        raise ConflictError(f"this file is needed by {shown}; by force it is removed all the same")


def require_still_unneeded(database: Database, digest: Digest) -> None:
    """Of a file that was just removed. Raises ConflictError, as `require_unneeded`."""
    shown = _needs(database, digest)
    if shown:
        raise ConflictError(
            f"the file is removed, but what came in the meantime needs it: {shown}; "
            "store it again, or sync the repository with its download"
        )


def _needs(database: Database, digest: Digest) -> str:
    told = [
        f"the snapshot of the {each.name.repo_type} {each.name} at {each.commit}"
        for each in Snapshots(database).needs(digest, _SHOWN)
    ]
    told += [
        f"the dataset {each.dataset_id} ({each.name})"
        for each in Datasets(database).needs(digest, _SHOWN)
    ]
    return ", ".join(told[:_SHOWN])
