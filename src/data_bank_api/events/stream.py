"""The stream of events in Redis: the newest ones, each also published on CHANNEL.

    databank:events:log         the stream; fields: type, job_id, event (as on the wire)
    databank:events:kept        how many it keeps, as the bank was last told
    databank:event:<event_id>   for an hour: this one is in it

Nothing else writes to these.
"""

from collections.abc import Sequence
from itertools import islice

import redis

from data_bank_api.broker.failures import redis_errors
from data_bank_client.wire.events import CHANNEL, JobEvent, encode_event, type_of

LOG = "databank:events:log"
REMEMBERED_SECONDS = 3600
KEPT = 10_000  # where the bank has not told
BATCH = 100

_KEPT = "databank:events:kept"
_MARK = "databank:event:"
# One step of Redis, also for kill -9: an event is in the stream and on the channel, or in neither.
# The mark comes last: what fails before it leaves an event that can be published again.
_PUBLISH = """
local kept = ARGV[1]
if kept == '' then
    kept = redis.call('GET', KEYS[2]) or ARGV[2]
else
    redis.call('SET', KEYS[2], kept)
end
for number = 3, #KEYS do
    local at = 3 * number - 4
    if redis.call('EXISTS', KEYS[number]) == 0 then
        redis.call('XADD', KEYS[1], 'MAXLEN', kept, '*',
            'type', ARGV[at], 'job_id', ARGV[at + 1], 'event', ARGV[at + 2])
        redis.call('PUBLISH', ARGV[4], ARGV[at + 2])
        redis.call('SET', KEYS[number], '', 'EX', ARGV[3])
    end
end
"""


class EventStream:
    """For any number of threads. Reading is in `follow.py`.

    `kept` is told by the bank alone, so that the stream has one length whoever publishes.
    """

    def __init__(self, client: redis.Redis, kept: int | None = None) -> None:
        self._client = client
        self._kept = "" if kept is None else str(kept)

    def publish(self, events: Sequence[JobEvent]) -> None:
        """Keep and publish these in their order, each once.

        One whose `event_id` came within the last hour is left out; so after an error, where it is
        not known how many came through, publish them again. Raises ServiceUnavailableError.
        """
        rest = iter(events)
        while batch := list(islice(rest, BATCH)):
            self._publish(batch)

    def _publish(self, batch: list[JobEvent]) -> None:
        keys = [LOG, _KEPT, *(f"{_MARK}{event.event_id}" for event in batch)]
        told = [(type_of(event), event.job_id, encode_event(event)) for event in batch]
        fields = [field for each in told for field in each]
        with redis_errors():
            self._client.eval(
                _PUBLISH, len(keys), *keys, self._kept, KEPT, REMEMBERED_SECONDS, CHANNEL, *fields
            )
