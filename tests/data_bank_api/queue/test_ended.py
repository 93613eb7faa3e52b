"""What is over, and removed."""

from datetime import timedelta

from sqlalchemy import func, select

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobLogRow
from data_bank_api.queue.ended import EndedJobs
from data_bank_api.queue.job import NewJob, Wanted
from data_bank_api.queue.jobs import Jobs
from tests.fakes.clock import Clock, seconds


def test_old_jobs_are_removed_with_their_logs_and_active_ones_never(
    database: Database, clock: Clock
) -> None:
    jobs = Jobs(database, clock)
    ended, active = (jobs.enqueue(NewJob(kind, {})).job_id for kind in ("ping", "sweep"))
    jobs.cancel(ended)
    cancelled_at = clock.now
    clock.pass_by(timedelta(days=1))
    assert EndedJobs(database, cancelled_at).find(10) == []
    old = EndedJobs(database, cancelled_at + seconds(1))
    assert (old.find(10), old.count()) == ([ended], 1)
    assert EndedJobs(database, clock.now, ("sweep",)).find(10) == []
    assert old.remove([ended, active]) == 1
    assert [job.job_id for job in jobs.list(Wanted(), None, 10)] == [active]
    with database.reading() as session:
        asked = select(func.count()).where(JobLogRow.job_id == ended)
        assert session.scalar(asked) == 0
