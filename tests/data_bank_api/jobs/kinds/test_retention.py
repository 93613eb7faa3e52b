"""What is over and old is removed; what is under way never."""

from datetime import timedelta
from typing import TypedDict

import msgspec
import pytest
from sqlalchemy import func, select

from data_bank_api.db.schema import JobLogRow
from data_bank_api.hub.git_blobs import GitBlob, recall, remember
from data_bank_api.jobs.kinds import retention
from data_bank_api.jobs.kinds.retention import Retention
from data_bank_api.jobs.kinds.table import read_kind
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.deliveries import Deliveries, Outcome
from data_bank_api.queue.fan_out import fan_out
from data_bank_api.queue.job import Job, NewJob, Wanted
from data_bank_api.queue.webhooks import Webhooks, WebhookWish
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.events import EVENT_TYPES, JobStarted
from data_bank_client.wire.jobs import JobResult
from tests.data_bank_api.jobs.kinds.conftest import Told
from tests.fakes.clock import Clock, seconds

DONE = JobResult(result_id=None, result_bytes=0, details={})
DAY = timedelta(days=1)


class Heap(TypedDict):
    count: int
    first: list[str]


class Details(TypedDict):
    dry_run: bool
    jobs: Heap
    upkeep: Heap
    deliveries: Heap
    git_blobs: Heap


NOTHING = Heap(count=0, first=[])


def ask(shop: Shop, kind: str = "ping", number: int = 0) -> str:
    return shop.jobs.enqueue(NewJob(kind, {"n": number})).job_id


def end(shop: Shop, kind: str = "ping", number: int = 0) -> str:
    job_id = ask(shop, kind, number)
    claim = shop.claims.claim(job_id, 1)
    assert claim is not None
    claim.succeed(DONE)
    return job_id


def run(shop: Shop, kind: Retention, told: list[float] | None = None) -> Details:
    job: Job = shop.jobs.enqueue(NewJob("retention", {}))
    work = Told(job)
    result = kind.run(shop, work)
    if told is not None:
        told += work.percents
    return msgspec.convert(result["details"], Details)


def there(shop: Shop) -> set[str]:
    return {job.job_id for job in shop.jobs.list(Wanted(kinds=("ping",)), None, 2000)}


def deliver_to_webhook(shop: Shop) -> tuple[Webhooks, str]:
    """A webhook with one call that is over and one that is pending."""
    webhooks = Webhooks(shop.database, shop.clock)
    hook = webhooks.create(WebhookWish("https://a.example/", EVENT_TYPES, "s"))["webhook_id"]
    with shop.database.transaction() as session:
        for event_id in ("over", "pending"):
            event = JobStarted(event_id=event_id, at="", job_id="job")
            fan_out(session, event, shop.clock())
    deliveries = Deliveries(shop.database, shop.clock)
    call = deliveries.claim(deliveries.due((), 1)[0].letter_id)
    assert call is not None
    deliveries.end(call, Outcome("delivered", 200))
    return webhooks, hook


def test_jobs_that_ended_long_ago_are_removed_with_their_logs(office: Shop, clock: Clock) -> None:
    old = end(office)
    clock.pass_by(30 * DAY)
    young = end(office)
    assert run(office, Retention())["jobs"] == NOTHING
    clock.pass_by(seconds(1))
    assert run(office, Retention())["jobs"] == Heap(count=1, first=[old])
    assert there(office) == {young}
    with office.database.reading() as session:
        asked = select(func.count()).where(JobLogRow.job_id == old)
        assert session.scalars(asked).one() == 0


def test_no_job_that_is_under_way_is_removed(office: Shop, clock: Clock) -> None:
    waits, runs = ask(office, "ping", 1), ask(office, "ping", 2)
    office.claims.claim(runs, 1)
    clock.pass_by(1000 * DAY)
    assert run(office, Retention())["jobs"]["count"] == 0
    assert there(office) == {waits, runs}


def test_what_was_removed_is_counted(office: Shop, clock: Clock) -> None:
    end(office)
    clock.pass_by(31 * DAY)
    run(office, Retention())
    found = {each.what: each.count for each in office.tally.read() if each.kind == "retention"}
    assert (found["scanned:jobs"], found["cleaned:jobs"], found["skipped:jobs"]) == (1, 1, 0)


def test_the_days_can_be_asked_for(office: Shop, clock: Clock) -> None:
    old = end(office)
    clock.pass_by(2 * DAY)
    assert run(office, Retention(days=3))["jobs"]["count"] == 0
    assert run(office, Retention(days=1))["jobs"]["first"] == [old]


@pytest.mark.parametrize("days", [0, -1, 36501, 1.5, "7"])
def test_days_are_a_whole_number_of_at_least_one(days: object) -> None:
    with pytest.raises(InvalidInputError):
        read_kind("retention", {"days": days})


def test_what_the_bank_asked_itself_for_is_kept_a_day(office: Shop, clock: Clock) -> None:
    upkeep = {end(office, "sweep", 1), end(office, "retention", 2)}
    ping = end(office)
    clock.pass_by(DAY + seconds(1))
    told = run(office, Retention())
    assert (told["upkeep"]["count"], set(told["upkeep"]["first"])) == (2, upkeep)
    assert there(office) == {ping}


def test_old_calls_of_webhooks_are_removed_and_pending_ones_never(
    office: Shop, clock: Clock
) -> None:
    webhooks, hook = deliver_to_webhook(office)
    clock.pass_by(31 * DAY)
    assert run(office, Retention())["deliveries"]["count"] == 1
    [(_, left)] = webhooks.deliveries(hook, None, 10)
    assert (left["event_id"], left["state"]) == ("pending", "pending")


def test_what_is_remembered_of_files_that_the_bank_has_lost_is_removed(office: Shop) -> None:
    oid = "a" * 40
    with office.database.transaction() as session:
        remember(session, [GitBlob(oid, 1, Digest.of(b"x"))])
    assert run(office, Retention(dry_run=True))["git_blobs"] == Heap(count=1, first=[oid])
    assert run(office, Retention())["git_blobs"] == Heap(count=1, first=[oid])
    assert recall(office.database, [oid]) == {}
    assert run(office, Retention())["git_blobs"] == NOTHING


def test_a_dry_run_says_what_would_be_removed_and_removes_nothing(
    office: Shop, clock: Clock
) -> None:
    deliver_to_webhook(office)
    ended = {end(office, "ping", number) for number in range(102)}
    clock.pass_by(31 * DAY)
    told = run(office, Retention(dry_run=True))
    assert told["dry_run"]
    assert (told["jobs"]["count"], len(told["jobs"]["first"])) == (102, 100)
    assert set(told["jobs"]["first"]) < ended
    assert (told["deliveries"]["count"], told["upkeep"]) == (1, NOTHING)
    assert there(office) == ended
    done = run(office, Retention())
    assert not done["dry_run"]
    assert [done[each] for each in ("jobs", "deliveries")] == [
        told[each] for each in ("jobs", "deliveries")
    ]
    assert there(office) == set()


def test_many_are_removed_in_batches_and_it_says_how_far_it_is(
    office: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    for number in range(10):
        end(office, "ping", number)
    clock.pass_by(31 * DAY)
    told: list[float] = []
    assert run(office, Retention(), told)["jobs"]["count"] == 10
    assert told == [40, 80, 100]
