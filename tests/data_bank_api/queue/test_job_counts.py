"""How many jobs are in each state."""

from data_bank_api.db.database import Database
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.job_counts import count_jobs
from data_bank_api.queue.jobs import Jobs
from data_bank_client.wire.jobs import JOB_STATES


def test_jobs_are_counted_by_state_up_to_a_bound(database: Database) -> None:
    jobs = Jobs(database)
    ids = [jobs.enqueue(NewJob("ping", {"message": str(each)})).job_id for each in range(5)]
    jobs.cancel(ids[0])
    nothing = dict.fromkeys(JOB_STATES, 0)
    assert count_jobs(database) == {**nothing, "queued": 4, "cancelled": 1}
    assert count_jobs(database, most=2) == {**nothing, "queued": 3, "cancelled": 1}
