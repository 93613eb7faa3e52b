"""A sync and a download that are cut off at any transaction are done by the next."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy.orm import Session

from data_bank_api.db.database import Database
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Snapshots
from data_bank_api.hub.sync import download, sync
from tests.fakes.hub_in_memory import Mirrored, lfs, plain


class CutOffError(BaseException):
    """As a kill: nothing is said or done after it."""


class CuttingDatabase(Database):
    """From the transaction of a number on nothing is written; `None`: all is."""

    left: int | None = None

    @contextmanager
    def transaction(self) -> Generator[Session]:
        if self.left == 0:
            raise CutOffError
        self.left = None if self.left is None else self.left - 1
        with super().transaction() as session:
            yield session


@pytest.fixture
def cutting(database_url: str) -> Iterator[CuttingDatabase]:
    with closing(CuttingDatabase(database_url)) as database:
        yield database


def is_cut_off(mirrored: Mirrored, name: RepoName) -> bool:
    try:
        sync(mirrored.mirror, name, mirrored.told)
        download(mirrored.mirror, name, mirrored.told)
    except CutOffError:
        return True
    return False


def test_what_is_cut_off_at_any_transaction_is_done_by_the_next(cutting: CuttingDatabase) -> None:
    number = 0
    is_cut = True
    while is_cut:
        mirrored, name = Mirrored(cutting), RepoName("model", f"org/r{number}")
        old = {"gone.txt": plain("gone"), "same.txt": plain("same"), "other.bin": lfs("1")}
        mirrored.hub.commit(old, name)
        repository = mirrored.register(name)
        assert not is_cut_off(mirrored, name)
        new = {"same.txt": plain("same"), "new.txt": plain("new"), "other.bin": lfs("2")}
        commit = mirrored.hub.commit(new, name)
        cutting.left = number
        is_cut = is_cut_off(mirrored, name)
        cutting.left = None
        assert not is_cut_off(mirrored, name)
        found = mirrored.mirror.registry.get(repository.repository_id)
        assert (found.state, found.head, found.commit) == ("synced", commit, commit)
        assert mirrored.states(repository) == dict.fromkeys(sorted(new), "completed")
        assert len(Snapshots(cutting).newest(repository.repository_id, None, 10)) == 2
        number += 1
    assert number > 10
