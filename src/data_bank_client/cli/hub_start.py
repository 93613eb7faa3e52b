"""`databank hub sync` and `databank hub download`: work on a repository that is mirrored."""

from data_bank_client.cli.hub_find import WhichType, find_repository
from data_bank_client.cli.hub_follow import ListOnly, Watch, follow
from data_bank_client.cli.hub_lines import hub_job_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show


def sync(
    repo: str,
    /,
    *,
    type_: WhichType = None,
    list_only: ListOnly = False,
    watch: Watch = False,
    session: Session = DEFAULT,
) -> None:
    """List a repository anew and fetch what the bank lacks of it; print the job that does it.

    Parameters
    ----------
    repo
        Its name on the Hub: `org/name`.
    type_
        What it is, where a model and a dataset have this name.
    list_only
        Fetch its small metadata alone, unless it is one that keeps itself whole.
    watch
        Watch the job until it ends, as `databank jobs watch` does.
    """
    with session.client() as bank:
        found = find_repository(bank, repo, type_)
        job = bank.sync_repository(found["repo_id"], found["repo_type"], download=not list_only)
        show(job, hub_job_line(job), json=session.json)
        only = list_only and not found["auto_sync"]
        follow(bank, job, repo, list_only=only, watch=watch, session=session)


def download(
    repo: str,
    /,
    *,
    type_: WhichType = None,
    watch: Watch = False,
    session: Session = DEFAULT,
) -> None:
    """Have the bank fetch what is listed of a repository, and print the job that does it.

    Parameters
    ----------
    repo
        Its name on the Hub: `org/name`.
    type_
        What it is, where a model and a dataset have this name.
    watch
        Watch the job until it ends, as `databank jobs watch` does.
    """
    with session.client() as bank:
        found = find_repository(bank, repo, type_)
        job = bank.download_repository(found["repo_id"], found["repo_type"])
        show(job, hub_job_line(job), json=session.json)
        follow(bank, job, repo, list_only=False, watch=watch, session=session)
