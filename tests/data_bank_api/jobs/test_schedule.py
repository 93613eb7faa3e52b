"""What the bank asks itself to do: once in each slot, and never a second beside a first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from data_bank_api.jobs.kinds.table import KINDS, read_kind
from data_bank_api.jobs.note import send_note
from data_bank_api.jobs.schedule import SCHEDULE, Recurring, Scheduler
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.strays import Strays
from data_bank_api.queue.job import Job, NewJob, Wanted
from data_bank_client.wire.jobs import JobResult
from tests.fakes.clock import Clock, seconds

EVERY_MINUTE = Recurring("ping", timedelta(minutes=1))
DONE = JobResult(result_id=None, result_bytes=0, details={})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(shop: Shop, clock: Clock) -> Shop:
    return replace(shop, clock=clock)


@pytest.fixture
def scheduler(office: Shop) -> Scheduler:
    strays = Strays(office.upkeep, office.redis)
    return Scheduler(office.jobs, office.upkeep, strays, (EVERY_MINUTE,))


def asked(office: Shop) -> list[Job]:
    """Oldest first."""
    return office.jobs.list(Wanted(kinds=("ping",)), None, 100)[::-1]


def finish(office: Shop, job: Job) -> None:
    claim = office.claims.claim(job.job_id, job.attempts + 1)
    assert claim is not None
    claim.succeed(DONE)


def put_on_the_way(office: Shop) -> None:
    letters = office.outbox.due(100, ("run",))
    for each in letters:
        send_note(office.redis, str(each.job_id), 1)
    with office.outbox.removing([each.letter_id for each in letters]):
        pass


def test_a_job_is_asked_for_once_in_each_slot(
    office: Shop, scheduler: Scheduler, clock: Clock
) -> None:
    for _ in range(3):
        scheduler.look()
        scheduler.look()
        [*_, newest] = asked(office)
        finish(office, newest)
        scheduler.look()
        clock.pass_by(seconds(60))
    first = int(asked(office)[0].key.removeprefix("ping@"))
    assert [job.key for job in asked(office)] == [f"ping@{first + number}" for number in range(3)]


def test_none_is_asked_for_while_one_is_under_way_until_it_is_ten_periods_old(
    office: Shop, scheduler: Scheduler, clock: Clock
) -> None:
    scheduler.look()
    put_on_the_way(office)
    office.claims.claim(asked(office)[0].job_id, 1)
    clock.pass_by(seconds(599))
    scheduler.look()
    assert len(asked(office)) == 1
    clock.pass_by(seconds(1))
    scheduler.look()
    assert len(asked(office)) == 2


def test_one_that_somebody_asked_for_counts_too(office: Shop, scheduler: Scheduler) -> None:
    office.jobs.enqueue(NewJob("ping", {"message": "by hand"}))
    scheduler.look()
    assert [job.arguments for job in asked(office)] == [{"message": "by hand"}]


def test_a_clock_that_goes_back_asks_for_nothing_twice(
    office: Shop, scheduler: Scheduler, clock: Clock
) -> None:
    scheduler.look()
    finish(office, asked(office)[0])
    clock.pass_by(seconds(60))
    scheduler.look()
    finish(office, asked(office)[1])
    clock.pass_by(seconds(-60))
    scheduler.look()
    assert len(asked(office)) == 2


def test_one_that_redis_has_lost_is_queued_once_more(
    office: Shop, scheduler: Scheduler, clock: Clock
) -> None:
    scheduler.look()
    put_on_the_way(office)
    clock.pass_by(seconds(11))
    scheduler.look()
    assert office.outbox.due(10, ("run",)) == []
    office.redis.flushall()
    scheduler.look()
    scheduler.look()
    [letter] = office.outbox.due(10, ("run",))
    assert letter.job_id == asked(office)[0].job_id


def test_one_that_is_lost_for_good_is_followed_by_another(
    office: Shop, scheduler: Scheduler, clock: Clock
) -> None:
    """No note comes back where its letter does not: the slots go on all the same."""
    scheduler.look()
    clock.pass_by(seconds(600))
    scheduler.look()
    assert [job.state for job in asked(office)] == ["queued", "queued"]


def test_a_key_that_a_job_of_another_kind_has_is_left_to_it(
    office: Shop, scheduler: Scheduler, clock: Clock
) -> None:
    office.jobs.enqueue(NewJob("sweep", {}, EVERY_MINUTE.key_at(clock())))
    with capture_logs() as logs:
        scheduler.look()
    assert [line["log_level"] for line in logs] == ["warning"]
    assert asked(office) == []


def test_a_scheduled_job_is_told(office: Shop, scheduler: Scheduler) -> None:
    with capture_logs() as logs:
        scheduler.look()
    assert [line["kind"] for line in logs] == ["ping"]


def test_the_schedule_asks_for_kinds_that_there_are() -> None:
    assert {each.kind for each in SCHEDULE} <= set(KINDS)
    assert [read_kind(each.kind, {}).name for each in SCHEDULE] == [
        "sweep",
        "retention",
        "datasets.reconcile",
    ]
