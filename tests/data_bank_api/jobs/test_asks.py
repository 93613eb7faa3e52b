"""Siblings ask through RQ: each ask is one job, whoever is killed or away, and they are told."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from rq import Queue
from rq.job import Job as RqJob
from rq.job import JobStatus
from sqlalchemy.exc import SQLAlchemyError
from structlog.testing import capture_logs

from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.jobs.asked_queue import KEPT_SECONDS, AskedQueue
from data_bank_api.jobs.asks import MOST, Asks
from data_bank_api.jobs.dispatcher import Dispatcher, DispatcherParts
from data_bank_api.jobs.note import queue_of
from data_bank_api.queue.claims import Claim, Claims
from data_bank_api.queue.job import Job, NewJob, Wanted
from data_bank_api.queue.jobs import Jobs, nothing
from data_bank_api.queue.outbox import Outbox
from data_bank_client.errors import JobNotFoundError, ServiceUnavailableError
from tests.fakes.dispatcher_process import parts_at
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until

KEY = "rq:queue:data_bank_asked"


class Office:
    """A dispatcher that works when it is told to, and a sibling."""

    def __init__(self, parts: DispatcherParts) -> None:
        self.parts = parts
        self.jobs = Jobs(parts.database)
        self.dispatcher = Dispatcher(parts)

    @property
    def redis(self) -> redis.Redis:
        return self.parts.redis

    @property
    def queue(self) -> Queue:
        return Queue("data_bank_asked", connection=self.redis, serializer="json")

    def ask(self, **more: object) -> RqJob:
        return self.queue.enqueue("corpus.ingest", repo_id="org/name", **more)

    def tick(self) -> None:
        while self.dispatcher.tick():
            pass

    def all(self) -> list[Job]:
        return self.jobs.list(Wanted(kinds=("corpus.ingest",)), None, 100)

    def get(self, asked: RqJob) -> Job:
        return self.jobs.get(asked.id.replace("-", ""))

    def claim(self, asked: RqJob) -> Claim:
        claim = Claims(self.parts.database).claim(asked.id.replace("-", ""), 1)
        assert claim is not None
        return claim

    def kill(self) -> None:
        """Another dispatcher goes on."""
        self.dispatcher.close()
        self.dispatcher = Dispatcher(self.parts)


@pytest.fixture
def office(database: Database, redis_server: RedisServer) -> Iterator[Office]:
    office = Office(parts_at(database, redis_server.url))
    yield office
    office.dispatcher.close()


def status_of(asked: RqJob) -> JobStatus:
    return asked.get_status()


def reason_of(asked: RqJob) -> str:
    assert status_of(asked) == JobStatus.FAILED
    result = asked.latest_result()
    assert result is not None
    return str(result.exc_string)


def test_an_ask_is_a_job_that_waits_for_a_worker(office: Office) -> None:
    asked = office.ask(include=["*.parquet"], user_id=7)
    office.tick()
    job = office.get(asked)
    assert (job.state, job.user_id, job.arguments["include"]) == ("queued", 7, ["*.parquet"])
    assert f"{job.job_id}-1" in queue_of(office.redis).job_ids
    assert (status_of(asked), office.queue.count) == (JobStatus.STARTED, 0)


def test_who_asked_is_told_there_what_was_made(office: Office) -> None:
    asked = office.ask()
    office.tick()
    office.claim(asked).succeed({"result_id": "f" * 64, "result_bytes": 3, "details": {}})
    office.tick()
    assert status_of(asked) == JobStatus.FINISHED
    job_id = asked.id.replace("-", "")
    assert asked.return_value() == {"job_id": job_id, "result_id": "f" * 64, "result_bytes": 3}
    for key in (asked.key, f"rq:results:{asked.id}"):
        assert 0 < office.redis.ttl(key) <= KEPT_SECONDS


def test_who_asked_is_told_there_why_it_failed(office: Office) -> None:
    failed, cancelled = office.ask(), office.ask()
    office.tick()
    office.claim(failed).fail({"kind": "user", "code": "NOT_FOUND", "message": "no such thing"})
    office.jobs.cancel(office.get(cancelled).job_id)
    office.tick()
    assert (reason_of(failed), reason_of(cancelled)) == ("no such thing", "cancelled")


def test_jobs_that_nobody_asked_for_through_rq_are_told_of_nowhere_there(office: Office) -> None:
    job_id = office.jobs.enqueue(NewJob("ping", {})).job_id
    claim = Claims(office.parts.database).claim(job_id, 1)
    assert claim is not None
    claim.succeed({"result_id": None, "result_bytes": 0, "details": {}})
    office.tick()
    rq_id = str(uuid.UUID(job_id))
    assert office.redis.exists(f"rq:job:{rq_id}", f"rq:results:{rq_id}") == 0


def test_who_asks_twice_has_two_jobs(office: Office) -> None:
    first, second = office.ask(), office.ask()
    office.tick()
    assert office.get(first).job_id != office.get(second).job_id
    assert len(office.all()) == 2


def test_a_refused_ask_says_why_and_the_others_are_not_held_up(office: Office) -> None:
    pickled = Queue("data_bank_asked", connection=office.redis).enqueue("os.system", "exit 1")
    wrong = office.queue.enqueue("ping")
    huge = office.queue.enqueue("corpus.ingest", repo_id=uuid.uuid4().hex * 100_000)
    own = office.queue.enqueue("corpus.ingest", repo_id="org/name", job_id="my-own")
    good = office.ask()
    with capture_logs() as logs:
        office.tick()
    assert status_of(good) == JobStatus.STARTED
    assert 'serializer="json"' in reason_of(pickled)
    assert "only corpus.ingest" in reason_of(wrong)
    assert "larger than" in reason_of(huge)
    assert "leave it to RQ" in reason_of(own)
    refused = [each["rq_id"] for each in logs if each["event"] == "an ask through RQ is refused"]
    assert refused == [repr(each.id) for each in (pickled, wrong, huge, own)]
    assert (len(office.all()), office.queue.count) == (1, 0)
    assert 0 < office.redis.ttl(wrong.key) <= KEPT_SECONDS


def test_what_is_no_ask_at_all_is_dropped(office: Office) -> None:
    office.redis.set("rq:job:a-text", "not a hash")
    office.redis.hset("rq:job:without-data", "status", "queued")
    good = office.ask()
    office.redis.lpush(
        KEY, b"\xff\0", b"a" * 1_000_000, "gone", "a-text", "without-data", "a b", ""
    )
    with capture_logs() as logs:
        office.tick()
    dropped = [each for each in logs if each["event"] == "dropped what is no ask from the queue"]
    assert len(dropped) == 7
    assert max(len(str(each["rq_id"])) for each in dropped) < 200
    assert (status_of(good), office.queue.count) == (JobStatus.STARTED, 0)


def test_a_queue_that_is_no_list_stops_nothing_else(office: Office) -> None:
    office.redis.set(KEY, "a text")
    job_id = office.jobs.enqueue(NewJob("ping", {})).job_id
    office.tick()
    assert f"{job_id}-1" in queue_of(office.redis).job_ids


def test_results_that_cannot_be_written_stop_nothing_else(office: Office) -> None:
    asked = office.ask()
    office.tick()
    office.redis.set(f"rq:results:{asked.id}", "no stream")
    office.claim(asked).fail({"kind": "user", "code": "NOT_FOUND", "message": "no"})
    office.tick()
    assert status_of(asked) == JobStatus.FAILED
    assert Outbox(office.parts.database).due(10, ("event",)) == []


def test_a_key_that_is_no_rq_job_any_more_is_left_alone(office: Office) -> None:
    asked = office.ask()
    office.tick()
    office.redis.set(asked.key, "a text")
    office.claim(asked).fail({"kind": "user", "code": "NOT_FOUND", "message": "no"})
    office.tick()
    assert office.redis.get(asked.key) == b"a text"


def test_so_many_are_taken_in_a_tick_and_the_rest_in_the_next(office: Office) -> None:
    asked = [office.ask() for _ in range(MOST + 5)]
    office.dispatcher.tick()
    assert (len(office.all()), office.queue.count) == (MOST, 5)
    office.dispatcher.tick()
    assert {job.job_id for job in office.all()} == {each.id.replace("-", "") for each in asked}


@pytest.mark.parametrize("step", ["look", "accept", "tell"])
def test_a_dispatcher_that_is_killed_at_any_step_makes_one_job_of_an_ask(
    office: Office, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = office.ask()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(AskedQueue, step, die)
        with pytest.raises(KeyboardInterrupt):
            office.dispatcher.tick()
    office.kill()
    office.tick()
    [job] = office.all()
    assert (job.job_id, job.state) == (asked.id.replace("-", ""), "queued")
    assert (status_of(asked), office.queue.count) == (JobStatus.STARTED, 0)


def test_a_job_that_ended_before_its_ask_was_taken_out_is_told_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [office.ask() for _ in range(3)]

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    for _ in asked:
        with monkeypatch.context() as dying:
            dying.setattr(AskedQueue, "accept", die)
            with pytest.raises(KeyboardInterrupt):
                office.dispatcher.tick()
        office.redis.rpoplpush(KEY, KEY)
    office.claim(asked[0]).succeed({"result_id": None, "result_bytes": 0, "details": {}})
    office.claim(asked[1]).fail({"kind": "user", "code": "NOT_FOUND", "message": "no"})
    office.jobs.cancel(office.get(asked[2]).job_id)
    monkeypatch.setattr("data_bank_api.jobs.asks.AskersToo.deliver", lambda *_: None)
    office.tick()
    assert [status_of(each).value for each in asked] == ["finished", "failed", "failed"]
    assert (reason_of(asked[1]), reason_of(asked[2])) == ("no", "cancelled")


def test_an_ask_that_is_put_in_again_after_its_end_is_told_that_end(office: Office) -> None:
    asked = office.ask()
    office.tick()
    office.claim(asked).fail({"kind": "user", "code": "NOT_FOUND", "message": "no"})
    office.tick()
    office.queue.enqueue_job(RqJob.fetch(asked.id, office.redis, serializer="json"))
    office.tick()
    assert reason_of(asked) == "no"
    assert len(office.all()) == 1


def test_the_id_of_another_job_is_refused_and_that_job_untouched(office: Office) -> None:
    other = office.jobs.enqueue(NewJob("ping", {}))
    asked = office.ask(job_id=str(uuid.UUID(other.job_id)))
    office.tick()
    assert reason_of(asked) == "there is another job of this id or key"
    assert office.jobs.get(other.job_id).kind == "ping"


def test_a_key_that_somebody_took_before_is_refused(office: Office) -> None:
    asked = office.ask()
    key = f"corpus.ingest:{asked.id.replace('-', '')}"
    office.jobs.enqueue(NewJob("corpus.ingest", {}, key))
    office.tick()
    assert reason_of(asked) == "there is another job of this id or key"
    with pytest.raises(JobNotFoundError):
        office.get(asked)


def test_what_the_table_refuses_is_refused_and_holds_up_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = office.ask(), office.ask()
    insert = Jobs._insert

    def refusing(jobs: Jobs, job_id: str, asked: NewJob, key: str, beside: object) -> Job:
        if job_id == bad.id.replace("-", ""):
            raise SQLAlchemyError("no")
        return insert(jobs, job_id, asked, key, nothing)

    monkeypatch.setattr(Jobs, "_insert", refusing)
    office.tick()
    assert (reason_of(bad), status_of(good)) == ("INTERNAL_ERROR", JobStatus.STARTED)


def test_while_the_database_is_away_asks_wait_where_they_are(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = office.ask()

    def away(*_: object) -> None:
        raise DatabaseAwayError

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Jobs, "enqueue_once", away)
        assert not office.dispatcher.tick()
    assert (status_of(asked), office.queue.count) == (JobStatus.QUEUED, 1)
    office.tick()
    assert office.get(asked).state == "queued"


def test_while_redis_is_away_nothing_is_lost_and_nothing_done_twice(
    sqlite_url: str, own_redis: RedisServer
) -> None:
    database = Database(sqlite_url)
    office = Office(parts_at(database, own_redis.url))
    asked = office.ask()
    [ask] = AskedQueue(office.redis).look(5)
    own_redis.stop()
    queue = AskedQueue(office.redis)
    for call in (lambda: queue.look(5), lambda: queue.accept(ask), lambda: queue.refuse(ask, "")):
        with pytest.raises(ServiceUnavailableError):
            call()
    assert not office.dispatcher.tick()
    own_redis.start()

    def is_taken() -> bool:
        office.dispatcher.tick()
        return len(office.all()) == 1

    until(is_taken)
    assert (status_of(asked), office.queue.count) == (JobStatus.STARTED, 0)
    office.dispatcher.close()
    database.close()


def test_one_that_rq_cancelled_is_no_ask_any_more(office: Office) -> None:
    asked = office.ask()
    asked.cancel()
    office.tick()
    assert (office.all(), status_of(asked)) == ([], JobStatus.CANCELED)


def test_one_that_rq_cancels_while_it_becomes_a_job_says_so(office: Office) -> None:
    asked, queue = office.ask(), AskedQueue(office.redis)
    [ask] = queue.look(5)
    asked.cancel()
    queue.accept(ask)
    assert status_of(asked) == JobStatus.CANCELED


def test_two_dispatchers_at_once_make_one_job_of_each_ask(office: Office) -> None:
    asked = [office.ask() for _ in range(MOST)]
    asks = Asks(AskedQueue(office.redis), office.jobs)
    with ThreadPoolExecutor(2) as both:
        for work in [both.submit(asks.take) for _ in range(2)]:
            work.result()
    assert {job.job_id for job in office.all()} == {each.id.replace("-", "") for each in asked}
    assert len(office.all()) == MOST
    assert {status_of(each) for each in asked} == {JobStatus.STARTED}
