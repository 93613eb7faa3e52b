"""The queue in Redis as workers see it: they take notes from it, and drop whatever is none.

    rq:queue:data_bank ── taken ──► rq:queue:data_bank:intermediate ── settled ──► nothing is left
            ▲                                      │
            └──────── put back, after a while ─────┘

A note is settled when its claim was made, or refused. Until then it is not lost with the worker
that took it: another finds it lying there, and puts it back. So it may come twice, which does no
harm. Nothing of an RQ job but its data is looked at, and that as a note only: what function it
names, how it was pickled, when it expires and whom it calls back are nobody's business here.
"""

from collections.abc import Iterable

import redis
import structlog
from rq import Queue
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job

from data_bank_api.jobs.note import Note, read_note
from data_bank_client.wire.jobs import QUEUE

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

MOST_DATA = 2000  # bytes: a note has a tenth of it; what is larger is not read
_QUEUE_KEY = f"{Queue.redis_queue_namespace_prefix}{QUEUE}"
_TAKEN_KEY = IntermediateQueue.get_intermediate_queue_key(_QUEUE_KEY)
_JOB_PREFIX = Job.redis_job_namespace_prefix.encode()
_SETTLE = """
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('DEL', KEYS[2])
"""
# In one step, so that of several who find it one puts it back, and none loses it.
_PUT_BACK = """
if redis.call('LREM', KEYS[1], 1, ARGV[1]) == 1 and redis.call('EXISTS', KEYS[3]) == 1 then
    redis.call('RPUSH', KEYS[2], ARGV[1])
    return 1
end
return 0
"""


class TakenNote(Job):
    """What RQ's worker is given to do: a note, under the id by which it was taken."""

    def __init__(self, rq_id: bytes, note: Note, connection: redis.Redis) -> None:
        super().__init__(note.job_id, connection=connection, serializer="json")
        self.rq_id = rq_id
        self.note = note


class NoteQueue(Queue):
    """RQ's queue, of which notes are taken and nothing else."""

    @classmethod
    def dequeue_any(
        cls,
        queues: Iterable[Queue],
        timeout: int | None,
        connection: redis.Redis,
        *_rest: object,
        **_more: object,
    ) -> tuple[Job, Queue]:
        """The next note. Raises DequeueTimeout."""
        (queue,) = queues
        while True:
            _, rq_id = cls.lmove(connection, queue.key, timeout)
            note = _look(connection, rq_id)
            if note is not None:
                return TakenNote(rq_id, note, connection), queue
            settle(connection, rq_id)


def settle(connection: redis.Redis, rq_id: bytes) -> None:
    """Leave nothing of it."""
    connection.eval(_SETTLE, 2, _TAKEN_KEY, _JOB_PREFIX + rq_id, rq_id)


def taken(connection: redis.Redis) -> frozenset[bytes]:
    """The ids of notes that were taken and are not settled."""
    found = connection.lrange(_TAKEN_KEY, 0, -1)
    return frozenset(each for each in found if isinstance(each, bytes))


def put_back(connection: redis.Redis, rq_id: bytes) -> bool:
    """To the end of the queue. False, and nothing is left, where it was settled meanwhile."""
    keys = (_TAKEN_KEY, _QUEUE_KEY, _JOB_PREFIX + rq_id)
    return bool(connection.eval(_PUT_BACK, len(keys), *keys, rq_id))


def _look(connection: redis.Redis, rq_id: bytes) -> Note | None:
    """The note of this id; None where it was settled already, or is something else."""
    key = _JOB_PREFIX + rq_id
    try:
        is_short = connection.hstrlen(key, "data") <= MOST_DATA
        data = connection.hget(key, "data") if is_short else b""
    except redis.ResponseError:  # no hash
        data = b""
    if data is None:
        return None
    note = read_note(data) if isinstance(data, bytes) else None
    if note is None:
        log.warning("dropped what is no note from the queue", rq_id=repr(rq_id[:100]))
    return note
