"""Moving a flow on, one step at a time, as both drivers do."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from data_bank_client.calls.call import Answer, Flow, Step
from data_bank_client.errors import DataBankClientError

T = TypeVar("T")
G = TypeVar("G")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The flow has ended with this value."""

    value: T


def advance(flow: Flow[G, T], reply: Answer | DataBankClientError | None) -> Step[G] | Done[T]:
    """Send the flow its answer, or raise its error inside; None starts it. Raises what it raises.

    What it returns is a value, also at the end: StopIteration cannot leave a thread or a task.
    """
    try:
        if reply is None:
            return next(flow)
        if isinstance(reply, Answer):
            return flow.send(reply)
        return flow.throw(reply)
    except StopIteration as stop:
        return Done(stop.value)
