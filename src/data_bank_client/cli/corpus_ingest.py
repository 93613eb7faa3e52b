"""`databank corpus ingest`: files of a repository, or the file at an https address."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.calls.corpus import IngestedAddress, IngestedFiles
from data_bank_client.cli.job_lines import job_line
from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.hub import RepoType

Patterns = Annotated[list[str] | None, Parameter(negative="")]


def ingest(
    source: str,
    /,
    *,
    type_: Annotated[RepoType | None, Parameter(name="--type")] = None,
    revision: str | None = None,
    include: Patterns = None,
    exclude: Patterns = None,
    sha256: str | None = None,
    content_type: str | None = None,
    name: str | None = None,
    watch: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Bring files into the bank, and print the job that does it; its result is their id.

    Parameters
    ----------
    source
        A repository of the Hub, `org/name`, or the https address of a file.
    type_
        What the repository is; a dataset, unless this says otherwise.
    revision
        A branch, a tag or a commit of it; `main`, unless this says otherwise.
    include
        Only files of it that match: `*.parquet`, say; may be said several times.
    exclude
        No file of it that matches; may be said several times.
    sha256
        What the file at the address must be.
    content_type
        Its content type, instead of what the answer says.
    name
        Its name, instead of the address's end.
    watch
        Watch it until it ends, as `databank jobs watch` does.
    """
    wanted = IngestedFiles(revision=revision, include=include, exclude=exclude)
    said = IngestedAddress(sha256=sha256, content_type=content_type, name=name)
    is_address = "://" in source
    _check(is_address, type_, *wanted.values())
    _check(not is_address, *said.values())
    with session.client() as bank:
        if is_address:
            job = bank.ingest_url(source, **said)
        else:
            job = bank.ingest_corpus(source, type_ or "dataset", **wanted)
        show(job, job_line(job), json=session.json)
        if watch:
            watch_to_end(bank, job["job_id"], json=session.json)


def _check(is_vain: bool, *given: object) -> None:
    """Options that would not be heeded are a mistake."""
    if is_vain and any(each is not None for each in given):
        raise InvalidInputError(
            "a repository has --type, --revision, --include and --exclude; an address has "
            "--sha256, --content-type and --name"
        )
