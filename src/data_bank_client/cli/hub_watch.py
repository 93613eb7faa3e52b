"""Watching a repository on its way into the bank: its listing, then its download."""

from data_bank_client.cli.hub_lines import hub_job_line
from data_bank_client.cli.job_watch import watch_to_end
from data_bank_client.cli.show import show
from data_bank_client.client import DataBankClient
from data_bank_client.wire.hub import HubJobAnswer, RepoType


def watch_until_whole(
    bank: DataBankClient, repo_id: str, repo_type: RepoType, job: HubJobAnswer, *, json: bool
) -> None:
    """Watch the job that lists it, then have it downloaded, and watch that.

    Raises the error that an end is, if it is one: then nothing more is begun.
    """
    watch_to_end(bank, job["job_id"], json=json)
    download = bank.download_repository(repo_id, repo_type)
    show(download, hub_job_line(download), json=json)
    watch_to_end(bank, download["job_id"], json=json)
