"""Each fsync of the store is timed, also one that fails."""

import os
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.timed import TimedSystem
from data_bank_api.observability.metrics import Metrics
from tests.fakes.files import put

NAME = "databank_fsync_duration_seconds"


def test_a_durable_write_is_seen_by_its_fsyncs(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    (tmp_path / "tmp").mkdir()
    put(DiskStore(str(tmp_path), 0, TimedSystem(Metrics(registry))), b"durable")
    # The file, its sidecar, the shard, the folder above it, the root.
    assert registry.get_sample_value(f"{NAME}_count") == 5
    total = registry.get_sample_value(f"{NAME}_sum")
    assert total is not None
    assert 0 < total < 60


def test_an_fsync_that_fails_has_taken_its_time_too() -> None:
    registry = CollectorRegistry()
    ends = os.pipe()
    with pytest.raises(OSError, match="Invalid argument"):  # a pipe cannot be synced
        TimedSystem(Metrics(registry)).fsync(ends[0])
    for end in ends:
        os.close(end)
    assert registry.get_sample_value(f"{NAME}_count") == 1
