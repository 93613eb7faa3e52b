"""What a sibling service asks for through RQ: read, bounded, and never called.

    Queue("data_bank_asked", connection=redis, serializer="json").enqueue(
        "corpus.ingest", repo_id="org/name", include=["*.parquet"]
    )

What RQ stores for that is `["corpus.ingest", null, [], {"repo_id": ...}]` as JSON, deflated. The
first is the name of a kind of job, of those in ASKABLE; the last are its arguments, and with them
`user_id`. No name in it is ever imported, and what is pickled stays so.
"""

import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from data_bank_api.jobs.kinds.corpus_ingest import CorpusIngest
from data_bank_api.jobs.kinds.table import arguments_of, read_kind
from data_bank_api.queue.job import NewJob
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.jobs import ASKED_QUEUE, USER_ID_LIMIT

ASKABLE = (CorpusIngest.name,)
MOST_BYTES = 64 * 1024  # of an ask, deflated or not
_TOO_LARGE = f"it is larger than {MOST_BYTES} bytes"
_Form = tuple[str, None, tuple[()], dict[str, object]]
_UserId = Annotated[int, Meta(ge=0, le=USER_ID_LIMIT)]
_decoder = msgspec.json.Decoder(_Form)


@dataclass(frozen=True, slots=True)
class Ask:
    """What lies in the queue: the id of an RQ job, and its data, which may be anything.

    `size` in bytes of the data; those of more than MOST_BYTES are not here.
    """

    rq_id: str
    size: int
    data: bytes


def job_id_of(rq_id: str) -> str:
    """The id that the job has here: RQ's, without hyphens. Raises InvalidInputError."""
    try:
        parsed = uuid.UUID(rq_id)
    except ValueError:
        parsed = None
    if parsed is None or str(parsed) != rq_id:
        raise InvalidInputError("job_id: leave it to RQ, or give a UUID with its hyphens")
    return parsed.hex


def rq_id_of(job_id: str) -> str:
    """The other way round."""
    return str(uuid.UUID(job_id))


def read_ask(ask: Ask) -> NewJob:
    """The job that is asked for. Raises InvalidInputError, which says how to ask."""
    job_id = job_id_of(ask.rq_id)
    if ask.size > MOST_BYTES:
        raise InvalidInputError(_TOO_LARGE)
    name, arguments = _read(ask.data)
    if name not in ASKABLE:
        raise InvalidInputError(f"there is only {', '.join(ASKABLE)} to be asked for here")
    user_id = _read_user_id(arguments)
    kind = read_kind(name, {key: arguments[key] for key in arguments if key != "user_id"})
    # A key of its own: whoever asks twice has two jobs, each by its id.
    return NewJob(name, arguments_of(kind), f"{name}:{job_id}", user_id)


def _read(data: bytes) -> tuple[str, Mapping[str, object]]:
    try:
        content = zlib.decompressobj().decompress(data, MOST_BYTES + 1)
    except zlib.error:
        content = b""
    if len(content) > MOST_BYTES:
        raise InvalidInputError(_TOO_LARGE)
    try:
        name, _, _, arguments = _decoder.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidInputError(
            f'it cannot be read: ask by Queue("{ASKED_QUEUE}", ..., serializer="json"), and give '
            "the arguments by their names"
        ) from None
    return name, arguments


def _read_user_id(arguments: Mapping[str, object]) -> int:
    try:
        return msgspec.convert(arguments.get("user_id", 0), _UserId)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"user_id: {error}") from error
