"""The queue that siblings ask through, in Redis, and what they are told there.

    rq:queue:data_bank_asked     ids of RQ jobs, the oldest at its head
    rq:job:<id>                  what is asked for, and its status
    rq:results:<id>              what came of it

    queued ──► started       a job of the table, by the same id without hyphens
        │         └──► finished, failed     as the job ended; kept for KEPT_SECONDS
        └──► failed          refused, with the reason

An ask is looked at where it lies, and is taken out when it is written what became of it: so none
is lost. What is no ask is taken out; nothing large is read, nothing is called or unpickled.
"""

import zlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import redis
import structlog
from redis.typing import EncodableT, FieldT
from rq import Queue
from rq.job import Job
from rq.results import Result
from rq.utils import now, utcformat

from data_bank_api.broker.failures import redis_errors
from data_bank_api.jobs.asked import MOST_BYTES, Ask, rq_id_of
from data_bank_client.wire.jobs import ASKED_QUEUE

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

KEPT_SECONDS = 24 * 3600
_LONGEST_ID = 100
_QUEUE_KEY = f"{Queue.redis_queue_namespace_prefix}{ASKED_QUEUE}"
_PREFIX = Job.redis_job_namespace_prefix
_RESULTS = "rq:results:"
# Of each the beginning of its id, the length of its data, and those where they are not too long.
_LOOK = """
if redis.call('TYPE', KEYS[1]).ok ~= 'list' then return {} end
local found = {}
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)) do
    local key, data = ARGV[4] .. id, ''
    local length = redis.pcall('HSTRLEN', key, 'data')
    local is_id = #id <= tonumber(ARGV[2]) and string.match(id, '^[%w_-]+$')
    if not is_id or type(length) ~= 'number' or length == 0 then
        redis.call('LREM', KEYS[1], 1, id)
        length = 0
    elseif length <= tonumber(ARGV[3]) then
        data = redis.call('HGET', key, 'data')
    end
    found[#found + 1] = {string.sub(id, 1, ARGV[2]), length, data}
end
return found
"""
# One that has ended by now, or was cancelled by RQ's means, stays so.
_ACCEPT = """
redis.call('LREM', KEYS[1], 1, ARGV[1])
if redis.call('HGET', KEYS[2], 'status') == 'queued' then
    redis.call('HSET', KEYS[2], 'status', 'started', 'started_at', ARGV[2])
end
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the job of an ask ended: by a `result`, or for a `reason`."""

    result: Mapping[str, object] | None = None
    reason: str = ""

    @property
    def status(self) -> str:
        return "failed" if self.result is None else "finished"

    def told(self) -> dict[FieldT, EncodableT]:
        """As RQ keeps results."""
        if self.result is None:
            text = b64encode(zlib.compress(self.reason.encode()))
            return {"type": Result.Type.FAILED.value, "worker_name": "", "exc_string": text}
        value = b64encode(msgspec.json.encode(self.result))
        return {"type": Result.Type.SUCCESSFUL.value, "worker_name": "", "return_value": value}


@dataclass(frozen=True, slots=True)
class AskedQueue:
    """Every method raises ServiceUnavailableError where Redis is away."""

    redis: redis.Redis

    def look(self, most: int) -> list[Ask]:
        """The oldest asks, which stay where they are."""
        arguments = (str(most), str(_LONGEST_ID), str(MOST_BYTES), _PREFIX)
        with redis_errors():
            found = self.redis.eval(_LOOK, 1, _QUEUE_KEY, *arguments)
        asks = msgspec.convert(found, list[tuple[bytes, int, bytes]])
        for rq_id, length, _ in asks:
            if not length:
                log.warning("dropped what is no ask from the queue", rq_id=repr(rq_id))
        return [Ask(rq_id.decode(), length, data) for rq_id, length, data in asks if length]

    def accept(self, ask: Ask) -> None:
        """It is a job now."""
        key = _PREFIX + ask.rq_id
        with redis_errors():
            self.redis.eval(_ACCEPT, 2, _QUEUE_KEY, key, ask.rq_id, utcformat(now()))

    def refuse(self, ask: Ask, reason: str) -> None:
        """It will be none."""
        with redis_errors(), self.redis.pipeline() as pipeline:
            pipeline.lrem(_QUEUE_KEY, 1, ask.rq_id)
            _tell(pipeline, ask.rq_id, Ending(reason=reason))
            pipeline.execute(raise_on_error=False)

    def tell(self, endings: Mapping[str, Ending]) -> None:
        """How jobs ended, by their ids, to those who asked for them through RQ: once."""
        with redis_errors(), self.redis.pipeline() as pipeline:
            rq_ids = [rq_id_of(each) for each in endings]
            for each in rq_ids:
                pipeline.hmget(_PREFIX + each, "origin", "status")
            # Nothing is heard of what holds something else at these keys.
            found = pipeline.execute(raise_on_error=False)
            for rq_id, ending, said in zip(rq_ids, endings.values(), found, strict=True):
                if _is_untold(said, ending):
                    _tell(pipeline, rq_id, ending)
            pipeline.execute(raise_on_error=False)


def _is_untold(said: object, ending: Ending) -> bool:
    """`said`: where an RQ job was queued, and its status."""
    match said:
        case [origin, status]:
            return origin == ASKED_QUEUE.encode() and status != ending.status.encode()
    return False


def _tell(pipeline: redis.client.Pipeline, rq_id: str, ending: Ending) -> None:
    job, results = _PREFIX + rq_id, _RESULTS + rq_id
    pipeline.hset(job, mapping={"status": ending.status, "ended_at": utcformat(now())})
    pipeline.xadd(results, ending.told(), maxlen=1)
    for key in (job, results):
        pipeline.expire(key, KEPT_SECONDS)
