"""`databank hub rm`: mirror a repository no more."""

from data_bank_client.cli.hub_find import WhichType, find_repository
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show


def rm(repo: str, /, *, type_: WhichType = None, session: Session = DEFAULT) -> None:
    """Forget a repository and its snapshots, and print its name; its files stay in the bank.

    Parameters
    ----------
    repo
        Its name on the Hub: `org/name`.
    type_
        What it is, where a model and a dataset have this name.
    """
    with session.client() as bank:
        found = find_repository(bank, repo, type_)
        bank.delete_repository(found["repository_id"])
    show(found, found["repo_id"], json=session.json)
