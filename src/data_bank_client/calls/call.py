"""A call, as values: what is asked (`Request`), what came back (`Answer`), and flows of them.

A flow is a generator that yields steps and is sent their answers; the two drivers, one
blocking and one asynchronous, perform the steps and know nothing else:

    Request     ask the service; its answer comes back, or its error is raised at the yield
    MORE        the next bytes of the streamed answer that is open; none at its end
    PAUSE       nothing: a place between two pieces of work on the local disk to stop at
    Wait        let time pass, before what failed is tried again, say
    Give(item)  hand this to the caller, who iterates

A flow may block on local files between its steps: the asynchronous driver runs it in a thread.
"""

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from data_bank_client.errors import DataBankClientError

ANSWER_BYTES = 16 * 1024 * 1024  # of an answer that is taken at once

T = TypeVar("T")
G = TypeVar("G")


class Phase(StrEnum):
    """What bytes are moving for."""

    HASHING = "hashing"
    SENDING = "sending"
    RECEIVING = "receiving"


# Called with the phase, the bytes done so far and, where it is known, their total. It may be
# called in another thread than the one that made the call.
Progress: TypeAlias = Callable[[Phase, int, int | None], None]

# Called before a call is tried again, with what went wrong and the seconds until then.
OnRetry: TypeAlias = Callable[[DataBankClientError, float], None]


@runtime_checkable
class Outgoing(Protocol):
    """A body that is sent in chunks; `length` in bytes where it is known."""

    @property
    def length(self) -> int | None: ...

    @property
    def is_repeatable(self) -> bool: ...

    def open(self) -> Iterator[bytes]: ...


@runtime_checkable
class AsyncOutgoing(Protocol):
    """A body whose chunks are produced asynchronously."""

    @property
    def length(self) -> int | None: ...

    @property
    def is_repeatable(self) -> bool: ...

    def aopen(self) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `path` is below the service's address and begins with `/`.

    A parameter of the `query` that is a list is said once for each.

    `is_streamed`: the answer's bytes are taken one by one, by MORE, and not all at once.
    `silence`: seconds for which they may rest, also where the client's timeout is shorter.
    `most_bytes` are taken of an answer that is not streamed.
    """

    method: str
    path: str
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Outgoing | AsyncOutgoing = b""
    is_streamed: bool = False
    silence: float = 0.0
    most_bytes: int = ANSWER_BYTES

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be sent again: every call of the bank is idempotent, a body may not be."""
        return isinstance(self.body, bytes) or self.body.is_repeatable


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names in lower case, and the body, or of a streamed one a piece."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


NOTHING = Answer(0)


class Signal(Enum):
    MORE = "more"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Wait:
    """So many seconds; `reason` is told to who asked for OnRetry."""

    seconds: float
    reason: DataBankClientError | None = None


@dataclass(frozen=True, slots=True)
class Give(Generic[G]):
    item: G


Step: TypeAlias = Request | Signal | Wait | Give[G]
Flow: TypeAlias = Generator[Step[G], Answer, T]


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request and how its answer is read; `read` raises UnexpectedAnswerError."""

    request: Request
    read: Callable[[Answer], T]

    def ask(self) -> Generator[Request, Answer, T]:
        """The flow that makes this call; with it, `yield from call.ask()` is its result."""
        answer = yield self.request
        return self.read(answer)
