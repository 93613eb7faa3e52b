"""uvicorn: in this process where there is one worker, else as its supervisor starts them."""

import signal
import socket

import uvicorn
from uvicorn.supervisors import Multiprocess

from data_bank_api.commands.orphans import end_with_parent
from data_bank_api.commands.protocol import GuardedProtocol
from data_bank_api.commands.servers import APP
from data_bank_api.config import Settings
from data_bank_client.cli.quickly import importing_quickly


class WorkerConfig(uvicorn.Config):
    """Loaded by the process that serves, before anything else of ours."""

    def load(self) -> None:
        end_with_parent()
        with importing_quickly():
            super().load()


def run(settings: Settings, listening: socket.socket) -> int:
    """Serve until SIGTERM or SIGINT. The exit code."""
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
