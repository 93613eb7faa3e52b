"""The overview: what is shown of the bank, and what is said where something is away."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from data_bank_api.queue.job import NewJob
from tests.data_bank_api.api.asked_bank import build
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.data_bank_api.ui.conftest import ALL, WITH_ALL, close
from tests.data_bank_api.ui.visitor import Visitor, text_of
from tests.fakes.files import put
from tests.running_bank import DELETE_KEY


def test_the_overview_tells_of_files_disk_and_jobs(tmp_path: Path) -> None:
    asked = build(tmp_path, REDIS_AWAY, **WITH_ALL)
    put(asked.bank.store, b"1234")
    put(asked.bank.store, b"56")
    asked.bank.require_desk().jobs.enqueue(NewJob("ping", {}))
    with closing(Visitor(asked)) as visitor:
        visitor.sign_in(ALL)
        text = text_of(visitor.page("/ui"))
    close(asked)
    assert "jobs lack something" in text
    assert "redis" in text
    assert "Files 2 6 bytes in all, each stored once." in text
    assert "free" in text
    assert "No two mirrored files are equal." in text
    assert "Jobs 1 queued 0 started 0 retrying 0 success 0 failure 0 cancelled" in text


def test_a_slash_too_many_leads_to_the_overview(person: Visitor) -> None:
    answer = person.get("/ui/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ui")


def test_without_redis_files_are_told_and_jobs_are_not(lone: Visitor) -> None:
    text = text_of(lone.page("/ui"))
    assert "redis jobs need Redis: set REDIS_URL" in text
    assert "Files 0 0 bytes in all" in text
    assert "queued" not in text


def test_who_may_not_read_sees_no_more_than_health(person: Visitor) -> None:
    with closing(Visitor(person.asked)) as cleaner:
        cleaner.sign_in(DELETE_KEY)
        text = text_of(cleaner.page("/ui"))
    assert "jobs lack something" in text
    assert "Storage" not in text


def test_a_full_disk_is_the_first_thing_told(tmp_path: Path) -> None:
    full = {**WITH_ALL, "MIN_FREE_GB": "1000000000"}
    with closing(Visitor(build(tmp_path, "", **full))) as visitor:
        visitor.sign_in(ALL)
        assert "Files cannot be stored or served." in text_of(visitor.page("/ui"))


def test_a_database_that_is_away_is_told_where_its_figures_would_be(tmp_path: Path) -> None:
    asked = build(tmp_path, REDIS_AWAY, DATABASE_URL="postgresql://127.0.0.1:1/bank", **WITH_ALL)
    with closing(Visitor(asked)) as visitor:
        visitor.sign_in(ALL)
        text = text_of(visitor.page("/ui"))
        assert visitor.get("/ui/jobs").status_code == 503
    close(asked)
    assert "Saved by storing once The database does not answer." in text
    assert "Jobs The database does not answer." in text
    assert "Files 0 0 bytes in all" in text


def test_a_disk_that_does_not_tell_its_size_is_told_so(
    lone: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise OSError

    monkeypatch.setattr(shutil, "disk_usage", fail)
    assert "Storage The disk does not answer." in text_of(lone.page("/ui"))
