"""Dispatchers that are killed, stopped and race: nothing is lost, each event is there once."""

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby

import pytest

from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.events.stream import LOG
from data_bank_api.jobs.dispatcher_lock import DISPATCHER_LOCK
from data_bank_api.jobs.note import queue_of
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.outbox import Outbox
from data_bank_client.wire.events import decode_event
from data_bank_client.wire.jobs import JobResult
from tests.fakes.dispatcher_process import dispatching
from tests.fakes.job_events import entries_in
from tests.fakes.redis_server import RedisServer
from tests.running_bank import until

DONE = JobResult(result_id=None, result_bytes=0, details={})
COUNT = 100


class Traffic:
    """Jobs that are asked for, and one who takes each note from the queue and does its job."""

    def __init__(self, url: str, redis_server: RedisServer) -> None:
        self.url, self.redis_url = url, redis_server.url
        self.database = Database(url)
        self.redis = redis_server.connect()
        self.jobs = Jobs(self.database)
        self.asked: list[str] = []
        self.runs: Counter[str] = Counter()

    def ask(self, count: int) -> None:
        for _ in range(count):
            asked = NewJob("ping", {"n": len(self.asked)})
            self.asked.append(self.jobs.enqueue(asked).job_id)

    def work(self) -> int:
        """Do what lies in the queue; how many jobs of ours are done."""
        queue = queue_of(self.redis).key
        while isinstance(rq_id := self.redis.lpop(queue), bytes):
            job_id, _, attempt = rq_id.decode().partition("-")
            if job_id in self.asked:
                self._run(job_id, int(attempt))
        return len(self.runs)

    def _run(self, job_id: str, attempt: int) -> None:
        claim = Claims(self.database).claim(job_id, attempt)
        if claim is not None:
            self.runs[job_id] += 1
            claim.succeed(DONE)

    def is_over(self) -> bool:
        self.work()
        left = {each.job_id for each in Outbox(self.database).due(10)}
        return len(self.runs) == len(self.asked) and not left.intersection(self.asked)

    def events(self) -> list[tuple[str, str, str]]:
        """Of our jobs, as they stand in the stream: the event's id, its job and its type."""
        entries = entries_in(self.redis)
        found = [(decode_event(each.content).event_id, each.job_id, each.type) for each in entries]
        return [each for each in found if each[1] in self.asked]

    def assert_all_is_well(self) -> None:
        """Each job ran once; each event is once in the stream; those of a job in their order."""
        until(self.is_over)
        assert self.runs == Counter(self.asked)
        events = self.events()
        assert len({event_id for event_id, _, _ in events}) == len(events)
        of_jobs = groupby(sorted(events, key=lambda each: each[1]), key=lambda each: each[1])
        types = {job_id: [each[2].split(".")[2] for each in told] for job_id, told in of_jobs}
        assert types == {job_id: ["started", "completed"] for job_id in self.asked}


@pytest.fixture
def traffic(database_url: str, redis_server: RedisServer) -> Iterator[Traffic]:
    traffic = Traffic(database_url, redis_server)
    yield traffic
    traffic.database.close()


@pytest.mark.parametrize("lock", ["", "unlocked"], ids=["locked", "unlocked"])
def test_two_dispatchers_deliver_everything_once(traffic: Traffic, lock: str) -> None:
    more = [lock] if lock else []
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(dispatching(traffic.url, traffic.redis_url, *more))
        for _ in range(10):
            traffic.ask(COUNT // 10)
            traffic.work()
        traffic.assert_all_is_well()


def stands_still(process: subprocess.Popen[bytes], traffic: Traffic) -> bool:
    """Between two transactions: within one it holds the only lock that SQLite has."""
    process.send_signal(signal.SIGSTOP)
    try:
        traffic.ask(1)
    except DatabaseAwayError:
        process.send_signal(signal.SIGCONT)
        return False
    return True


def test_a_dispatcher_that_stood_still_does_no_harm_when_it_goes_on(traffic: Traffic) -> None:
    with dispatching(traffic.url, traffic.redis_url) as first:
        traffic.ask(1)
        until(lambda: traffic.work() == 1)
        until(lambda: stands_still(first, traffic))
        held = traffic.redis.get(DISPATCHER_LOCK)
        with dispatching(traffic.url, traffic.redis_url):
            traffic.ask(50)
            until(lambda: traffic.work() > 1)
            assert traffic.redis.get(DISPATCHER_LOCK) != held
            first.send_signal(signal.SIGCONT)
            traffic.ask(50)
            traffic.assert_all_is_well()
            assert first.poll() is None


def delivered(traffic: Traffic) -> int:
    """How much has come to Redis."""
    return traffic.redis.llen(queue_of(traffic.redis).key) + traffic.redis.xlen(LOG)


def test_nothing_is_lost_when_dispatchers_are_killed_in_the_middle(traffic: Traffic) -> None:
    chance = random.Random(4)
    for _ in range(3):
        traffic.ask(COUNT // 3)
        # Nobody waits for the lock of who was killed: the next works beside its traces.
        with dispatching(traffic.url, traffic.redis_url, "unlocked") as process:
            before, more = delivered(traffic), chance.randrange(COUNT // 10)
            while delivered(traffic) <= before + more:
                time.sleep(0.001)
            process.kill()
            process.wait()
        traffic.work()  # and so there are events for the next
    with dispatching(traffic.url, traffic.redis_url):
        traffic.assert_all_is_well()


def test_another_takes_over_from_one_that_was_killed(traffic: Traffic) -> None:
    with dispatching(traffic.url, traffic.redis_url) as first:
        traffic.ask(1)
        until(lambda: traffic.work() == 1)
        first.kill()
        first.wait()
        with dispatching(traffic.url, traffic.redis_url):
            traffic.ask(1)
            traffic.assert_all_is_well()
