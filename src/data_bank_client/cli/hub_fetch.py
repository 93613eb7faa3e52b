"""`databank hub fetch`: a snapshot as files of a local folder."""

import hashlib
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.bars import progress_bar
from data_bank_client.cli.hub_find import WhichType, find_repository
from data_bank_client.cli.hub_manifest import ManifestFile, place_in, read_manifest
from data_bank_client.cli.paths import to_path
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.client import DataBankClient
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.hub import RepositoryAnswer


def fetch(
    repo: str,
    /,
    *,
    type_: WhichType = None,
    commit: str | None = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], converter=to_path)] = None,
    session: Session = DEFAULT,
) -> None:
    """Fetch a snapshot into a folder, verified; run again, it goes on where it was cut off.

    Each file is printed when it is there, its id and path; what is there already is not fetched.

    Parameters
    ----------
    repo
        Its name on the Hub: `org/name`.
    type_
        What it is, where a model and a dataset have this name.
    commit
        Of which commit, else the newest snapshot.
    output
        The folder, else one of the repository's name.
    """
    folder = output or Path(repo.rpartition("/")[2])
    with session.client() as bank:
        found = find_repository(bank, repo, type_)
        files = _list(bank, found, commit)
        # All names are judged before the first file is written.
        placed = [(each, place_in(folder, each.path)) for each in files]
        for file, place in placed:
            _fetch(bank, file, place, json=session.json)
            record = {"file_id": file.sha256, "path": str(place), "size": file.size}
            show(record, f"{file.sha256}  {place}", json=session.json)


def _list(
    bank: DataBankClient, repository: RepositoryAnswer, commit: str | None
) -> list[ManifestFile]:
    wanted = commit or repository["head"]
    name = repository["repo_id"]
    if wanted is None:
        raise NotFoundError(f"{name} has no snapshot yet: databank hub download {name}")
    snapshot = bank.get_snapshot(repository["repository_id"], wanted)
    return read_manifest(b"".join(bank.stream(snapshot["manifest_id"])))


def _fetch(bank: DataBankClient, file: ManifestFile, place: Path, *, json: bool) -> None:
    if _is_there(file, place):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with progress_bar(place.name, json=json) as tell:
        bank.download_to_path(file.sha256, place, on_progress=tell)


def _is_there(file: ManifestFile, place: Path) -> bool:
    if not (place.is_file() and place.stat().st_size == file.size):
        return False
    with place.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
