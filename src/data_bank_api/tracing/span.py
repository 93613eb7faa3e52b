"""Spans: parts of a trace. Nothing is kept of them, and nothing imported, until `use` was called.

    with span("job ping", parent=job.traceparent):      begins a trace, or goes on with another's
        with inner("database write"):                   only within a span: else it is nothing
            say("databank.rows", 3)

Names and attributes come from tables, are numbers, ids or digests: never a key, an address that
may hold one, a path or the name of a file. An error that goes through a span ends it as failed,
with its class and nothing of its text.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType
from typing import Literal, Protocol, TypeAlias

Kind: TypeAlias = Literal["internal", "server", "client", "producer", "consumer"]
Value: TypeAlias = str | int | float | bool
Attributes: TypeAlias = Mapping[str, Value]

_NONE: Attributes = MappingProxyType({})
_NOTHING = nullcontext()


class Spans(Protocol):
    """What keeps spans. Several threads may use it."""

    def span(
        self, name: str, kind: Kind, parent: str | None, attributes: Attributes
    ) -> AbstractContextManager[object]: ...

    def is_within(self) -> bool:
        """Whether there is a span around who asks."""
        ...

    def name(self, name: str) -> None: ...

    def say(self, name: str, value: Value) -> None: ...

    def fail(self, kind: str) -> None: ...

    def traceparent(self) -> str | None: ...


class _InUse:
    spans: Spans | None = None


def use(spans: Spans | None) -> None:
    """From now on, in all of this process; None ends it."""
    _InUse.spans = spans


def is_traced() -> bool:
    """Whether spans are kept at all."""
    return _InUse.spans is not None


def span(
    name: str, attributes: Attributes = _NONE, *, kind: Kind = "internal", parent: str | None = None
) -> AbstractContextManager[object]:
    """A span below `parent`, a traceparent as W3C writes it; without one below that around it."""
    spans = _InUse.spans
    return _NOTHING if spans is None else spans.span(name, kind, parent, attributes)


def inner(
    name: str, attributes: Attributes = _NONE, *, kind: Kind = "internal"
) -> AbstractContextManager[object]:
    """A span below that around it; nothing where there is none, so that it begins no trace."""
    spans = _InUse.spans
    if spans is None or not spans.is_within():
        return _NOTHING
    return spans.span(name, kind, None, attributes)


def rename(name: str) -> None:
    """The span around is called so, which was not known when it began."""
    if _InUse.spans is not None:
        _InUse.spans.name(name)


def say(name: str, value: Value) -> None:
    """An attribute more of the span around."""
    if _InUse.spans is not None:
        _InUse.spans.say(name, value)


def fail(kind: str) -> None:
    """The span around has failed, by an error of this kind, though none goes through it."""
    if _InUse.spans is not None:
        _InUse.spans.fail(kind)


def traceparent() -> str | None:
    """Of the span around, for who goes on with its trace elsewhere. None where there is none."""
    return None if _InUse.spans is None else _InUse.spans.traceparent()
