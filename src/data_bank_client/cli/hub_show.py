"""`databank hub show`: all that is known of a repository."""

from typing import Annotated

import msgspec
from cyclopts import Parameter

from data_bank_client.cli.hub_find import WhichType, find_repository
from data_bank_client.cli.hub_lines import artifact_line, schedule_text, snapshot_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import printable
from data_bank_client.cli.show import show as put_out
from data_bank_client.wire.hub import RepositoryDetail

_TOLD_APART = {"artifacts", "auto_sync", "sync_hours", "next_sync_at"}


def show(
    repo: str,
    /,
    *,
    type_: WhichType = None,
    files: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Print what is known of a repository, and its newest snapshots.

    Parameters
    ----------
    repo
        Its name on the Hub: `org/name`.
    type_
        What it is, where a model and a dataset have this name.
    files
        Its files instead, a line each: status, bytes, type, path, and what was wrong.
    """
    with session.client() as bank:
        repository_id = find_repository(bank, repo, type_)["repository_id"]
        if files:
            for each in bank.iter_artifacts(repository_id):
                put_out(each, artifact_line(each), json=session.json)
            return
        found = bank.get_repository(repository_id)
        snapshots = bank.list_snapshots(repository_id)["items"]
    if session.json:
        put_out({**found, "snapshots": snapshots}, "", json=True)
        return
    _print_fields(found)
    for made in snapshots:
        print(snapshot_line(made))


def _print_fields(repository: RepositoryDetail) -> None:
    for name, value in repository.items():
        if name not in _TOLD_APART and value not in (None, []):
            print(printable(f"{name:<13} {_plain(value)}"))
    print(f"{'schedule':<13} {schedule_text(repository)}")
    for status, total in repository["artifacts"].items():
        print(f"{status:<13} {total['files']} files, {total['bytes']} bytes")


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
