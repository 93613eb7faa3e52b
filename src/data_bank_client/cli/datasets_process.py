"""`databank datasets process`: have the report of a dataset made."""

from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.datasets_find import find_dataset
from data_bank_client.cli.job_lines import job_line
from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.wire.jobs import ACTIVE_STATES


def process(
    dataset: str,
    /,
    *,
    force: Annotated[bool, Parameter(negative="")] = False,
    watch: Annotated[bool, Parameter(negative="")] = False,
    session: Session = DEFAULT,
) -> None:
    """Have the report of a dataset made, where there is none, and print the job.

    Parameters
    ----------
    dataset
        Its id, or its name, where no other has that.
    force
        Make it anew.
    watch
        Watch the job until it ends, as `databank jobs watch` does.
    """
    with session.client() as bank:
        dataset_id = find_dataset(bank, dataset)["id"]
        job = bank.datasets.process(dataset_id, force=force)
        show(job, job_line(job), json=session.json)
        is_active = job["state"] in ACTIVE_STATES
        if watch and is_active:
            watch_to_end(bank, job["job_id"], json=session.json)
        if watch or not is_active:
            session.hint(f"its report: databank datasets report {dataset_id}")
        else:
            session.hint(f"to watch it: databank jobs watch {job['job_id']}")
