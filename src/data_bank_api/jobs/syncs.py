"""Syncs of repositories are asked for here, whoever asks: people, a registration, the schedule."""

from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.kinds.table import arguments_of
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.queue.jobs import Beside, Jobs, nothing


def ask_sync(jobs: Jobs, asked: HubSync, beside: Beside = nothing) -> Job:
    """The sync, or the one of the repository that is under way and does as much, or more.

    Raises what `beside` raises, and then nothing is asked for.
    """
    whole = arguments_of(HubSync(asked.repo_id, asked.repo_type, download=True))
    is_coming = jobs.is_under_way(asked.name, whole)
    arguments = whole if is_coming else arguments_of(asked)
    return jobs.enqueue(NewJob(asked.name, arguments), beside)
