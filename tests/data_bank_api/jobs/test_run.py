"""One attempt of one job: claimed once, worked on while its heart beats, ended in one way."""

import json
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from data_bank_api.jobs.ending import Window
from data_bank_api.jobs.failures import Pauses
from data_bank_api.jobs.heart import ENDED
from data_bank_api.jobs.note import Note
from data_bank_api.jobs.run import Surroundings, Terms, run_job
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import Job, NewJob
from data_bank_client.wire.digest import Digest
from tests.data_bank_api.jobs.conftest import ShopAt
from tests.fakes.odd_kinds import ODD_KINDS
from tests.running_bank import until

NO_PAUSE = Pauses((0.0,), lambda: 0.0)
TERMS = Terms(ODD_KINDS, NO_PAUSE, patience=30)


def ask(shop: Shop, kind: str, **arguments: object) -> Job:
    return shop.jobs.enqueue(NewJob(kind, arguments))


class Runs:
    """Attempts in this process; `settled` counts the notes that have done their duty."""

    def __init__(self, shop: Shop, terms: Terms = TERMS) -> None:
        self._shop, self._terms = shop, terms
        self.settled = 0

    def run(self, job: Job, attempt: int = 1) -> int:
        window = Window()
        around = Surroundings(window, self._settle, lambda: False)
        with window.listening():
            return run_job(self._shop, Note(job.job_id, attempt), around, self._terms)

    def _settle(self) -> None:
        self.settled += 1


@pytest.fixture
def runs(shop: Shop) -> Runs:
    return Runs(shop)


def lines(shop: Shop, job: Job) -> list[str]:
    return [line["text"] for line in shop.jobs.get_with_log(job.job_id)[1]]


def events(shop: Shop) -> list[object]:
    return [each.content["type"] for each in shop.outbox.due(100) if each.topic == "event"]


@contextmanager
def when(path: Path, act: Callable[[], object]) -> Iterator[None]:
    """Meanwhile it is done, once there is such a file."""

    def wait() -> None:
        until(path.exists)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    yield
    thread.join()


def test_a_job_runs_to_its_end(shop: Shop, runs: Runs) -> None:
    job = ask(shop, "ping", message="hello", store=True)
    assert runs.run(job) == 0
    found = shop.jobs.get(job.job_id)
    digest = Digest.of(b"hello")
    assert (found.state, found.progress, found.attempts) == ("success", 100.0, 1)
    assert found.result == {
        "result_id": digest.hex,
        "result_bytes": 5,
        "details": {"message": "hello"},
    }
    assert shop.store.stat(digest).content_type == "text/plain; charset=utf-8"
    assert lines(shop, job) == ["queued", "attempt 1 begins", "done"]
    assert events(shop) == ["databank.job.started.v1", "databank.job.completed.v1"]


def test_a_ping_waits_as_long_as_it_is_told_to(sqlite_shop: Shop) -> None:
    job = ask(sqlite_shop, "ping", seconds=0.2)
    Runs(sqlite_shop).run(job)
    found = sqlite_shop.jobs.get(job.job_id)
    assert found.started_at is not None
    assert found.finished_at is not None
    assert (found.finished_at - found.started_at).total_seconds() >= 0.2


def test_an_attempt_is_run_once_however_often_it_is_delivered(shop: Shop, runs: Runs) -> None:
    job = ask(shop, "ping")
    assert [runs.run(job), runs.run(job), runs.run(job, attempt=3)] == [0, 0, 0]
    assert shop.jobs.get(job.job_id).attempts == 1
    assert lines(shop, job).count("attempt 1 begins") == 1
    assert runs.settled == 3


def test_a_failure_that_may_pass_is_followed_by_three_retries(shop: Shop, runs: Runs) -> None:
    job = ask(shop, "fail", how="temporary")
    states = []
    for attempt in (1, 2, 3, 4):
        runs.run(job, attempt)
        states.append(shop.jobs.get(job.job_id).state)
    assert states == ["retrying", "retrying", "retrying", "failure"]
    assert "retry 3 of 3 in 0 s: the database does not answer: try again soon" in lines(shop, job)
    assert events(shop).count("databank.job.failed.v1") == 1


def test_bad_input_is_not_tried_again(shop: Shop, runs: Runs) -> None:
    job = ask(shop, "fail", how="bad")
    runs.run(job)
    found = shop.jobs.get(job.job_id)
    assert found.state == "failure"
    assert found.error == {"kind": "user", "code": "INVALID_INPUT", "message": "no such dataset"}


@pytest.mark.parametrize("arguments", [{"how": "bad", "more": 1}, {}], ids=["too many", "too few"])
def test_arguments_that_this_release_does_not_take_are_the_askers(
    sqlite_shop: Shop, arguments: dict[str, object]
) -> None:
    job = ask(sqlite_shop, "fail", **arguments)
    Runs(sqlite_shop).run(job)
    error = sqlite_shop.jobs.get(job.job_id).error
    assert error is not None
    assert (error["kind"], error["code"]) == ("user", "INVALID_INPUT")


@pytest.mark.parametrize(("kind", "arguments"), [("fail", {"how": "defect"}), ("odd", {})])
def test_a_defect_is_an_internal_error_with_a_traceback_in_the_log(
    sqlite_shop: Shop, kind: str, arguments: dict[str, object]
) -> None:
    job = ask(sqlite_shop, kind, **arguments)
    with structlog.testing.capture_logs() as logged:
        Runs(sqlite_shop).run(job)
    found = sqlite_shop.jobs.get(job.job_id)
    assert found.state == "failure"
    assert found.error == {"kind": "system", "code": "INTERNAL_ERROR", "message": "internal error"}
    (raised,) = [line for line in logged if line["event"] == "job raised"]
    assert isinstance(raised["exc_info"], KeyError | TypeError)
    assert "secret" not in json.dumps([lines(sqlite_shop, job), found.error])


def test_a_cancelled_job_ends_where_it_is_and_cleans_up(
    shop: Shop, runs: Runs, tmp_path: Path
) -> None:
    job = ask(shop, "write", folder=str(tmp_path))
    with when(tmp_path / "began-1", lambda: shop.jobs.cancel(job.job_id)):
        assert runs.run(job) == ENDED
    assert shop.jobs.get(job.job_id).state == "cancelled"
    assert (tmp_path / "cleared-1").exists()
    assert list((tmp_path / "files" / "tmp").iterdir()) == []
    assert events(shop)[-1] == "databank.job.failed.v1"


def test_a_job_is_put_back_when_its_worker_stops_and_no_retry_is_used(
    shop: Shop, runs: Runs, tmp_path: Path
) -> None:
    job = ask(shop, "write", folder=str(tmp_path))
    with when(tmp_path / "began-1", lambda: os.kill(os.getpid(), signal.SIGTERM)):
        assert runs.run(job) == ENDED
    found = shop.jobs.get(job.job_id)
    assert (found.state, found.attempts, found.retries) == ("queued", 1, 0)
    assert lines(shop, job)[-1] == "put back: its worker was stopped"
    assert {"attempt": 2} in [each.content for each in shop.outbox.due(10) if each.topic == "run"]


def test_what_fails_because_it_is_ended_has_not_failed(sqlite_shop: Shop, tmp_path: Path) -> None:
    job = ask(sqlite_shop, "sulk", folder=str(tmp_path))
    with when(tmp_path / "began-1", lambda: os.kill(os.getpid(), signal.SIGTERM)):
        assert Runs(sqlite_shop).run(job) == ENDED
    assert sqlite_shop.jobs.get(job.job_id).state == "queued"


def test_what_is_done_in_spite_of_a_stop_is_done(sqlite_shop: Shop, tmp_path: Path) -> None:
    job = ask(sqlite_shop, "hasten", folder=str(tmp_path))
    with when(tmp_path / "began-1", lambda: os.kill(os.getpid(), signal.SIGTERM)):
        assert Runs(sqlite_shop).run(job) == 0
    assert sqlite_shop.jobs.get(job.job_id).state == "success"


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Meanwhile nobody can write to the database."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.close()


@pytest.fixture
def hasty_shop(shop_at: ShopAt, sqlite_url: str) -> Shop:
    """It does not wait for a lock."""
    return shop_at(f"{sqlite_url}?timeout=0.05")


def test_a_job_that_cannot_be_claimed_is_left_in_the_queue(
    hasty_shop: Shop, sqlite_url: str
) -> None:
    job = ask(hasty_shop, "ping")
    runs = Runs(hasty_shop, Terms(ODD_KINDS, patience=0))
    with locked(sqlite_url):
        assert runs.run(job) == 0
    assert runs.settled == 0
    assert hasty_shop.jobs.get(job.job_id).state == "queued"


def test_an_end_that_cannot_be_told_is_told_when_the_database_is_back(
    hasty_shop: Shop, sqlite_url: str, tmp_path: Path
) -> None:
    job = ask(hasty_shop, "hold", folder=str(tmp_path))

    def go_while_it_is_away() -> None:
        with locked(sqlite_url):
            (tmp_path / "go").touch()
            until((tmp_path / "ended-1").exists)
            threading.Event().wait(1.5)  # also the heart finds it away

    with when(tmp_path / "began-1", go_while_it_is_away):
        assert Runs(hasty_shop).run(job) == 0
    assert hasty_shop.jobs.get(job.job_id).state == "success"


def test_an_end_that_cannot_be_told_for_long_is_left_to_silence(
    hasty_shop: Shop, sqlite_url: str, tmp_path: Path
) -> None:
    job = ask(hasty_shop, "hold", folder=str(tmp_path))
    runs = Runs(hasty_shop, Terms(ODD_KINDS, patience=0))
    is_over = threading.Event()

    def go_while_it_is_away() -> None:
        with locked(sqlite_url):
            (tmp_path / "go").touch()
            is_over.wait(60)

    with when(tmp_path / "began-1", go_while_it_is_away):
        assert runs.run(job) == ENDED
        is_over.set()
    assert hasty_shop.jobs.get(job.job_id).state == "started"
