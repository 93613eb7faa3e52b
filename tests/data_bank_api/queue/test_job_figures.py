"""What the tables say of jobs when somebody asks, and how Prometheus reads it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobRow
from data_bank_api.observability.exposition import Exposition
from data_bank_api.queue import job_figures
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.clock import utc_now
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.job_figures import STALE, JobFigures, read_job_figures
from data_bank_api.queue.job_metrics import JobMetrics
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.tally import Counted, Tally
from data_bank_client.wire.jobs import JobError
from tests.fakes.clock import Clock, seconds
from tests.fakes.scraped import Scraped

ERROR = JobError(kind="system", code="SERVICE_UNAVAILABLE", message="the disk is away")


@pytest.fixture
def jobs(database: Database, clock: Clock) -> Jobs:
    return Jobs(database, clock)


def ask(jobs: Jobs, number: int = 0) -> str:
    return jobs.enqueue(NewJob("ping", {"n": number})).job_id


def run_silent_since(database: Database, job_id: str, ago: timedelta) -> None:
    """A run that gave its last sign of life so long ago."""
    assert Claims(database).claim(job_id, 1) is not None
    with database.transaction() as session:
        beat = {"beat_at": utc_now() - ago}
        session.execute(update(JobRow).where(JobRow.job_id == job_id).values(beat))


def scrape(figures: JobFigures | None, *kinds: str) -> Scraped:
    text = Exposition([JobMetrics(figures, kinds)]).text().decode()
    return Scraped.parse(text)


def look(jobs: Jobs, *kinds: str) -> Scraped:
    return scrape(read_job_figures(jobs.database, jobs.clock), *kinds)


def test_a_job_that_waits_is_as_old_as_it_is_due(jobs: Jobs, clock: Clock) -> None:
    first = ask(jobs, 1)
    clock.pass_by(seconds(60))
    ask(jobs, 2)
    assert look(jobs)['databank_queue_oldest_age_seconds{kind="ping"}'] == 60
    assert look(jobs)['databank_jobs{kind="ping",state="queued"}'] == 2
    jobs.cancel(first)
    assert look(jobs)['databank_queue_oldest_age_seconds{kind="ping"}'] == 0


def test_a_retry_that_is_not_due_yet_is_not_late(jobs: Jobs, clock: Clock) -> None:
    job_id = ask(jobs)
    claim = Claims(jobs.database, clock).claim(job_id, 1)
    assert claim is not None
    claim.retry(ERROR, 30)
    assert look(jobs)['databank_queue_oldest_age_seconds{kind="ping"}'] == 0
    clock.pass_by(seconds(40))
    assert look(jobs)['databank_queue_oldest_age_seconds{kind="ping"}'] == 10
    assert look(jobs)['databank_jobs{kind="ping",state="retrying"}'] == 1


def test_a_run_goes_on_since_it_was_started(jobs: Jobs, clock: Clock) -> None:
    assert Claims(jobs.database, clock).claim(ask(jobs), 1) is not None
    clock.pass_by(seconds(7))
    assert look(jobs)['databank_job_longest_run_seconds{kind="ping"}'] == 7
    assert look(jobs)['databank_jobs_stale{kind="ping"}'] == 0


def test_a_run_that_is_silent_is_stale_and_one_that_beats_is_not(jobs: Jobs) -> None:
    run_silent_since(jobs.database, ask(jobs, 1), STALE + seconds(5))
    run_silent_since(jobs.database, ask(jobs, 2), seconds(1))
    assert look(jobs)['databank_jobs_stale{kind="ping"}'] == 1


def test_a_sign_of_life_ends_the_silence(jobs: Jobs) -> None:
    claim = Claims(jobs.database).claim(ask(jobs), 1)
    assert claim is not None
    with jobs.database.transaction() as session:
        session.execute(update(JobRow).values(beat_at=utc_now() - timedelta(hours=1)))
    assert look(jobs)['databank_jobs_stale{kind="ping"}'] == 1
    claim.beat()
    assert look(jobs)['databank_jobs_stale{kind="ping"}'] == 0


def test_letters_are_counted_by_their_topic(jobs: Jobs) -> None:
    ask(jobs, 1)
    ask(jobs, 2)
    found = look(jobs)
    assert found['databank_outbox_letters{topic="run"}'] == 2
    assert found['databank_outbox_letters{topic="webhook"}'] == 0


def test_of_every_kind_there_is_a_line_before_anything_happens(jobs: Jobs) -> None:
    found = look(jobs, "ping", "sweep")
    for line in (
        'databank_job_transitions_total{kind="sweep",state="failure"}',
        'databank_job_retries_exhausted_total{kind="sweep"}',
        'databank_job_lost_runs_total{kind="ping"}',
        'databank_jobs{kind="ping",state="started"}',
        'databank_jobs_stale{kind="ping"}',
        'databank_queue_oldest_age_seconds{kind="ping"}',
    ):
        assert found[line] == 0


def test_a_histogram_adds_up_from_its_least_bound() -> None:
    counted = [
        Counted("ping", "success", 0, 3, 0.1),
        Counted("ping", "success", 2, 2, 6.0),
        Counted("ping", "success", 10, 1, 100_000.0),
        Counted("ping", "failure", 1, 1, 0.5),
    ]
    found = scrape(JobFigures(Clock().now, (), (), counted), "ping")
    name, line = "databank_job_duration_seconds", 'kind="ping",state="success"'
    buckets = {
        bound: found[f'{name}_bucket{{kind="ping",le="{bound}",state="success"}}']
        for bound in ("0.1", "1.0", "5.0", "86400.0", "+Inf")
    }
    assert buckets == {"0.1": 3, "1.0": 3, "5.0": 5, "86400.0": 5, "+Inf": 6}
    assert found[f"{name}_count{{{line}}}"] == 6
    assert found[f"{name}_sum{{{line}}}"] == 100_006.1
    assert found['databank_job_duration_seconds_count{kind="ping",state="failure"}'] == 1


def test_what_upkeep_did_is_told_by_heap_and_outcome(database: Database, jobs: Jobs) -> None:
    with Tally(database).going_through("sweep", "letters") as heap:
        heap.scanned, heap.cleaned = 5, 2
    labels = 'heap="letters",kind="sweep"'
    found = look(jobs)
    told = {
        outcome: found[f'databank_upkeep_items_total{{{labels},outcome="{outcome}"}}']
        for outcome in ("scanned", "cleaned", "skipped")
    }
    assert told == {"scanned": 5, "cleaned": 2, "skipped": 3}


def test_a_database_that_does_not_tell_is_away_and_nothing_else() -> None:
    assert scrape(None, "ping").samples == {"databank_database_up": 0}


def test_of_very_many_jobs_the_oldest_are_looked_at(
    jobs: Jobs, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_figures, "MOST", 2)
    for number in range(3):
        ask(jobs, number)
        clock.pass_by(seconds(10))
    found = look(jobs)
    assert found['databank_jobs{kind="ping",state="queued"}'] == 2
    assert found['databank_queue_oldest_age_seconds{kind="ping"}'] == 30
    assert found['databank_outbox_letters{topic="run"}'] == 2
