"""`databank worker`: the processes that run jobs, with settings from the environment.

    databank worker ──► dispatcher       brings jobs to the workers, of all `databank worker`s one
                    ├─► worker           runs a job at a time, each in a child
                    └─► worker ...

They end with it, however it ends.
"""

import os
import sys
from collections.abc import Mapping

import structlog

from data_bank_api.blobs.disk.prepare import prepare
from data_bank_api.blobs.disk.system import System
from data_bank_api.commands.crew import Crew, fork
from data_bank_api.commands.serve import USAGE_EXIT, options
from data_bank_api.commands.servers import STOP_SECONDS
from data_bank_api.commands.worker_process import dispatch, work
from data_bank_api.config import Settings, SettingsError
from data_bank_api.observability.logs import configure_logs
from data_bank_api.wiring import open_database, redis_of, scan_roots_of

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def worker(*, processes: int | None = None) -> None:
    """Run jobs, with settings from the environment: those of the server.

    Parameters
    ----------
    processes
        How many jobs are done at once, before WORKER_PROCESSES.
    """
    run({**os.environ, **options(WORKER_PROCESSES=processes)})


def run(environment: Mapping[str, str]) -> None:
    """Run jobs until stopped, then end the process. What cannot be used is told in one line."""
    try:
        settings = Settings.read(environment)
        configure_logs(settings.log_level)
        redis_of(settings)
        # What would fail in every process is told here, once.
        prepare(settings.data_root, settings.state_root, System())
        scan_roots_of(settings).checked()
        open_database(settings).close()
    except SettingsError as error:
        sys.stderr.write(f"databank: {error}\n")
        raise SystemExit(USAGE_EXIT) from error
    log.info("working", processes=settings.worker_processes)
    workers = [lambda: fork(work, settings)] * settings.worker_processes
    hires = [lambda: fork(dispatch, settings), *workers]
    raise SystemExit(Crew(hires, settings.grace_seconds + STOP_SECONDS).run())
