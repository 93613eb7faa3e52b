"""What differs between the table and Redis is put right, or told."""

import msgspec
import pytest

from data_bank_api.jobs.destinations import Runs
from data_bank_api.jobs.kinds import sweep
from data_bank_api.jobs.kinds.findings import SHOWN
from data_bank_api.jobs.kinds.sweep import Sweep
from data_bank_api.jobs.note import queue_of, send_note
from data_bank_api.jobs.postman import Postman
from data_bank_api.jobs.schedule import Scheduler
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.strays import Strays
from data_bank_api.queue.ended import EndedJobs
from data_bank_api.queue.job import Job, NewJob, Wanted
from data_bank_api.queue.letters import post_run
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.jobs import JobResult
from tests.data_bank_api.jobs.kinds.conftest import Told
from tests.fakes.clock import Clock, seconds


class Found(msgspec.Struct, forbid_unknown_fields=True):
    count: int
    first: list[str]


class Details(msgspec.Struct, forbid_unknown_fields=True):
    dry_run: bool
    redelivered: Found
    letters: Found
    notes: Found


def details_of(result: JobResult) -> Details:
    return msgspec.convert(result["details"], Details)


def run(shop: Shop, job: Job, *, dry_run: bool = False) -> Details:
    return details_of(Sweep(dry_run=dry_run).run(shop, Told(job)))


def ask(shop: Shop, count: int) -> list[str]:
    return sorted(shop.jobs.enqueue(NewJob("ping", {"n": n})).job_id for n in range(count))


def send(shop: Shop) -> None:
    """As the dispatcher does."""
    postman = Postman(shop.outbox, Runs(shop.redis))
    while postman.go():
        pass


def start_sweep(shop: Shop) -> Job:
    job = shop.jobs.enqueue(NewJob("sweep", {}))
    claim = shop.claims.claim(job.job_id, 1)
    assert claim is not None
    return claim.job


def waiting_notes(shop: Shop) -> list[str]:
    return sorted(each.partition("-")[0] for each in queue_of(shop.redis).job_ids)


@pytest.fixture
def job(office: Shop) -> Job:
    """A sweep that runs, ten seconds after all else was asked for."""
    job = start_sweep(office)
    send(office)
    office.redis.flushall()
    return job


def test_all_that_waits_comes_back_when_redis_has_lost_everything(
    office: Shop, clock: Clock, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "BATCH", 7)
    asked = ask(office, 20)
    send(office)
    clock.pass_by(seconds(11))
    assert run(office, job).redelivered == Found(0, [])
    office.redis.flushall()
    assert run(office, job).redelivered == Found(20, asked)
    send(office)
    assert waiting_notes(office) == asked
    log = office.jobs.get_with_log(asked[0])[1]
    assert log[-1]["text"] == "queued once more: it was lost on its way to a worker"


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    office: Shop, clock: Clock, job: Job
) -> None:
    lost, cancelled = ask(office, 2)
    send(office)
    office.redis.flushall()
    clock.pass_by(seconds(11))
    office.jobs.cancel(cancelled)
    send_note(office.redis, cancelled, 1)
    vain = post_in_vain(office, cancelled)
    told = run(office, job, dry_run=True)
    assert told == Details(
        dry_run=True,
        redelivered=Found(1, [lost]),
        letters=Found(1, [str(vain)]),
        notes=Found(1, [f"{cancelled}-1"]),
    )
    assert waiting_notes(office) == [cancelled]
    assert [each.letter_id for each in office.outbox.due(10, ("run",))] == [vain]
    assert run(office, job) == msgspec.structs.replace(told, dry_run=False)
    assert waiting_notes(office) == []
    assert [each.job_id for each in office.outbox.due(10, ("run",))] == [lost]


def post_in_vain(office: Shop, job_id: str) -> int:
    """A letter for a job that is over; its id."""
    with office.database.transaction() as session:
        post_run(session, job_id, 1, office.clock())
    [letter] = office.outbox.due(10, ("run",))
    return letter.letter_id


def test_what_is_on_its_way_is_left_alone(office: Shop, clock: Clock, job: Job) -> None:
    ask(office, 1)
    assert run(office, job).redelivered.count == 0  # a letter lies in the outbox
    send(office)
    office.redis.flushall()
    assert run(office, job).redelivered.count == 0  # it was due just now
    clock.pass_by(seconds(11))
    assert run(office, job).redelivered.count == 1


def test_runs_and_what_has_ended_are_left_alone(office: Shop, clock: Clock, job: Job) -> None:
    started, ended = ask(office, 2)
    send(office)
    office.claims.claim(started, 1)
    office.jobs.cancel(ended)
    clock.pass_by(seconds(3600))
    assert run(office, job).redelivered.count == 0
    assert office.jobs.get(started).state == "started"


def test_notes_of_jobs_that_are_gone_are_removed(office: Shop, clock: Clock, job: Job) -> None:
    gone, waits = ask(office, 2)
    send(office)
    office.jobs.cancel(gone)
    EndedJobs(office.database, clock.now).remove([gone])
    assert run(office, job).notes == Found(1, [f"{gone}-1"])
    assert waiting_notes(office) == [waits]


def test_of_many_the_first_are_told_and_all_are_counted(
    office: Shop, clock: Clock, job: Job
) -> None:
    asked = ask(office, SHOWN + 5)
    send(office)
    office.redis.flushall()
    clock.pass_by(seconds(11))
    assert run(office, job, dry_run=True).redelivered == Found(SHOWN + 5, asked[:SHOWN])


def counts(shop: Shop) -> dict[str, int]:
    return {each.what: each.count for each in shop.tally.read() if ":redelivered" in each.what}


def test_what_was_looked_at_and_put_right_is_counted_and_a_dry_run_is_not(
    office: Shop, clock: Clock, job: Job
) -> None:
    ask(office, 3)
    send(office)
    clock.pass_by(seconds(11))
    office.redis.lpop(queue_of(office.redis).key)
    run(office, job, dry_run=True)
    assert counts(office) == {}
    run(office, job)
    told = {"scanned:redelivered": 3, "cleaned:redelivered": 1, "skipped:redelivered": 2}
    assert counts(office) == told


def test_a_sweep_that_fails_is_counted_where_it_failed(office: Shop, job: Job) -> None:
    office.redis.set(queue_of(office.redis).key, "no list")
    ask(office, 1)
    with pytest.raises(ServiceUnavailableError):
        run(office, job)
    assert {each.what for each in office.tally.read()} >= {"scanned:letters", "failed:notes"}


def test_it_says_how_far_it_is(office: Shop, clock: Clock, job: Job) -> None:
    ask(office, 20)
    send(office)
    clock.pass_by(seconds(11))
    told = Told(job)
    Sweep().run(office, told)
    assert told.percents == sorted(told.percents)
    assert told.percents[-1] == 100


def test_a_sweep_that_redis_lost_itself_comes_back_by_the_schedule(
    office: Shop, clock: Clock
) -> None:
    scheduler = Scheduler(office.jobs, office.upkeep, Strays(office.upkeep, office.redis))
    scheduler.look()
    [others] = ask(office, 1)
    send(office)
    office.redis.flushall()
    clock.pass_by(seconds(11))
    scheduler.look()
    send(office)
    [job] = office.jobs.list(Wanted(kinds=("sweep",)), None, 10)
    assert job.job_id in waiting_notes(office)
    assert others not in waiting_notes(office)
    claim = office.claims.claim(job.job_id, 1)
    assert claim is not None
    assert run(office, claim.job).redelivered.first == [others]


def test_a_sweep_that_never_comes_back_is_freed_by_a_younger_one(
    office: Shop, clock: Clock
) -> None:
    """Ten periods later the schedule asks for another, and that one finds the older."""
    scheduler = Scheduler(office.jobs, office.upkeep, Strays(office.upkeep, office.redis))
    scheduler.look()
    [older] = office.jobs.list(Wanted(kinds=("sweep",)), None, 10)
    send(office)
    office.redis.flushall()
    clock.pass_by(seconds(3000))
    scheduler._ask(scheduler.schedule[0], [older])  # that it was brought back is left out
    younger = office.jobs.list(Wanted(kinds=("sweep",)), None, 10)[0]
    claim = office.claims.claim(younger.job_id, 1)
    assert claim is not None
    assert older.job_id in run(office, claim.job).redelivered.first
