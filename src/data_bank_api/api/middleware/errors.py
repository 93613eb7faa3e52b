"""Turns what a handler raises into an answer, and what nobody expected into one of 500."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_api.api.download import ReaderGoneError
from data_bank_api.db.database import DatabaseAwayError
from data_bank_client.errors import (
    DataBankClientError,
    InternalError,
    ServiceUnavailableError,
)
from data_bank_client.wire.problem import status_of

# How an error is told to who has sent this request.
Tell = Callable[[Scope, DataBankClientError], ASGIApp]

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class ErrorBoundary:
    """Where the answer has begun it is left unfinished, and the server drops the connection."""

    def __init__(self, app: ASGIApp, tell: Tell) -> None:
        self._app = app
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except (Exception, asyncio.CancelledError) as error:
            told = _log(error)
            if told is not None and not has_begun:
                with suppress(asyncio.CancelledError):
                    await self._tell(scope, told)(scope, receive, send)


def _log(error: Exception | asyncio.CancelledError) -> DataBankClientError | None:
    """Write down what the operator should know; what to tell the client, if it is there."""
    match error:
        case ClientDisconnect() | ReaderGoneError():
            log.info("the client has gone")
            return None
        case asyncio.CancelledError():  # only a stop does that, when its grace period is over
            log.info("ended by the stop")
            return ServiceUnavailableError("the service is being stopped: try again soon")
        case DatabaseAwayError():
            log.warning("failed", code=error.code, error=error.message, reason=error.reason)
            return error
        case DataBankClientError():
            if status_of(error) >= 500:
                log.warning("failed", code=error.code, error=error.message)
            return error
        case _:
            log.error("internal error", exc_info=error)
            return InternalError("internal error")
