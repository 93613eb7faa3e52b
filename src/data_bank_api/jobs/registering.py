"""A repository is registered, and its first sync is queued: both or neither."""

from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.kinds.table import arguments_of
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.queue.jobs import Jobs


def register(registry: Registry, jobs: Jobs, asked: Registration) -> Job:
    """The sync. Raises ConflictError where the repository is registered already."""
    sync = HubSync(asked.name.repo_id, asked.name.repo_type)
    new = NewJob(sync.name, arguments_of(sync))
    return jobs.enqueue(new, lambda session: registry.add(session, asked))
