"""What comes after a dataset is added: its report is made, which may be watched to its end."""

from collections.abc import Sequence

from data_bank_client.cli.job_ends import JobCancelledError, JobFailedError, JobInputError
from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.session import Session
from data_bank_client.client import DataBankClient
from data_bank_client.errors import JobNotFoundError
from data_bank_client.wire.datasets import StoredDataset

_Failure = JobCancelledError | JobFailedError | JobInputError


def follow(
    bank: DataBankClient, datasets: Sequence[StoredDataset], *, watch: bool, session: Session
) -> None:
    """Say what comes next; with `watch` show the steps of their jobs first.

    All are seen through; then the first failure is raised, the others are said.
    """
    if not watch:
        for each in datasets:
            _say_what_is_next(each, session)
        return
    failures = [failure for each in datasets if (failure := _watched(bank, each, session))]
    for other in failures[1:]:
        session.hint(other.message)
    if failures and len(datasets) > 1:
        session.hint(f"{len(failures)} of {len(datasets)} have no report")
    if failures:
        raise failures[0]


def _watched(bank: DataBankClient, dataset: StoredDataset, session: Session) -> _Failure | None:
    try:
        if dataset["status"] != "done":
            _watch(bank, dataset, session)
    except (JobCancelledError, JobFailedError, JobInputError) as failure:
        return type(failure)(f"{dataset['name']}: {failure.message}")
    session.hint(f"its report: databank datasets report {dataset['id']}")
    return None


def _watch(bank: DataBankClient, dataset: StoredDataset, session: Session) -> None:
    """A job is forgotten after a while: then the dataset tells how it ended."""
    job = dataset["latest_job_id"]
    try:
        if job is not None:
            return watch_to_end(bank, job, json=session.json)
    except JobNotFoundError:
        dataset = bank.datasets.get(dataset["id"])
    if dataset["status"] != "done":
        raise JobFailedError(f"the job failed: {dataset['error'] or 'it is forgotten'}")
    return None


def _say_what_is_next(dataset: StoredDataset, session: Session) -> None:
    if dataset["status"] == "failed":
        session.hint(f"it cannot be profiled: {dataset['error']}")
    elif dataset["status"] != "done":
        job = dataset["latest_job_id"]
        session.hint(f"it is being profiled; to watch it: databank jobs watch {job}")
    if dataset["report_available"]:
        session.hint(f"its report: databank datasets report {dataset['id']}")
