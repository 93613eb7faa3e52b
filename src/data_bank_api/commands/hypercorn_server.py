"""Hypercorn: in this process where there is one worker, else a crew of fresh ones."""

import socket

from data_bank_api.commands.crew import Crew, spawn
from data_bank_api.commands.hypercorn_worker import work
from data_bank_api.commands.servers import STOP_SECONDS
from data_bank_api.config import Settings


def run(settings: Settings, listening: socket.socket) -> int:
    """Serve until SIGTERM or SIGINT. The exit code."""
    if settings.workers == 1:
        return work(settings, listening)
    patience = settings.grace_seconds + STOP_SECONDS
    hires = [lambda: spawn(work, settings, listening)] * settings.workers
    return Crew(hires, patience).run()
