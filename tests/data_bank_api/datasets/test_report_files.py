"""Reports as files of the bank: known before they are stored, and told apart from other files."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from data_bank_api.blobs.memory import MemoryDraft, MemoryStore
from data_bank_api.blobs.receive import Receiver
from data_bank_api.datasets.dataset import ReportFile
from data_bank_api.datasets.report_files import ReportFiles, can_be_read, is_in_bank
from data_bank_api.db.database import Database
from data_bank_api.db.schema import ReportFileRow
from data_bank_client.errors import InsufficientStorageClientError
from data_bank_client.wire.digest import Digest
from tests.fakes.clock import Clock
from tests.fakes.files import fetch, put

CONTENT = b'{"version":1}'
DIGEST = Digest.of(CONTENT)
Written = dict[str, datetime]


class FullStore(MemoryStore):
    """It has no room."""

    def draft(self, room: int | None) -> MemoryDraft:
        del room
        raise InsufficientStorageClientError("no room")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def files(database: Database, store: MemoryStore, clock: Clock) -> ReportFiles:
    return ReportFiles(database, store, Receiver(store, 0), clock)


@pytest.fixture
def written(database: Database) -> Callable[[], Written]:
    """What is written down: digests with the times."""

    def look() -> Written:
        with database.reading() as session:
            rows = session.scalars(select(ReportFileRow)).all()
        return {row.digest: row.made_at for row in rows}

    return look


def test_a_report_is_stored_as_a_file_of_json(
    files: ReportFiles, store: MemoryStore, clock: Clock, written: Callable[[], Written]
) -> None:
    assert files.keep(CONTENT) == ReportFile(DIGEST, len(CONTENT))
    assert fetch(store, DIGEST) == CONTENT
    assert store.stat(DIGEST).content_type == "application/json"
    assert written() == {DIGEST.hex: clock.now}


def test_one_that_is_made_again_is_as_good_as_new(
    files: ReportFiles, clock: Clock, written: Callable[[], Written]
) -> None:
    files.keep(CONTENT)
    clock.pass_by(timedelta(hours=1))
    files.keep(CONTENT)
    assert written() == {DIGEST.hex: clock.now}


def test_one_that_was_lost_and_is_made_again_is_known_still(
    files: ReportFiles, store: MemoryStore, clock: Clock, written: Callable[[], Written]
) -> None:
    files.keep(CONTENT)
    store.remove(DIGEST)
    clock.pass_by(timedelta(hours=1))
    files.keep(CONTENT)
    assert (written(), fetch(store, DIGEST)) == ({DIGEST.hex: clock.now}, CONTENT)


def test_a_file_that_somebody_had_brought_in_is_not_taken_for_a_report(
    files: ReportFiles, store: MemoryStore, written: Callable[[], Written]
) -> None:
    put(store, CONTENT)
    assert files.keep(CONTENT) == ReportFile(DIGEST, len(CONTENT))
    assert written() == {}


def test_it_is_written_down_before_it_is_stored(
    database: Database, clock: Clock, written: Callable[[], Written]
) -> None:
    full = FullStore()
    with pytest.raises(InsufficientStorageClientError):
        ReportFiles(database, full, Receiver(full, 0), clock).keep(CONTENT)
    assert list(written()) == [DIGEST.hex]


def test_a_damaged_file_is_there_and_cannot_be_read(store: MemoryStore) -> None:
    report = ReportFile(DIGEST, len(CONTENT))
    assert not is_in_bank(store, DIGEST)
    assert [can_be_read(store, each) for each in (report, None)] == [False, False]
    put(store, CONTENT)
    assert is_in_bank(store, DIGEST)
    assert can_be_read(store, report)
    store.open(DIGEST).condemn()
    assert (is_in_bank(store, DIGEST), can_be_read(store, report)) == (True, False)
