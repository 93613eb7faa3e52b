"""What is to be seen of a store on the disk when somebody asks: free space, its last check."""

from collections.abc import Iterable
from pathlib import Path

import structlog
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify_report import VerifyReport, read_verify_report

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class StoreGauges:
    """What cannot be found out is left out."""

    def __init__(
        self, root: str, state_root: Path, system: System, min_free_bytes: int = 0
    ) -> None:
        self._root = root
        self._min_free_bytes = min_free_bytes
        self._state_root = state_root
        self._system = system

    def collect(self) -> Iterable[Metric]:
        yield from self._room()
        report = read_verify_report(self._state_root)
        if report is not None:
            yield from _of_report(report)

    def _room(self) -> Iterable[Metric]:
        try:
            free, size = self._system.free(self._root), self._system.capacity(self._root)
        except OSError:
            log.exception("the free space cannot be looked up")
            return
        lines = (
            ("free", "Bytes that can still be written to the disk.", free),
            ("size", "Bytes of the whole disk.", size),
            ("reserved", "Bytes that uploads leave free: MIN_FREE_GB.", self._min_free_bytes),
        )
        for name, says, value in lines:
            yield GaugeMetricFamily(f"databank_disk_{name}_bytes", says, value)


def _of_report(report: VerifyReport) -> Iterable[Metric]:
    lines = (
        ("start_timestamp_seconds", "When it began.", report.started_at),
        ("end_timestamp_seconds", "When these figures were last true.", report.ended_at),
        ("completion_timestamp_seconds", "When a whole round last ended.", report.completed_at),
        ("files", "Files hashed again.", report.files),
        ("bytes", "Bytes hashed again.", report.bytes),
        ("damaged_files", "Of these, files that were damaged.", report.damaged),
        ("failed_files", "Of these, files that could not be read.", report.failed),
        ("complete", "1 where the round is whole.", report.is_complete),
    )
    for name, says, value in lines:
        yield GaugeMetricFamily(
            f"databank_verify_{name}", f"Of the last round of databank verify. {says}", value
        )
