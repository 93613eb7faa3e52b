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

    def __init__(self, root: str, state_root: Path, system: System) -> None:
        self._root = root
        self._state_root = state_root
        self._system = system

    def collect(self) -> Iterable[Metric]:
        yield from self._free()
        report = read_verify_report(self._state_root)
        if report is not None:
            yield from _of_report(report)

    def _free(self) -> Iterable[Metric]:
        try:
            free = self._system.free(self._root)
        except OSError:
            log.exception("the free space cannot be looked up")
        else:
            yield GaugeMetricFamily(
                "databank_disk_free_bytes", "Bytes that can still be written to the disk.", free
            )


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
