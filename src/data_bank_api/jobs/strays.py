"""Strays: jobs that wait, but of which the queue in Redis holds no note; and notes of no job.

Redis may lose all that it has at any time. A note lies in the queue, or in the list of those that
a worker has taken and not settled yet (jobs/inbox), from where workers bring it back themselves.
The table is looked at before Redis: who is in neither was claimed meanwhile, or is lost; and to
deliver a job once too often does no harm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import redis

from data_bank_api.broker.failures import redis_errors
from data_bank_api.jobs.note import Note, queue_of, read_rq_id, rq_id
from data_bank_api.queue.job import Job
from data_bank_api.queue.upkeep import Upkeep

REASON = "it was lost on its way to a worker"

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Strays:
    """Every method raises ServiceUnavailableError, where Redis or the database is away."""

    upkeep: Upkeep
    redis: redis.Redis
    # So long a job that is due may be on its way.
    patience: timedelta = timedelta(seconds=10)

    def among(self, jobs: Sequence[Job]) -> list[Job]:
        """Those of these waiting jobs of which Redis holds no note."""
        missing = {note_id(job): job for job in jobs}
        for notes in self._all_notes():
            for each in notes:
                missing.pop(each, None)
            if not missing:
                break
        return list(missing.values())

    def bring_back(self, jobs: Sequence[Job]) -> list[Job]:
        """Deliver once more those of these waiting jobs of which Redis holds no note."""
        return [
            job
            for job in self.among(jobs)
            if self.upkeep.redeliver(job.job_id, job.attempts + 1, REASON)
        ]

    def idle_notes(self) -> Iterator[list[bytes]]:
        """The notes in the queue for which no job waits, in pieces: they would start nothing."""
        for notes in self._queued_notes():
            read = [(each, read_rq_id(each)) for each in notes]
            found = [(each, note) for each, note in read if note is not None]
            waits = self.upkeep.next_attempts([note.job_id for _, note in found])
            yield [each for each, note in found if waits.get(note.job_id) != note.attempt]

    def drop(self, note: bytes) -> None:
        """Take a note out of the queue."""
        queue = queue_of(self.redis)
        with redis_errors(), self.redis.pipeline() as pipeline:
            pipeline.lrem(queue.key, 0, note.decode())
            pipeline.delete(queue.job_class.key_for(note.decode()))
            pipeline.execute()

    def _all_notes(self) -> Iterator[list[bytes]]:
        # In the order in which a note moves, so that none is missed.
        yield from self._queued_notes()
        yield self._range(queue_of(self.redis).intermediate_queue_key, 0, -1)

    def _queued_notes(self) -> Iterator[list[bytes]]:
        # From the end, where notes come in: that others are taken from the front moves nothing.
        key, last = queue_of(self.redis).key, -1
        while notes := self._range(key, last - _CHUNK + 1, last):
            yield notes
            last -= _CHUNK

    def _range(self, key: str, first: int, last: int) -> list[bytes]:
        with redis_errors():
            found = self.redis.lrange(key, first, last)
        return [each for each in found if isinstance(each, bytes)]


def note_id(job: Job) -> bytes:
    """What the note for the next attempt of a job is called in Redis."""
    return rq_id(Note(job.job_id, job.attempts + 1)).encode()
