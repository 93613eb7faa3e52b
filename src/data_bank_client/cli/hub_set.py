"""`databank hub set`: mirror a repository in another way than it was added."""

from typing import Annotated

import msgspec
from cyclopts import Parameter

from data_bank_client.cli.hub_find import WhichType, find_repository
from data_bank_client.cli.hub_follow import Hours
from data_bank_client.cli.hub_lines import repository_line, schedule_text
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.hub import HubChange

_LISTED_BY = {"revision", "include", "exclude"}
_BY_HAND = {"auto_sync": False, "sync_hours": None}


def set_(
    repo: str,
    /,
    *,
    type_: WhichType = None,
    auto_sync: bool | None = None,
    every: Hours = None,
    by_hand: Annotated[bool, Parameter(negative="")] = False,
    revision: str | None = None,
    include: list[str] | None = None,
    exclude: list[str] | None = None,
    vendor: str | None = None,
    name: str | None = None,
    session: Session = DEFAULT,
) -> None:
    """Change how a repository is mirrored, and print it; what is not said stays as it is.

    What is listed stays until the next sync.

    Parameters
    ----------
    repo
        Its name on the Hub: `org/name`.
    type_
        What it is, where a model and a dataset have this name.
    auto_sync
        Whether it keeps itself whole: each sync of the schedule fetches all of it, too.
    every
        Sync it every so many hours; unless it keeps itself whole it is listed then, no more.
    by_hand
        Sync it no more by itself.
    revision
        A branch, a tag or a commit.
    include
        Only files that match; may be said several times.
    exclude
        No file that matches; may be said several times.
    vendor
        Whose it is, in words; `''` for nobody's.
    name
        What it is called, in words; `''` for nothing.
    """
    if by_hand and (auto_sync or every is not None):
        raise InvalidInputError("--by-hand takes back the schedule: say one of both")
    said = {
        "auto_sync": auto_sync,
        "sync_hours": every,
        "revision": revision,
        "include": include,
        "exclude": exclude,
    }
    labels = {"vendor": vendor, "name": name}
    wanted: dict[str, object] = {key: value for key, value in said.items() if value is not None}
    wanted |= {key: text or None for key, text in labels.items() if text is not None}
    wanted |= _BY_HAND if by_hand else {}
    if not wanted:
        raise InvalidInputError("say what is to be another: databank hub set --help")
    changes = msgspec.convert(wanted, HubChange)
    with session.client() as bank:
        found = find_repository(bank, repo, type_)
        changed = bank.change_repository(found["repository_id"], **changes)
    show(changed, repository_line(changed), json=session.json)
    session.hint(f"its schedule: {schedule_text(changed)}")
    if not changed["auto_sync"] and not _LISTED_BY.isdisjoint(wanted):
        session.hint(f"its files are those once it is synced: databank hub sync {repo}")
