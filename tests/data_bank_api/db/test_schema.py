"""What the tables promise, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobLogRow, JobRow, OutboxRow
from tests.fakes.databases import PostgresServer

AT = datetime(2026, 1, 1, tzinfo=UTC)


def add_job(database: Database, job_id: str, state: str, queued_at: datetime = AT) -> None:
    row = JobRow(job_id=job_id, kind="ping", arguments={"b": 1}, key="k", state=state)
    row.queued_at = row.due_at = queued_at
    with database.transaction() as session:
        session.add(row)


def moments(database: Database) -> list[datetime]:
    with database.reading() as session:
        return list(session.scalars(select(JobRow.queued_at).order_by(JobRow.queued_at)))


@pytest.mark.parametrize("second", ["queued", "started", "retrying"])
def test_of_two_active_jobs_with_one_key_the_second_is_refused(
    database: Database, second: str
) -> None:
    add_job(database, "1", "queued")
    with pytest.raises(IntegrityError):
        add_job(database, "2", second)
    assert len(moments(database)) == 1


def test_jobs_that_ended_keep_no_key(database: Database) -> None:
    for number, state in enumerate(["success", "failure", "cancelled", "queued"]):
        add_job(database, str(number), state)
    assert len(moments(database)) == 4


def test_a_moment_comes_back_as_utc_whatever_zone_it_had(database: Database) -> None:
    tokyo = timezone(timedelta(hours=9))
    add_job(database, "1", "success", datetime(2026, 1, 1, 9, 0, 0, 1, tzinfo=tokyo))
    add_job(database, "2", "success", datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC))
    assert moments(database) == [AT, AT + timedelta(microseconds=1)]
    assert {moment.tzinfo for moment in moments(database)} == {UTC}


def test_a_server_in_another_zone_changes_no_moment(
    postgres: PostgresServer, postgresql_url: str
) -> None:
    name = postgresql_url.partition("@/")[2].partition("?")[0]
    postgres.execute(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
    database = Database(postgresql_url)
    add_job(database, "1", "success")
    assert moments(database) == [AT]
    database.close()


def test_the_number_of_a_letter_that_is_gone_is_never_used_again(database: Database) -> None:
    numbers = []
    for _ in range(2):
        with database.transaction() as session:
            session.execute(insert(OutboxRow).values(topic="run", content={}, due_at=AT))
            numbers.append(session.scalar(select(func.max(OutboxRow.letter_id))))
        with database.transaction() as session:
            session.execute(delete(OutboxRow))
    assert numbers == [1, 2]


def test_the_log_of_a_job_goes_with_it(database: Database) -> None:
    add_job(database, "1", "success")
    with database.transaction() as session:
        session.add(JobLogRow(job_id="1", at=AT, level="info", text="done"))
    with database.transaction() as session:
        session.execute(delete(JobRow))
        assert session.scalar(select(func.count()).select_from(JobLogRow)) == 0
