"""What the tables say of jobs when somebody asks: one look, each part of which is bounded.

Jobs that are under way are looked at by the index of their state, the oldest MOST of each state;
of the letters the oldest MOST, whatever their topics. What has become of jobs is in the tally.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobRow, Moment, OutboxRow
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_api.queue.letters import TOPICS
from data_bank_api.queue.tally import Counted, Tally
from data_bank_client.wire.jobs import ACTIVE_STATES, JobState

MOST = 100_000
# A run beats each second, and one that is silent for five is given up by who watches the beats.
STALE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The jobs of a kind in a state; `oldest` is the first moment that one of them is due, or was
    started. `stale`: how many have given no sign of life for STALE."""

    kind: str
    state: JobState
    count: int
    oldest: datetime
    stale: int


@dataclass(frozen=True, slots=True)
class JobFigures:
    """`letters` of each topic, as they wait in the outbox."""

    looked_at: datetime
    under_way: Sequence[UnderWay]
    letters: Sequence[tuple[str, int]]
    counted: Sequence[Counted]


def read_job_figures(database: Database, clock: Clock = utc_now) -> JobFigures:
    """Raises DatabaseAwayError."""
    with database.reading() as session:
        silent_since = session.scalars(select(func.now(type_=Moment))).one() - STALE
        under_way = [
            each for state in ACTIVE_STATES for each in _under_way(session, state, silent_since)
        ]
        letters = _count_letters(session)
    return JobFigures(clock(), under_way, letters, Tally(database).read())


def _under_way(session: Session, state: JobState, silent_since: datetime) -> list[UnderWay]:
    asked = _grouped(state, silent_since)
    return [
        UnderWay(kind, state, count, oldest, stale)
        for kind, count, oldest, stale in session.execute(asked)
    ]


def _grouped(state: JobState, silent_since: datetime) -> Select[str, int, datetime, int]:
    is_started = state == "started"
    since = JobRow.started_at if is_started else JobRow.due_at
    beat_at = func.coalesce(JobRow.beat_at, JobRow.started_at)
    some = (
        select(JobRow.kind, since.label("since"), beat_at.label("beat_at"))
        .where(JobRow.state == state)
        .order_by(JobRow.queued_at)
        .limit(MOST)
        .subquery()
    )
    is_stale = case((some.c.beat_at < silent_since, 1), else_=0) if is_started else 0
    return select(
        some.c.kind,
        func.count(),
        func.min(some.c.since, type_=Moment),
        func.sum(is_stale),
    ).group_by(some.c.kind)


def _count_letters(session: Session) -> list[tuple[str, int]]:
    """No index has the topic: to look for one that is rare would be to read all letters."""
    some = select(OutboxRow.topic).order_by(OutboxRow.letter_id).limit(MOST).subquery()
    asked = select(some.c.topic, func.count()).group_by(some.c.topic)
    found = [(topic, count) for topic, count in session.execute(asked)]
    return [(topic, sum(count for other, count in found if other == topic)) for topic in TOPICS]
