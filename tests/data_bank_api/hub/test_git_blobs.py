"""What git's names mean is remembered, and forgotten once the bank has lost the file."""

import pytest

from data_bank_api.blobs.memory import MemoryStore
from data_bank_api.blobs.receive import Declared, Receiver
from data_bank_api.db.database import Database
from data_bank_api.hub import git_blobs
from data_bank_api.hub.git_blobs import GitBlob, LostGitBlobs, recall, remember
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

NAMES = [f"{number:x}" * 40 for number in range(6)]


class Bank:
    """Six files by git's names, of which the bank has those with even numbers."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = MemoryStore()
        contents = [name.encode() for name in NAMES]
        blobs = [
            GitBlob(name, 40, Digest.of(content))
            for name, content in zip(NAMES, contents, strict=True)
        ]
        with database.transaction() as session:
            remember(session, reversed(blobs))
        for content in contents[::2]:
            intake = Receiver(self.store, 0).begin(Declared())
            intake.open()
            intake.write(content)
            intake.finish("text/plain")

    def known(self) -> set[str]:
        return {oid for oid, _ in recall(self.database, NAMES)}


@pytest.fixture
def bank(database: Database) -> Bank:
    return Bank(database)


def test_what_is_remembered_first_stays(bank: Bank) -> None:
    with bank.database.transaction() as session:
        remember(session, [GitBlob(NAMES[0], 40, Digest.of(b"another"))])
        remember(session, [])
    assert recall(bank.database, NAMES[:1]) == {(NAMES[0], 40): Digest.of(NAMES[0].encode())}


def test_rows_whose_file_is_gone_are_found_and_removed(bank: Bank) -> None:
    lost = LostGitBlobs(bank.database, bank.store, "3" * 40)
    assert lost.count() == 3
    assert lost.find(2) == [NAMES[5], NAMES[1]]  # from there on, and around
    assert lost.remove(lost.find(2)) == 2
    assert (lost.find(10), bank.known()) == ([NAMES[3]], {*NAMES[::2], NAMES[3]})
    assert lost.remove([NAMES[3]]) == 1
    assert (lost.find(10), bank.known()) == ([], set(NAMES[::2]))


def test_a_run_looks_at_some_rows_and_others_at_the_rest(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_blobs, "BATCH", 2)
    first = LostGitBlobs(bank.database, bank.store, "", looked_at=3)
    assert first.find(10) == [NAMES[1]]
    second = LostGitBlobs(bank.database, bank.store, NAMES[2], looked_at=4)
    assert second.find(10) == [NAMES[3], NAMES[5]]


def test_a_row_is_kept_where_the_file_may_come_back(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.store.open(Digest.of(NAMES[0].encode())).condemn()
    assert LostGitBlobs(bank.database, bank.store, "").count() == 3

    def fail(_: Digest) -> FileInfo:
        raise OSError("the disk cannot be read")

    monkeypatch.setattr(bank.store, "stat", fail)
    assert LostGitBlobs(bank.database, bank.store, "").count() == 0
