"""Several files at once; each failure is judged, written down, and stops no more than it must."""

import threading

import pytest

from data_bank_api.db.database import Database
from data_bank_api.hub.artifact import Artifact, sum_of
from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.downloads import LONGEST_REST, REST, SETBACKS, Downloads
from data_bank_api.hub.listing import begin_listing
from data_bank_client.errors import (
    DataBankClientError,
    ExternalServiceError,
    ForbiddenError,
    InsufficientStorageClientError,
    NotFoundError,
    RateLimitError,
)
from tests.fakes.hub_in_memory import NAME, WANTED, Mirrored, lfs
from tests.running_bank import until


class Run:
    """A download of `a.bin`, `b.bin` and so on, which is told of its rests."""

    def __init__(self, database: Database, files: int = 4, places: int = 1) -> None:
        self.mirrored = Mirrored(database, places)
        self.rests: list[float] = []
        paths = [f"{chr(ord('a') + number)}.bin" for number in range(files)]
        tree = {path: lfs(f"content of {path}") for path in paths}
        commit = self.mirrored.hub.commit(tree)
        self.repository = self.mirrored.register()
        listing = begin_listing(database, self.repository.repository_id, commit, {})
        listing.take([content.listed_as(path) for path, content in tree.items()], {})
        listing.finish(self.mirrored.clock)
        self.artifacts = self.mirrored.mirror.artifacts
        self.ends = self.mirrored.fetcher.ends

    def listed(self, wanted: Wanted = WANTED) -> list[Artifact]:
        return self.artifacts.list(self.repository.repository_id, wanted, None, 100)

    def run(self) -> Downloads:
        total, names = sum_of(self.listed()), {self.repository.repository_id: NAME}
        told = self.mirrored.told
        downloads = Downloads(self.mirrored.mirror, names, total, told, self.rests.append)
        downloads.run([self.listed()])
        return downloads

    def states(self) -> list[str]:
        return list(self.mirrored.states(self.repository).values())


@pytest.fixture
def run(database: Database) -> Run:
    return Run(database)


def limited(retry_after: float | None) -> RateLimitError:
    error = RateLimitError("too many requests")
    error.retry_after = retry_after
    return error


def test_several_files_are_on_their_way_at_once(database: Database) -> None:
    run = Run(database, files=12, places=4)
    run.mirrored.fetcher.hold = threading.Event()
    thread = threading.Thread(target=run.run)
    thread.start()
    until(lambda: run.mirrored.fetcher.most == 4)
    until(lambda: run.states().count("downloading") == 4)
    run.mirrored.fetcher.hold.set()
    thread.join()
    assert run.states() == ["completed"] * 12
    assert run.mirrored.fetcher.most == 4


def test_a_file_that_cannot_be_had_fails_and_the_others_come(run: Run) -> None:
    run.ends["b.bin"] = [NotFoundError("the Hub has no b.bin")]
    with pytest.raises(NotFoundError, match="1 of 4 files failed, the first: the Hub has"):
        run.run()
    assert run.states() == ["completed", "failed", "completed", "completed"]
    assert run.listed()[1].error == {"code": "NOT_FOUND", "message": "the Hub has no b.bin"}
    assert run.mirrored.told.lines == ["b.bin: the Hub has no b.bin"]
    run.run()
    assert run.states() == ["completed"] * 4


@pytest.mark.parametrize(
    "error", [ExternalServiceError("the Hub is broken"), InsufficientStorageClientError("no room")]
)
def test_what_may_pass_leaves_a_file_pending_and_is_raised_as_it_is(
    run: Run, error: DataBankClientError
) -> None:
    run.ends["a.bin"] = [error]
    run.ends["b.bin"] = [NotFoundError("the Hub has no b.bin")]
    with pytest.raises(type(error)) as raised:
        run.run()
    assert raised.value is error
    assert run.states() == ["pending", "failed", "completed", "completed"]
    assert run.listed()[0].error == {"code": error.code, "message": error.message}


def test_what_befalls_all_ends_it_before_all_were_tried(database: Database) -> None:
    run = Run(database, files=20)
    for each in run.listed():
        run.ends[each.file.path.text] = [ForbiddenError("members only")]
    with pytest.raises(ForbiddenError, match="5 of 20 files failed, the first: members only"):
        run.run()
    assert len(run.mirrored.hub.located) == SETBACKS
    assert run.states() == ["failed"] * 5 + ["pending"] * 15


def test_of_many_files_that_fail_the_first_are_in_the_log(database: Database) -> None:
    run = Run(database, files=25)
    for each in run.listed():
        run.ends[each.file.path.text] = [NotFoundError("it is gone")]
    with pytest.raises(NotFoundError, match="25 of 25 files failed"):
        run.run()
    assert len(run.mirrored.told.lines) == 20


def test_setbacks_that_are_not_in_a_row_do_not_end_it(database: Database) -> None:
    run = Run(database, files=20)
    for each in run.listed()[::2]:
        run.ends[each.file.path.text] = [ExternalServiceError("the Hub is broken")]
    with pytest.raises(ExternalServiceError):
        run.run()
    assert run.states() == ["pending", "completed"] * 10


def test_where_the_hub_asks_to_wait_all_wait_and_nothing_fails(run: Run) -> None:
    run.ends["b.bin"] = [limited(12.5), limited(None), limited(10_000.0)]
    run.run()
    assert run.rests == [12.5, REST, LONGEST_REST]
    assert run.mirrored.told.lines[0] == "the Hub asks to wait: 12 seconds"
    assert run.states() == ["completed"] * 4


def test_a_hub_that_asks_to_wait_again_and_again_is_given_up(database: Database) -> None:
    run = Run(database, files=3, places=2)
    run.ends["a.bin"] = run.ends["b.bin"] = [limited(7.0) for _ in range(100)]
    with pytest.raises(RateLimitError) as raised:
        run.run()
    assert raised.value.retry_after == 7.0
    assert run.rests == [7.0] * SETBACKS
    assert run.states() == ["pending"] * 3


def test_a_defect_ends_it_and_leaves_what_was_on_its_way_pending(run: Run) -> None:
    run.ends["b.bin"] = [KeyError("a defect")]
    with pytest.raises(KeyError):
        run.run()
    assert run.states() == ["completed", "pending", "pending", "pending"]


def test_a_run_that_is_ended_stops_what_is_on_its_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(database, files=3, places=3)
    fetcher = run.mirrored.fetcher
    fetcher.hold = threading.Event()

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run.mirrored.told, "progress", end)
    with pytest.raises(KeyboardInterrupt):
        run.run()
    assert run.states() == ["pending"] * 3
    assert not fetcher.hold.is_set()


def test_what_came_into_the_bank_meanwhile_is_not_fetched(run: Run) -> None:
    run.mirrored.keep("content of a.bin")
    downloads = run.run()
    assert run.mirrored.hub.located == ["b.bin", "c.bin", "d.bin"]
    assert (downloads.tally.held.files, downloads.tally.fetched.files) == (1, 3)
    assert downloads.tally.percent == 100


def test_a_file_of_which_another_content_was_listed_meanwhile_is_not_completed(run: Run) -> None:
    stale = run.listed()[:1]
    commit = run.mirrored.hub.commit({})
    listing = begin_listing(run.mirrored.database, run.repository.repository_id, commit, {})
    listing.take([lfs("another").listed_as("a.bin")], {})
    run.artifacts.complete([(each, each.file.sha256) for each in stale if each.file.sha256])
    run.artifacts.begin(stale)
    run.artifacts.reopen(stale)
    assert (run.states()[0], run.listed()[0].file) == ("pending", lfs("another").listed_as("a.bin"))
