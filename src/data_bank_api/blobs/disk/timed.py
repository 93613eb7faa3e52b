"""The system calls, with each fsync timed."""

import time

from data_bank_api.blobs.disk.system import System
from data_bank_api.observability.metrics import Metrics


class TimedSystem(System):
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def fsync(self, fd: int) -> None:
        started = time.perf_counter()
        try:
            super().fsync(fd)
        finally:  # one that fails has taken its time too
            self._metrics.synced(time.perf_counter() - started)
