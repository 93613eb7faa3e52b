"""The two servers that the application runs on, behind one function each.

Both take the socket that we made, import the application in the process that serves, and
read the settings there from the environment.
"""

import logging
import signal
import socket
from collections.abc import Callable

import uvicorn
from hypercorn.config import Config
from hypercorn.run import run
from uvicorn.supervisors import Multiprocess

from data_bank_api.commands.protocol import GuardedProtocol
from data_bank_api.config import Settings

APP = "data_bank_api.api.main:create_app"


def run_uvicorn(settings: Settings, listening: socket.socket) -> int:
    config = uvicorn.Config(
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
    config = Config()
    config.application_path = f"{APP}()"
    config.bind = [f"fd://{listening.fileno()}"]
    config.workers = settings.workers if settings.workers > 1 else 0
    config.worker_class = "uvloop"
    config.graceful_timeout = settings.grace_seconds
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn.error")
    return run(config)


SERVERS: dict[str, Callable[[Settings, socket.socket], int]] = {
    "uvicorn": run_uvicorn,
    "hypercorn": run_hypercorn,
}
