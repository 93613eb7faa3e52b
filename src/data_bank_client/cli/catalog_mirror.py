"""`databank catalog mirror`: bring a dataset that was found into the bank."""

import sys
from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.hub_lines import hub_job_line
from data_bank_client.cli.hub_watch import watch_until_whole
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import printable, show
from data_bank_client.client import DataBankClient
from data_bank_client.errors import ConflictError
from data_bank_client.wire.hub import HubJobAnswer


def mirror(
    dataset_id: str,
    /,
    *,
    watch: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Mirror a dataset: it is listed now, also where it was before; print the job that does it.

    `databank hub add --type dataset` mirrors parts of one, and other revisions than main.

    Parameters
    ----------
    dataset_id
        Its id on the Hub: `org/name`.
    watch
        Watch the listing to its end, then download everything, and watch that.
    """
    with session.client() as bank:
        job = _begin(bank, dataset_id)
        show(job, hub_job_line(job), json=session.json)
        if watch:
            watch_until_whole(bank, dataset_id, "dataset", job, json=session.json)
        elif not session.json:
            further = f"databank hub download {dataset_id} --type dataset"
            print(printable(f"databank: when it is listed: {further}"), file=sys.stderr)


def _begin(bank: DataBankClient, dataset_id: str) -> HubJobAnswer:
    try:
        return bank.register_repository(dataset_id, "dataset")
    except ConflictError:  # it is mirrored already
        return bank.sync_repository(dataset_id, "dataset")
