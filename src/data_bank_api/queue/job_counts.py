"""How many jobs are in each state, counted up to a bound: so asking stays cheap."""

from sqlalchemy import Select, func, select

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobRow
from data_bank_client.wire.jobs import JOB_STATES, JobState

MOST = 10_000


def count_jobs(database: Database, most: int = MOST) -> dict[JobState, int]:
    """For each state; `most` + 1 means more than `most`."""
    with database.reading() as session:
        return {state: session.scalar(_count(state, most)) or 0 for state in JOB_STATES}


def _count(state: JobState, most: int) -> Select[int]:
    some = select(JobRow.job_id).where(JobRow.state == state).limit(most + 1).subquery()
    return select(func.count()).select_from(some)
