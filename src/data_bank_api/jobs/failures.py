"""What becomes of a run that raised: which errors are worth another try, and what is told of them.

    error                                           told as               tried again
    one of the bank that is temporary, or no room   system, its code      yes
    another of the bank below 500                   user, its code        no
    the network, another service's 429 or 5xx       EXTERNAL_SERVICE_...  yes
    another service's 4xx                           user, the same        no
    Redis, the disk                                 SERVICE_UNAVAILABLE   yes
    anything else                                   INTERNAL_ERROR        no: it is a defect

At most MOST_RETRIES times, after pauses that grow; who was told how long to wait waits that long.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import httpx2
import redis

from data_bank_api.events.blame import blame
from data_bank_api.queue.changes import MOST_RETRIES
from data_bank_client.errors import (
    DataBankClientError,
    ExternalServiceError,
    InsufficientStorageClientError,
    InternalError,
    ServiceUnavailableError,
)
from data_bank_client.wire.jobs import JobError
from data_bank_client.wire.retry_after import retry_after

LONGEST_PAUSE = 60.0  # seconds
LONGEST_ASKED_PAUSE = 3600.0
_TOO_MANY, _FIRST_OF_OURS = 429, 500  # statuses


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds before each retry, and by chance up to a quarter more: not all come at once."""

    seconds: tuple[float, ...] = (2.0, 8.0, 32.0)
    chance: Callable[[], float] = random.random

    def before(self, retry: int, asked: float | None) -> float:
        """The pause before the retry of this number, counted from 0."""
        usual = self.seconds[min(retry, len(self.seconds) - 1)]
        pause = min(usual * (1 + self.chance() / 4), LONGEST_PAUSE)
        return max(pause, min(asked or 0.0, LONGEST_ASKED_PAUSE))


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told, and after how many seconds it is tried again: None for never.

    `is_defect`: the log gets a traceback.
    """

    error: JobError
    pause: float | None = None
    is_defect: bool = False


def judge(error: Exception, retries: int, pauses: Pauses) -> Failure:
    """What becomes of a run that raised this, of a job that has used so many retries."""
    verdict = _judge(error)
    if not verdict.is_temporary or retries >= MOST_RETRIES:
        return Failure(verdict.told, None, verdict.is_defect)
    return Failure(verdict.told, pauses.before(retries, verdict.asked), verdict.is_defect)


@dataclass(frozen=True, slots=True)
class _Verdict:
    told: JobError
    is_temporary: bool
    asked: float | None = None
    is_defect: bool = False


def _judge(error: Exception) -> _Verdict:
    match error:
        case DataBankClientError():
            return _judge_ours(error)
        case httpx2.HTTPStatusError():
            return _judge_answer(error.response)
        case httpx2.TransportError():
            return _Verdict(_external("a service that it needs cannot be reached"), True)
        case redis.RedisError():
            return _Verdict(_system(ServiceUnavailableError, "Redis does not answer"), True)
        case OSError():
            says = f"the system refuses: {error.strerror or type(error).__name__}"
            return _Verdict(_system(ServiceUnavailableError, says), True, is_defect=True)
    return _Verdict(_system(InternalError, "internal error"), False, is_defect=True)


def _judge_ours(error: DataBankClientError) -> _Verdict:
    is_temporary = error.is_temporary or isinstance(error, InsufficientStorageClientError)
    kind, message = blame(error)
    told = JobError(kind=kind, code=error.code, message=message)
    return _Verdict(told, is_temporary, error.retry_after)


def _judge_answer(answer: httpx2.Response) -> _Verdict:
    """Another service's, at a status that is an error."""
    told = _external(f"{answer.request.url.host} answered {answer.status_code}")
    if answer.status_code == _TOO_MANY or answer.status_code >= _FIRST_OF_OURS:
        return _Verdict(told, True, retry_after(answer.headers))
    told["kind"] = "user"
    return _Verdict(told, False)


def _external(message: str) -> JobError:
    return _system(ExternalServiceError, message)


def _system(kind: type[DataBankClientError], message: str) -> JobError:
    return JobError(kind="system", code=kind.code, message=message)
