"""`databank serve`: the service, with settings from the environment."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from data_bank_api.blobs.disk.prepare import prepare
from data_bank_api.blobs.disk.system import System
from data_bank_api.commands.listening import address_of, listen
from data_bank_api.commands.servers import find_server
from data_bank_api.config import PROMETHEUS_MULTIPROC_DIR, Settings, SettingsError
from data_bank_api.observability.logs import configure_logs
from data_bank_api.observability.run_folder import RunFolder, make_run_folder, usual_place
from data_bank_api.wiring import open_database

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

USAGE_EXIT = 2


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    server: str | None = None,
    workers: int | None = None,
) -> None:
    """Serve the bank, with settings from the environment.

    Parameters
    ----------
    host
        The address to listen on, before HOST.
    port
        The port to listen on, before PORT.
    server
        uvicorn or hypercorn, before SERVER.
    workers
        How many processes serve, before WORKERS.
    """
    run({**os.environ, **options(HOST=host, PORT=port, SERVER=server, WORKERS=workers)})


def options(**given: str | int | None) -> dict[str, str]:
    """The settings that were given as options, as the environment has them."""
    return {name: str(value) for name, value in given.items() if value is not None}


def run(
    environment: Mapping[str, str],
    announce: Callable[[socket.socket], None] = lambda _listening: None,
) -> None:
    """Serve until stopped, then end the process. What cannot be used is told in one line."""
    try:
        settings = Settings.read(environment)
        configure_logs(settings.log_level)
        # What would fail in every worker is told here, once.
        prepare(settings.data_root, settings.state_root, System())
        if settings.redis_url is not None:
            open_database(settings).close()
        listening = listen(settings.host, settings.port, settings.stall_seconds)
        counting = _make_folder(settings.metrics_folder or usual_place())
    except SettingsError as error:
        sys.stderr.write(f"databank: {error}\n")
        raise SystemExit(USAGE_EXIT) from error
    log.info("listening", address=address_of(listening), server=settings.server)
    os.environ.update(environment)
    os.environ[PROMETHEUS_MULTIPROC_DIR.name] = str(counting.path)
    try:
        announce(listening)
        raise SystemExit(find_server(settings.server)(settings, listening))
    finally:
        counting.remove()


def _make_folder(place: Path) -> RunFolder:
    try:
        return make_run_folder(place)
    except OSError as error:
        raise SettingsError(f"PROMETHEUS_MULTIPROC_DIR: {place}: {error.strerror}") from error
