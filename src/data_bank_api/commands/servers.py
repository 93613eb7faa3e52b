"""The two servers that the application runs on, behind one function each.

Both take the socket that we made, import the application in the process that serves, and
read the settings there from the environment.
"""

import signal
import socket
from collections.abc import Callable

import uvicorn
from uvicorn.supervisors import Multiprocess

from data_bank_api.commands.crew import Crew, spawn
from data_bank_api.commands.hypercorn_worker import APP, work
from data_bank_api.commands.orphans import end_with_parent
from data_bank_api.commands.protocol import GuardedProtocol
from data_bank_api.config import Settings

# Beyond its grace period, for a worker to end what it has and close.
STOP_SECONDS = 10


class WorkerConfig(uvicorn.Config):
    """Loaded by the process that serves, before anything else of ours."""

    def load(self) -> None:
        end_with_parent()
        super().load()


def run_uvicorn(settings: Settings, listening: socket.socket) -> int:
    config = WorkerConfig(
        APP,
        factory=True,
        workers=settings.workers,
        loop="uvloop",
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=settings.grace_seconds,
        limit_concurrency=settings.max_connections,  # as GuardedProtocol means it
    )
    if settings.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        # After a clean stop uvicorn raises the signal that it was asked by once more.
        for asked in (signal.SIGINT, signal.SIGTERM):
            signal.signal(asked, lambda _number, _frame: None)
        uvicorn.Server(config).run(sockets=[listening])
    return 0


def run_hypercorn(settings: Settings, listening: socket.socket) -> int:
    if settings.workers == 1:
        return work(settings, listening)
    patience = settings.grace_seconds + STOP_SECONDS
    hires = [lambda: spawn(work, settings, listening)] * settings.workers
    return Crew(hires, patience).run()


SERVERS: dict[str, Callable[[Settings, socket.socket], int]] = {
    "uvicorn": run_uvicorn,
    "hypercorn": run_hypercorn,
}
