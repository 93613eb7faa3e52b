"""`databank catalog mirror`: bring a dataset that was found into the bank."""

from data_bank_client.cli.hub_follow import Watch, follow
from data_bank_client.cli.hub_lines import hub_job_line
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.client import DataBankClient
from data_bank_client.errors import ConflictError
from data_bank_client.wire.hub import HubJobAnswer


def mirror(
    dataset_id: str,
    /,
    *,
    watch: Watch = False,
    session: Session = DEFAULT,
) -> None:
    """Mirror a dataset: all of it is fetched, what is new where it was before; print the job.

    `databank hub add --type dataset` mirrors parts of one, and other revisions than main.

    Parameters
    ----------
    dataset_id
        Its id on the Hub: `org/name`.
    watch
        Watch the job until it ends, as `databank jobs watch` does.
    """
    with session.client() as bank:
        job = _begin(bank, dataset_id)
        show(job, hub_job_line(job), json=session.json)
        follow(bank, job, dataset_id, list_only=False, watch=watch, session=session)


def _begin(bank: DataBankClient, dataset_id: str) -> HubJobAnswer:
    try:
        return bank.register_repository(dataset_id, "dataset", download=True)
    except ConflictError:  # it is mirrored already
        return bank.sync_repository(dataset_id, "dataset", download=True)
