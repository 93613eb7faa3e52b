"""One process of Hypercorn: the application behind a turnstile, on the socket that we made.

Hypercorn's own grace period is cut short by a reader that has stalled, and has no end on some
versions of Python; so the turnstile is emptied first, and only then does the server stop.
"""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable

import uvloop
from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config, Sockets
from hypercorn.typing import AppWrapper
from starlette.types import ASGIApp
from uvicorn.importer import import_from_string

from data_bank_api.commands.orphans import end_with_parent
from data_bank_api.commands.servers import APP
from data_bank_api.commands.turnstile import CLOSING_SECONDS, Turnstile
from data_bank_api.config import Settings
from data_bank_client.cli.quickly import importing_quickly

# By name, since Hypercorn's own types for an application do not meet Starlette's.
_wrap: Callable[[ASGIApp, int, str], AppWrapper] = import_from_string("hypercorn.utils:wrap_app")


def work(settings: Settings, listening: socket.socket) -> int:
    """Serve until SIGTERM or SIGINT. The exit code."""
    end_with_parent()
    with importing_quickly():
        app: ASGIApp = import_from_string(APP)()
    turnstile = Turnstile(app, settings.max_connections)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.get_loop().set_exception_handler(_tell)
        return runner.run(_serve(turnstile, settings.grace_seconds, listening))


async def _serve(turnstile: Turnstile, grace_seconds: float, listening: socket.socket) -> int:
    asked = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, asked.set)

    async def stopped() -> None:
        await asked.wait()
        await turnstile.shut(grace_seconds)

    config = Config()
    config.graceful_timeout = CLOSING_SECONDS  # nothing is under way by then
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn.error")
    await worker_serve(
        _wrap(turnstile, config.wsgi_max_body_size, "asgi"),
        config,
        sockets=Sockets([], [listening], []),
        shutdown_trigger=stopped,
    )
    return 0


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """A connection that Hypercorn ends at the stop is no error."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)
