"""A repository is registered, and its first sync is queued: both or neither."""

from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.syncs import ask_sync
from data_bank_api.queue.job import Job
from data_bank_api.queue.jobs import Jobs


def register(registry: Registry, jobs: Jobs, asked: Registration, *, download: bool = False) -> Job:
    """The sync, with `download` or where it keeps itself whole one that downloads all, too.

    Raises ConflictError where the repository is registered already.
    """
    name, is_whole = asked.name, download or asked.auto_sync
    sync = HubSync(name.repo_id, name.repo_type, download=is_whole)
    return ask_sync(jobs, sync, lambda session, _: registry.add(session, asked))
