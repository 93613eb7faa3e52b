"""The log of a job: lines for the people who wait for it, the last LOG_LIMIT of them."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_bank_api.db.schema import JobLogRow
from data_bank_api.queue.new_events import plain
from data_bank_client.wire.jobs import LOG_LIMIT, JobLine, Level
from data_bank_client.wire.times import format_time

LINE_LENGTH = 2000  # characters


def write_line(session: Session, job_id: str, now: datetime, level: Level, text: str) -> None:
    """One more line; of a longer text its beginning."""
    shown = plain(text)[:LINE_LENGTH]
    session.add(JobLogRow(job_id=job_id, at=now, level=level, text=shown))
    session.flush()


def read_lines(session: Session, job_id: str) -> list[JobLine]:
    """Oldest first, the last LOG_LIMIT."""
    newest = (
        select(JobLogRow)
        .where(JobLogRow.job_id == job_id)
        .order_by(JobLogRow.line_id.desc())
        .limit(LOG_LIMIT)
    )
    return [
        JobLine(at=format_time(row.at), level=msgspec.convert(row.level, Level), text=row.text)
        for row in reversed(session.scalars(newest).all())
    ]


def trim_lines(session: Session, job_id: str) -> None:
    """Remove all but the last LOG_LIMIT lines."""
    oldest_kept = (
        select(JobLogRow.line_id)
        .where(JobLogRow.job_id == job_id)
        .order_by(JobLogRow.line_id.desc())
        .offset(LOG_LIMIT - 1)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        delete(JobLogRow).where(JobLogRow.job_id == job_id, JobLogRow.line_id < oldest_kept)
    )
