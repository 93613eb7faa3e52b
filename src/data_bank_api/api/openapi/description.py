"""What an operation is, in words and types: a value that stands beside its handler.

The document of OpenAPI (`document.py`) is made of these, and the page (`page.py`) of the document.

    Description     what one method does
    ├── Group       what it belongs to
    ├── Parameter   a value in the address or in a header
    ├── Body        what is sent with it
    └── Answer      a status, and what comes with it; errors are named by their classes

A type of content is a TypedDict of the wire, a JSON Schema where the bytes are no JSON of ours,
or ANY_BYTES.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from data_bank_client.errors import DataBankClientError

Schema = Mapping[str, object]
# By media type.
Content = Mapping[str, "type[object] | Schema"]

ANY_BYTES: Schema = {}
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Group:
    """A heading that operations stand under."""

    name: str
    says: str


SERVICE = Group("Service", "The service itself, for people, probes and balancers.")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`place` is path, query or header. One in the path is always needed, others never."""

    name: str
    place: str
    says: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Header:
    """A header of an answer; `is_certain` where every such answer has it."""

    name: str
    says: str
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Body:
    """`is_needed` is False where none at all means an empty one."""

    says: str
    content: Content
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    says: str
    content: Content
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What one method does. `errors` leaves out those that every operation can give.

    `curl` are examples, each the arguments of the command but for the key, in which
    `$DATA_BANK_URL` stands for the address of the service.
    """

    group: Group
    name: str
    summary: str
    says: str
    answers: tuple[Answer, ...]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    errors: tuple[type[DataBankClientError], ...] = ()
    curl: tuple[str, ...] = ()
