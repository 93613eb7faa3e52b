"""`datasets.reconcile`: what differs is found, put right, and told; what is right stays."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypedDict

import msgspec
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from data_bank_api.blobs.memory import MemoryStore
from data_bank_api.datasets import lost, stalled
from data_bank_api.datasets.dataset import Dataset
from data_bank_api.datasets.lost import NO_REPORT, LostReports, some_datasets
from data_bank_api.datasets.orphans import OrphanReports
from data_bank_api.datasets.report_files import ReportFiles
from data_bank_api.datasets.stalled import JOB_GONE, Stalled
from data_bank_api.db.schema import ReportFileRow, RepositoryRow, SnapshotRow
from data_bank_api.jobs.kinds import datasets_reconcile, findings
from data_bank_api.jobs.kinds.datasets_reconcile import DatasetsReconcile
from data_bank_api.jobs.kinds.table import read_kind
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import NewJob
from data_bank_client.errors import InvalidInputError, NotFoundError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo
from tests.data_bank_api.jobs.kinds.conftest import Told
from tests.fakes.clock import Clock
from tests.fakes.datasets import Room, write_row

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Heap(TypedDict):
    count: int
    first: list[str]


class Details(TypedDict):
    dry_run: bool
    reports_lost: Heap
    reports_orphaned: Heap
    files_lost: Heap
    stalled: Heap


NOTHING = Heap(count=0, first=[])


@dataclass
class Audited(Told):
    lines: list[str] = field(default_factory=list)

    def log(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def room(office: Shop) -> Room:
    """Its clock stands."""
    return Room(office)


def run(room: Room, *, dry_run: bool = False, hours: int = 24) -> tuple[Details, list[str]]:
    work = Audited(room.shop.jobs.enqueue(NewJob("datasets.reconcile", {})))
    result = DatasetsReconcile(dry_run, hours).run(room.shop, work)
    assert work.percents[-1] == 100
    return msgspec.convert(result["details"], Details), work.lines


def one(id_: str) -> Heap:
    return Heap(count=1, first=[id_])


def written(room: Room) -> list[str]:
    with room.shop.database.reading() as session:
        return list(session.scalars(select(ReportFileRow.digest)))


def report_of(dataset: Dataset) -> Digest:
    assert dataset.report is not None
    return dataset.report.digest


def is_stored(room: Room, digest: Digest) -> bool:
    try:
        room.shop.store.stat(digest)
    except NotFoundError:
        return False
    return True


def orphan(room: Room) -> Digest:
    """As a run leaves it that is killed between the storing and the saying so."""
    shop = room.shop
    files = ReportFiles(shop.database, shop.store, shop.receiver, shop.clock)
    return files.keep(b'{"version":1}').digest


def lose_report(room: Room) -> str:
    dataset = room.pretend(room.upload())
    room.shop.store.remove(report_of(dataset))
    return dataset.dataset_id


def lose_file(room: Room) -> str:
    dataset = room.pretend(room.upload())
    room.shop.store.remove(dataset.digest)
    return dataset.dataset_id


def stall(room: Room) -> str:
    dataset = room.upload()
    write_row(room.shop.database, dataset.dataset_id, latest_job_id="gone", status="processing")
    return dataset.dataset_id


def fail(room: Room, dataset: Dataset) -> Dataset:
    room.shop.jobs.cancel(room.job(dataset).job_id)
    return room.get(dataset)


DIFFERENCES: dict[str, Callable[[Room], str]] = {
    "reports_lost": lose_report,
    "reports_orphaned": lambda room: orphan(room).hex,
    "files_lost": lose_file,
    "stalled": stall,
}


@pytest.mark.parametrize("name", DIFFERENCES)
@pytest.mark.parametrize("dry_run", [True, False], ids=["dry", "for good"])
def test_each_difference_is_found_and_told(
    room: Room, clock: Clock, name: str, dry_run: bool
) -> None:
    found = DIFFERENCES[name](room)
    clock.pass_by(2 * DAY)
    with capture_logs() as logs:
        details, lines = run(room, dry_run=dry_run)
    heaps = dict.fromkeys(DIFFERENCES, NOTHING) | {name: one(found)}
    assert details == {"dry_run": dry_run, **heaps}
    assert [line.rpartition(": ")[2] for line in lines] == [found]
    assert [line["id"] for line in logs if "id" in line] == ([] if dry_run else [found])


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_dry_run_changes_nothing(room: Room, clock: Clock, name: str) -> None:
    found = DIFFERENCES[name](room)
    clock.pass_by(2 * DAY)
    before = (room.shop.datasets.newest(None, 9), written(room), room.shop.store.list("", None, 9))
    run(room, dry_run=True)
    after = (room.shop.datasets.newest(None, 9), written(room), room.shop.store.list("", None, 9))
    assert after == before
    details: Mapping[str, object] = run(room)[0]
    assert details[name] == one(found)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_is_younger_than_the_safety_window_is_left_alone(
    room: Room, clock: Clock, name: str
) -> None:
    DIFFERENCES[name](room)
    clock.pass_by(HOUR)
    assert run(room, hours=2)[0] == {"dry_run": False, **dict.fromkeys(DIFFERENCES, NOTHING)}


def test_what_is_right_stays(room: Room, clock: Clock) -> None:
    done, failed = room.pretend(room.upload()), fail(room, room.upload(b"a\n2\n"))
    waiting = room.upload(b"a\n1\n")
    clock.pass_by(2 * DAY)
    assert run(room) == ({"dry_run": False, **dict.fromkeys(DIFFERENCES, NOTHING)}, [])
    assert [room.get(each) for each in (done, failed, waiting)] == [done, failed, waiting]
    assert is_stored(room, report_of(done))


def test_a_dataset_forgets_a_report_that_is_gone_and_gets_another(room: Room, clock: Clock) -> None:
    dataset_id = lose_report(room)
    clock.pass_by(2 * DAY)
    run(room)
    dataset = room.shop.datasets.get(dataset_id)
    assert (dataset.status, dataset.error) == ("failed", NO_REPORT)
    assert (dataset.report, dataset.row_count, dataset.processed_at) == (None, None, None)
    room.work.process(dataset_id, force=False)
    assert room.pretend(dataset).status == "done"


def test_a_dataset_whose_job_is_under_way_keeps_its_status(room: Room, clock: Clock) -> None:
    dataset_id = lose_report(room)
    clock.pass_by(2 * DAY)
    room.work.process(dataset_id, force=True)
    assert run(room)[0]["reports_lost"] == one(dataset_id)
    assert room.shop.datasets.get(dataset_id).status == "uploaded"


def test_a_damaged_report_is_left_for_who_heals_it(room: Room, clock: Clock) -> None:
    dataset = room.pretend(room.upload())
    room.shop.store.open(report_of(dataset)).condemn()
    clock.pass_by(2 * DAY)
    assert run(room)[0]["reports_lost"] == NOTHING
    assert room.get(dataset).report == dataset.report


def test_a_report_that_no_dataset_has_is_removed(room: Room, clock: Clock) -> None:
    digest = orphan(room)
    clock.pass_by(2 * DAY)
    run(room)
    assert (is_stored(room, digest), written(room)) == (False, [])


def test_the_report_of_a_dataset_that_was_removed_goes_too_and_its_file_stays(
    room: Room, clock: Clock
) -> None:
    dataset = room.pretend(room.upload())
    room.work.remove(dataset.dataset_id)
    clock.pass_by(2 * DAY)
    assert run(room)[0]["reports_orphaned"] == one(report_of(dataset).hex)
    assert (is_stored(room, report_of(dataset)), is_stored(room, dataset.digest)) == (False, True)


def test_a_report_that_was_stored_again_lately_is_not_removed(room: Room, clock: Clock) -> None:
    digest = orphan(room)
    clock.pass_by(2 * DAY)
    orphan(room)
    assert run(room)[0]["reports_orphaned"] == NOTHING
    assert is_stored(room, digest)


def test_a_report_that_is_a_dataset_itself_becomes_a_file_like_any_other(
    room: Room, clock: Clock
) -> None:
    digest = orphan(room)
    room.upload(b'{"version":1}', content_type="application/json")
    clock.pass_by(2 * DAY)
    assert run(room)[0]["reports_orphaned"] == NOTHING
    assert (is_stored(room, digest), written(room)) == (True, [])


def test_a_report_that_a_snapshot_needs_stays(room: Room, clock: Clock) -> None:
    digest = orphan(room)
    moment = clock.now
    with room.shop.database.transaction() as session:
        session.add(
            RepositoryRow(
                repository_id="r",
                repo_type="dataset",
                repo_id="org/data",
                revision="main",
                include=[],
                exclude=[],
                auto_sync=False,
                state="synced",
                listing=0,
                listed=0,
                registered_at=moment,
            )
        )
        session.flush()
        session.add(
            SnapshotRow(
                repository_id="r",
                commit_id="c" * 40,
                manifest=digest.hex,
                files=1,
                bytes=1,
                created_at=moment,
            )
        )
    clock.pass_by(2 * DAY)
    run(room)
    assert is_stored(room, digest)


def test_what_is_put_right_by_another_meanwhile_is_left_alone(room: Room, clock: Clock) -> None:
    """Between the finding and the settling."""
    dataset_id, digest, idle = lose_report(room), orphan(room), stall_of(room, 1)
    clock.pass_by(2 * DAY)
    before = clock.now - DAY
    database, store = room.shop.database, room.shop.store
    reports = LostReports(database, store, before)
    orphans = OrphanReports(database, store, before, lambda _: False)
    waiting = Stalled(database, before)
    assert [*reports.find(), *orphans.find(), *waiting.find()] == [
        dataset_id,
        digest.hex,
        idle,
    ]
    orphan(room)
    room.work.process(dataset_id, force=False)
    room.pretend(room.shop.datasets.get(dataset_id))
    room.work.process(idle, force=False)
    assert not reports.settle(dataset_id)
    assert not orphans.settle(digest.hex)
    assert not waiting.settle(idle)
    room.work.remove(idle)
    assert not waiting.settle(idle)


def test_a_dataset_that_goes_meanwhile_is_no_lost_report(room: Room, clock: Clock) -> None:
    dataset_id = lose_report(room)
    clock.pass_by(2 * DAY)
    room.work.remove(dataset_id)
    assert not LostReports(room.shop.database, room.shop.store, clock.now).settle(dataset_id)


def test_a_report_that_is_made_again_while_it_is_looked_for_stays(room: Room, clock: Clock) -> None:
    dataset_id = lose_report(room)
    clock.pass_by(2 * DAY)

    class Slow(MemoryStore):
        """While it looks for the report, a run makes it again: the same, to the byte."""

        def stat(self, digest: Digest) -> FileInfo:
            room.work.process(dataset_id, force=True)
            room.pretend(room.shop.datasets.get(dataset_id))
            return super().stat(digest)

    assert not LostReports(room.shop.database, Slow(), clock.now).settle(dataset_id)
    dataset = room.shop.datasets.get(dataset_id)
    assert (dataset.status, is_stored(room, report_of(dataset))) == ("done", True)


def test_a_dataset_that_waits_for_nothing_can_be_processed_again(room: Room, clock: Clock) -> None:
    dataset_id = stall(room)
    clock.pass_by(2 * DAY)
    run(room)
    dataset = room.shop.datasets.get(dataset_id)
    assert (dataset.status, dataset.error) == ("failed", JOB_GONE)
    room.work.process(dataset_id, force=False)
    assert room.pretend(dataset).status == "done"


def test_many_are_looked_at_some_at_a_time_and_told_up_to_a_bound(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(stalled, "BATCH", 3)
    monkeypatch.setattr(findings, "SHOWN", 5)
    monkeypatch.setattr(datasets_reconcile, "SHOWN", 5)
    room = Room(replace(sqlite_room.shop, clock=clock))
    ids = sorted(stall_of(room, number) for number in range(7))
    clock.pass_by(2 * DAY)
    details, lines = run(room)
    assert details["stalled"] == Heap(count=7, first=ids[:5])
    assert len(lines) == 5


def stall_of(room: Room, number: int) -> str:
    dataset = room.upload(b"a\n%d\n" % number)
    room.shop.jobs.cancel(room.job(dataset).job_id)
    write_row(room.shop.database, dataset.dataset_id, status="uploaded")
    return dataset.dataset_id


def test_a_look_begins_anywhere_and_takes_no_more_than_it_may(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost, "BATCH", 2)
    ids = sorted(sqlite_room.upload(b"a\n%d\n" % each).dataset_id for each in range(5))
    database = sqlite_room.shop.database
    seen = [each.dataset_id for each in some_datasets(database, ids[2])]
    assert seen == [ids[3], ids[4], ids[0], ids[1], ids[2]]
    assert len(list(some_datasets(database, "", 3))) == 3


@pytest.mark.parametrize("hours", [0, -1, "1", 10**9])
def test_a_safety_window_is_some_hours_at_least(hours: object) -> None:
    with pytest.raises(InvalidInputError, match="older_than_hours"):
        read_kind("datasets.reconcile", {"older_than_hours": hours})


def counts(room: Room) -> dict[str, int]:
    found = room.shop.tally.read()
    return {each.what: each.count for each in found if ":reports_orphaned" in each.what}


def test_what_was_put_right_is_counted_and_a_dry_run_is_not(room: Room, clock: Clock) -> None:
    orphan(room)
    clock.pass_by(2 * DAY)
    run(room, dry_run=True)
    assert counts(room) == {}
    run(room)
    assert counts(room)["cleaned:reports_orphaned"] == 1


def test_what_was_found_and_left_is_counted_as_skipped(room: Room) -> None:
    class Stubborn:
        says = "it stays"

        def find(self) -> Iterator[str]:
            yield "a"

        def settle(self, _id: str) -> bool:
            return False

    work = Audited(room.shop.jobs.enqueue(NewJob("datasets.reconcile", {})))
    found = datasets_reconcile._Audit(work, is_dry=False).go_through(Stubborn())
    assert (found.scanned, found.count, work.lines) == (1, 0, [])
