"""Turns what a handler raises into the one answer for errors, and what nobody expected into 500."""

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_bank_api.api.download import ReaderGoneError
from data_bank_api.api.errors import problem_answer
from data_bank_client.errors import DataBankClientError, InternalError
from data_bank_client.wire.problem import status_of

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class ErrorBoundary:
    """Where the answer has begun it is left unfinished, and the server drops the connection."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except (ClientDisconnect, ReaderGoneError):
            log.info("the client has gone")
        except DataBankClientError as error:
            if status_of(error) >= 500:
                log.warning("failed", code=error.code, error=error.message)
            if not has_begun:
                await problem_answer(error)(scope, receive, send)
        except Exception:
            log.exception("internal error")
            if not has_begun:
                await problem_answer(InternalError("internal error"))(scope, receive, send)
