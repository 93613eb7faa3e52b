"""When a call is tried again, and after how long.

    try     1      2      3      4      5
    pause     0.2    0.4    0.8    1.6       seconds, each with up to 0.2 of chance on top

Where the service asks for a time by `Retry-After` the pause is that, up to a minute. Nothing
here is shared by two calls, or with the program that the client is part of.
"""

import asyncio
from collections.abc import Callable
from typing import TypedDict

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from data_bank_client.calls.call import OnRetry, Wait
from data_bank_client.errors import DataBankClientError, RateLimitError

TRIES = 5
FIRST_PAUSE = 0.2  # seconds, as are all of these
LONGEST_PAUSE = 5.0
CHANCE = 0.2
RETRY_AFTER_MOST = 60.0

_growing = wait_exponential(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE) + wait_random(0, CHANCE)


class Policy(TypedDict):
    """What tenacity is told, for either driver."""

    stop: stop_after_attempt
    retry: retry_if_exception
    wait: Callable[[RetryCallState], float]
    before_sleep: Callable[[RetryCallState], None] | None
    reraise: bool


def retrying(on_retry: OnRetry | None) -> Retrying:
    """Calls a function as often as it takes, and raises its last error."""
    return Retrying(**_policy(on_retry))


def async_retrying(on_retry: OnRetry | None) -> AsyncRetrying:
    """The same for a coroutine function, on asyncio."""
    return AsyncRetrying(sleep=asyncio.sleep, **_policy(on_retry))


class IsPassing:
    """Whether the same call may succeed a little later, asked of its errors in their order."""

    def __init__(self) -> None:
        self._may_be_done = False

    def __call__(self, error: BaseException) -> bool:
        if not isinstance(error, DataBankClientError):
            return False
        error.is_after_another = self._may_be_done
        if not isinstance(error, RateLimitError):  # which says that nothing was done
            self._may_be_done = True
        return error.is_temporary


def pause(state: RetryCallState) -> float:
    """The seconds before the next try. Both drivers wait as this says; tests replace it."""
    asked = _error_of(state).retry_after
    return _growing(state) if asked is None else min(asked, RETRY_AFTER_MOST)


def _policy(on_retry: OnRetry | None) -> Policy:
    return Policy(
        stop=stop_after_attempt(TRIES),
        retry=retry_if_exception(IsPassing()),
        wait=pause,
        before_sleep=None if on_retry is None else _telling(on_retry),
        reraise=True,
    )


def tell(on_retry: OnRetry | None, wait: Wait) -> None:
    """Say that a flow waits, if it is because of an error."""
    if on_retry is not None and wait.reason is not None:
        on_retry(wait.reason, wait.seconds)


def _telling(on_retry: OnRetry) -> Callable[[RetryCallState], None]:
    return lambda state: on_retry(_error_of(state), state.upcoming_sleep)


def _error_of(state: RetryCallState) -> DataBankClientError:
    error = None if state.outcome is None else state.outcome.exception()
    if not isinstance(error, DataBankClientError):
        raise TypeError("nothing but an error of the bank is tried again")
    return error
