"""One worker without those beside it, which knows odd kinds of jobs, and retries at once.

    python -m tests.fakes.odd_worker [untied] [broken]

Untied, its children are not told by the system that it is gone, as where there is no prctl.
Broken, they cannot begin.
"""

import os
import signal
import sys
from errno import EMFILE

from data_bank_api.commands.leash import end_with
from data_bank_api.config import Settings
from data_bank_api.jobs.duties import duties_of
from data_bank_api.jobs.failures import Pauses
from data_bank_api.jobs.run import Terms
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.worker import JobWorker
from data_bank_api.observability.logs import configure_logs
from data_bank_api.wiring import build_shop
from tests.fakes.odd_kinds import ODD_KINDS


def tie(worker: int) -> None:
    if "untied" not in sys.argv:
        end_with(worker, signal.SIGKILL)


def open_shop(settings: Settings) -> Shop:
    if "broken" in sys.argv:
        raise OSError(EMFILE, "too many open files")
    return build_shop(settings)


def main() -> None:
    settings = Settings.read(os.environ)
    configure_logs(settings.log_level)
    terms = Terms(ODD_KINDS, Pauses((0.0,), lambda: 0.0))
    duties = duties_of(lambda: open_shop(settings), tie, terms)
    JobWorker(os.environ["REDIS_URL"], duties, settings.grace_seconds).serve()


if __name__ == "__main__":
    main()
