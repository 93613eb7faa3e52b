"""What a worker does for a job whose process could not say how it ended."""

import sqlite3

import pytest

from data_bank_api.jobs import duties
from data_bank_api.jobs.child import Death
from data_bank_api.jobs.duties import clear_up
from data_bank_api.jobs.note import Note
from data_bank_api.jobs.shop import Shop
from data_bank_api.queue.job import NewJob
from tests.data_bank_api.jobs.conftest import ShopAt


def begin(shop: Shop) -> Note:
    """The first attempt of a new job."""
    note = Note(shop.jobs.enqueue(NewJob("ping", {})).job_id, 1)
    assert shop.claims.claim(note.job_id, 1) is not None
    return note


def test_a_run_that_died_is_lost_and_tried_again(shop: Shop) -> None:
    note = begin(shop)
    clear_up(shop, Death(note, "it was killed", was_stopped=False))
    job = shop.jobs.get(note.job_id)
    assert (job.state, job.retries) == ("retrying", 1)
    assert job.error is not None
    assert job.error["message"] == "lost: it was killed"


def test_a_run_that_was_killed_at_a_stop_is_put_back(shop: Shop) -> None:
    note = begin(shop)
    clear_up(shop, Death(note, "it was killed", was_stopped=True))
    job = shop.jobs.get(note.job_id)
    assert (job.state, job.retries) == ("queued", 0)


@pytest.mark.parametrize("was_stopped", [True, False])
def test_another_attempt_is_left_alone(sqlite_shop: Shop, was_stopped: bool) -> None:
    note = begin(sqlite_shop)
    clear_up(sqlite_shop, Death(Note(note.job_id, 2), "it was killed", was_stopped))
    assert sqlite_shop.jobs.get(note.job_id).state == "started"


def test_a_job_that_is_gone_is_no_trouble(sqlite_shop: Shop) -> None:
    clear_up(sqlite_shop, Death(Note("0" * 32, 1), "it was killed", was_stopped=True))


def test_silence_tells_of_a_death_where_the_database_is_away(
    shop_at: ShopAt, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "_MOURNING_SECONDS", 0.1)
    shop = shop_at(f"{sqlite_url}?timeout=0.05")
    note = begin(shop)
    lock = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    clear_up(shop, Death(note, "it was killed", was_stopped=False))
    lock.close()
    assert shop.jobs.get(note.job_id).state == "started"
