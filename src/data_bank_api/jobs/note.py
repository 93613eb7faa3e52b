"""Notes to the workers: which attempt of which job to start. RQ carries them, and nothing else.

    rq:queue:data_bank            <job_id>-<attempt>     the id of the RQ job
    rq:job:<job_id>-<attempt>     its data: the note

An RQ job of ours names a function that does not exist, and has two strings as arguments. The
function is never looked up: `read_note` takes this one form, as JSON, and nothing else.
"""

import re
import zlib
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import redis
from rq import Queue

from data_bank_client.wire.jobs import QUEUE

FUNCTION = "databank:run"

_MOST_BYTES = 1000
_RQ_ID = re.compile(rb"\A([0-9a-f]{32})-([1-9][0-9]{0,8})\Z")
_FOR_EVER = -1  # RQ's own time limit, which is not used
_JobId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
_Attempt = Annotated[str, msgspec.Meta(pattern=r"\A[1-9][0-9]{0,8}\Z")]
_Form = tuple[Literal["databank:run"], None, tuple[_JobId, _Attempt], dict[str, None]]
_decoder: msgspec.json.Decoder[_Form] = msgspec.json.Decoder(_Form)


@dataclass(frozen=True, slots=True)
class Note:
    job_id: str
    attempt: int


def queue_of(connection: redis.Redis) -> Queue:
    return Queue(QUEUE, connection=connection, serializer="json")


def send_note(connection: redis.Redis, job_id: str, attempt: int) -> None:
    """Put the note into the queue. Twice does no harm. Raises redis.RedisError."""
    queue_of(connection).enqueue_call(
        FUNCTION,
        args=(job_id, str(attempt)),
        job_id=rq_id(Note(job_id, attempt)),
        timeout=_FOR_EVER,
        result_ttl=0,
        description=job_id,
    )


def rq_id(note: Note) -> str:
    """The id under which it stands in Redis."""
    return f"{note.job_id}-{note.attempt}"


def read_rq_id(text: bytes) -> Note | None:
    """The note whose id it is; None where it is another's."""
    found = _RQ_ID.match(text)
    return None if found is None else Note(found[1].decode(), int(found[2]))


def read_note(data: bytes) -> Note | None:
    """The note in an RQ job's data; None where it is anything else."""
    try:
        content = zlib.decompressobj().decompress(data, _MOST_BYTES)
        _, _, (job_id, attempt), _ = _decoder.decode(content)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return Note(job_id, int(attempt))
