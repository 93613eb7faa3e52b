"""The overview: what is shown of the bank, and what is said where something is away."""

import re
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from data_bank_api.api.main import build_app
from data_bank_api.blobs.disk.gauges import StoreGauges
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify_report import VerifyReport, write_verify_report
from data_bank_api.db.schema import JobRow
from data_bank_api.jobs.attendance import HEARTBEAT_TTL
from data_bank_api.jobs.dispatcher_lock import DISPATCHER_LOCK
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.clock import utc_now
from data_bank_api.queue.job import NewJob
from tests.data_bank_api.api.asked_bank import Asked, build
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.data_bank_api.ui.conftest import ALL, WITH_ALL, close
from tests.data_bank_api.ui.visitor import Visitor, text_of
from tests.fakes.files import put
from tests.fakes.redis_server import RedisServer
from tests.fakes.systems import SmallSystem
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


def be_silent_since(asked: Asked, job_id: str, ago: timedelta) -> None:
    """A job whose worker was lost, and nobody is there who would give it up."""
    database = asked.bank.require_desk().database
    assert Claims(database).claim(job_id, 1) is not None
    with database.transaction() as session:
        beat = {"beat_at": utc_now() - ago}
        session.execute(update(JobRow).where(JobRow.job_id == job_id).values(beat))


def ping(asked: Asked, message: str) -> str:
    return asked.bank.require_desk().jobs.enqueue(NewJob("ping", {"message": message})).job_id


def way_of(page: str, says: str) -> str:
    """Where the line leads that begins so."""
    found = re.search(rf'<a href="([^"]+)">{says}', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_a_stuck_job_is_seen_at_once_with_the_way_to_it(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    asked = build(tmp_path, redis_server.url, **WITH_ALL)
    stuck, alive = ping(asked, "stuck"), asked.bank.require_desk().jobs.enqueue(NewJob("sweep", {}))
    be_silent_since(asked, stuck, timedelta(seconds=20))
    with closing(Visitor(asked)) as visitor:
        visitor.sign_in(ALL)
        page = visitor.page("/ui")
        jobs = visitor.page(way_of(page, "Runs of ping"))
    close(asked)
    text = text_of(page)
    assert "Files are stored and served; jobs lack something." in text
    assert "What needs a look No worker is alive. DataBankNoWorker" in text
    assert "Runs of ping that give no sign of life: 1. DataBankJobsStuck" in text
    assert f"/ui/jobs/{stuck}" in jobs
    assert f"/ui/jobs/{alive.job_id}" not in jobs


def test_a_job_that_nobody_begins_is_seen_with_the_way_to_it(tmp_path: Path) -> None:
    asked = build(tmp_path, REDIS_AWAY, **WITH_ALL)
    waiting = ping(asked, "waits")
    with asked.bank.require_desk().database.transaction() as session:
        session.execute(update(JobRow).values(due_at=utc_now() - timedelta(minutes=20)))
    with closing(Visitor(asked)) as visitor:
        visitor.sign_in(ALL)
        page = visitor.page("/ui")
        assert f"/ui/jobs/{waiting}" in visitor.page(way_of(page, "A job of kind ping"))
    close(asked)
    assert "A job of kind ping has waited for 20 min" in text_of(page)
    assert "Redis has not told who works" in text_of(page)


def see_all(folder: Path, server: RedisServer, damaged: int) -> str:
    """The overview of a bank whose disk is large and whose worker is there."""
    with server.connect() as connection:
        connection.set(DISPATCHER_LOCK, "somebody")
        connection.sadd("rq:workers:data_bank", "rq:worker:one")
        connection.hset("rq:worker:one", mapping={"state": "busy"})
        connection.expire("rq:worker:one", HEARTBEAT_TTL)
    asked, report = (
        build(folder, server.url, **WITH_ALL),
        VerifyReport(1, 2, 3, 4, damaged, 0, True),
    )
    state_root = asked.bank.settings.state_root
    write_verify_report(state_root, report, System())
    gauges = StoreGauges(str(folder), state_root, SmallSystem(10**18))
    bank = replace(asked.bank, gauges=gauges)
    with closing(Visitor(Asked(bank, build_app(bank)))) as visitor:
        visitor.sign_in(ALL)
        page = visitor.page("/ui")
    close(asked)
    return text_of(page)


def test_where_nothing_needs_a_look_all_is_well(tmp_path: Path, redis_server: RedisServer) -> None:
    text = see_all(tmp_path, redis_server, damaged=0)
    assert "All is well." in text
    assert "needs a look" not in text


def test_damaged_files_need_a_look_though_all_is_served(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    text = see_all(tmp_path, redis_server, damaged=2)
    assert "Files are stored and served; something needs a look." in text
    assert "Files found damaged when the store was verified: 2. DataBankQuarantine" in text


def test_a_disk_that_is_nearly_full_needs_a_look_without_jobs_too(tmp_path: Path) -> None:
    full = {**WITH_ALL, "MIN_FREE_GB": "1000000000"}
    with closing(Visitor(build(tmp_path, "", **full))) as visitor:
        visitor.sign_in(ALL)
        text = text_of(visitor.page("/ui"))
    assert "Less than a tenth of the disk is left for uploads: 0 bytes. DataBankDiskLow" in text
