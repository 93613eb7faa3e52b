"""What changed is written to the generation that is read, and to the stream beside it.

Both in one step of Redis, and only what differs from what is there: what a search index and a
generation that is being crawled take over is what the readers see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import redis

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.keys import CURRENT, PREFIX, UPDATES, GenerationKeys
from data_bank_api.catalog.lease import FENCE, Held
from data_bank_api.catalog.updates import KEPT
from data_bank_api.catalog.written import FIELDS, PUT, arguments, in_steps
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.times import format_time

# -1: another generation is the current one.
_IS_CURRENT = "if redis.call('GET', KEYS[2]) ~= ARGV[2] then return -1 end\n"
_TAKE = f"""{FENCE}{_IS_CURRENT}{PUT}
local found, prefix = {{}}, ARGV[3]
for at = 5, #ARGV, {FIELDS} do
    if redis.call('HGET', prefix .. 'documents', ARGV[at]) ~= ARGV[at + 1] then
        for field = at, at + {FIELDS - 1} do found[#found + 1] = ARGV[field] end
        redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*', 'document', ARGV[at + 1])
    end
end
put(prefix, found, 1)
return #found / {FIELDS}
"""
_NOTE = f"{FENCE}{_IS_CURRENT} redis.call('HSET', KEYS[3], 'last_update', ARGV[3]) return 1"


class FlippedError(ServiceUnavailableError):
    """A full refresh has ended meanwhile."""


@dataclass(frozen=True, slots=True)
class Changes:
    """To one generation, under the lease.

    Raises LeaseLostError, and FlippedError once another generation is the current one.
    """

    client: redis.Redis
    held: Held
    generation: str
    kept: int = KEPT

    def take(self, documents: Sequence[Document]) -> int:
        """How many differed from what was there."""
        changed = 0
        for some in in_steps(documents):
            given = (f"{PREFIX}{self.generation}:", self.kept, *arguments(some))
            changed += self._step(_TAKE, UPDATES, given)
        return changed

    def note_update(self, moment: datetime) -> None:
        """What the Hub changed before is taken."""
        self._step(_NOTE, GenerationKeys(self.generation).meta, (format_time(moment),))

    def _step(self, script: str, key: str, given: Sequence[str | bytes | int]) -> int:
        told = self.held.step(self.client, script, (CURRENT, key), (self.generation, *given))
        if told < 0:
            raise FlippedError("there is a new catalog by now: it is brought up to date next")
        return told
