"""What needs a look: from which figure on, and how it is said."""

from collections.abc import Mapping, Sequence

import pytest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from data_bank_api.ui.concerns import SIGNS, Concern, find_concerns

NOW = 1_763_700_000.0
DISK = {"databank_disk_reserved_bytes": 50.0, "databank_disk_size_bytes": 1000.0}
# Of each the last figure that is well, and the first that is not.
EDGES: Mapping[str, tuple[Mapping[str, float], Mapping[str, float]]] = {
    "DataBankDatabaseAway": ({"databank_database_up": 1}, {"databank_database_up": 0}),
    "DataBankRedisAway": ({"databank_redis_up": 1}, {"databank_redis_up": 0}),
    "DataBankNoWorker": ({"databank_workers": 1}, {"databank_workers": 0}),
    "DataBankNoDispatcher": ({"databank_dispatcher_up": 1}, {"databank_dispatcher_up": 0}),
    "DataBankJobsStuck": ({"databank_jobs_stale": 0}, {"databank_jobs_stale": 1}),
    "DataBankQuarantine": (
        {"databank_verify_damaged_files": 0},
        {"databank_verify_damaged_files": 1},
    ),
    "DataBankJobsWait": (
        {"databank_queue_oldest_age_seconds": 900},
        {"databank_queue_oldest_age_seconds": 901},
    ),
    "DataBankRunsLong": (
        {"databank_job_longest_run_seconds": 86400},
        {"databank_job_longest_run_seconds": 86401},
    ),
    "DataBankDiskLow": (
        {"databank_disk_free_bytes": 150, **DISK},
        {"databank_disk_free_bytes": 149, **DISK},
    ),
    "DataBankCatalogOld": (
        {"databank_catalog_last_update_timestamp_seconds": NOW - 21600},
        {"databank_catalog_last_update_timestamp_seconds": NOW - 21601},
    ),
}


def gauge(name: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, "Of a test.", labels=(label,))
    for each, value in values.items():
        family.add_metric((each,), value)
    return family


def find(figures: Mapping[str, float]) -> Sequence[Concern]:
    told = (GaugeMetricFamily(name, "Of a test.", value) for name, value in figures.items())
    return find_concerns(told, NOW)


def test_every_sign_has_its_edge_here() -> None:
    assert list(EDGES) == [sign.alert for sign in SIGNS]


@pytest.mark.parametrize("alert", EDGES)
def test_at_its_threshold_nothing_is_said_and_beyond_it_one_line(alert: str) -> None:
    well, worrying = EDGES[alert]
    assert find(well) == []
    assert [each.alert for each in find(worrying)] == [alert]


def test_of_what_nobody_has_told_nothing_is_said() -> None:
    assert find({}) == []


def test_each_kind_of_jobs_has_its_line_with_the_way_to_its_jobs() -> None:
    waits = gauge("databank_queue_oldest_age_seconds", "kind", {"ping": 1500, "a&b": 7260, "x": 3})
    assert find_concerns([waits], NOW) == [
        Concern(
            "A job of kind a&b has waited for 2 h 1 min.",
            "/ui/jobs?state=queued,retrying&kind=a%26b",
            "DataBankJobsWait",
        ),
        Concern(
            "A job of kind ping has waited for 25 min 0 s.",
            "/ui/jobs?state=queued,retrying&kind=ping",
            "DataBankJobsWait",
        ),
    ]


def test_a_kind_may_be_named_as_nothing_else_is() -> None:
    stale = gauge("databank_jobs_stale", "kind", {"{value}": 2})
    [found] = find_concerns([stale], NOW)
    assert found.says == "Runs of {value} that give no sign of life: 2."


def test_workers_who_are_all_busy_are_there() -> None:
    workers = gauge("databank_workers", "state", {"busy": 2, "idle": 0})
    assert find_concerns([workers], NOW) == []


def test_what_only_grows_is_no_sign() -> None:
    told = CounterMetricFamily("databank_jobs_stale", "Of a test.", 7)
    assert find_concerns([told], NOW) == []


@pytest.mark.parametrize(("free", "left"), [(149, "99 bytes"), (20, "0 bytes")])
def test_a_disk_below_its_reserve_has_nothing_left(free: int, left: str) -> None:
    [found] = find({"databank_disk_free_bytes": free, **DISK})
    assert found.says == f"Less than a tenth of the disk is left for uploads: {left}."
