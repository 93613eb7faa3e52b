"""The figures of jobs as Prometheus reads them.

Of every kind there is a line from the beginning, at 0: an increase is seen only of what was there
before. While the database is away there is none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from data_bank_api.queue.job_figures import JobFigures, UnderWay
from data_bank_api.queue.tally import BOUNDS, EXHAUSTED, LOST, Counted
from data_bank_client.wire.jobs import ACTIVE_STATES, JOB_STATES

_WAITING = ("queued", "retrying")
_ENDS = ("success", "failure")
_UNBOUNDED = "+Inf"

Labels = tuple[str, ...]
Values = dict[Labels, float]


@dataclass(frozen=True, slots=True)
class JobMetrics:
    """`figures` is None where the database did not tell, or not in time."""

    figures: JobFigures | None
    kinds: Sequence[str]

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily(
            "databank_database_up", "1 where the database answered.", int(self.figures is not None)
        )
        if self.figures is None:
            return [up]
        now, under_way = self.figures.looked_at, self.figures.under_way
        kinds = sorted({*self.kinds, *(each.kind for each in under_way)})
        return [
            up,
            *_of_those_under_way(under_way, kinds, now),
            _of_letters(self.figures.letters),
            *_of_the_tally(self.figures.counted, kinds),
        ]


def _of_those_under_way(
    found: Sequence[UnderWay], kinds: Sequence[str], now: datetime
) -> Iterable[Metric]:
    count: Values = {(kind, state): 0.0 for kind in kinds for state in ACTIVE_STATES}
    stale, waits, runs = _zeros(kinds), _zeros(kinds), _zeros(kinds)
    for each in found:
        count[each.kind, each.state] = each.count
        stale[each.kind,] += each.stale
        ages = waits if each.state in _WAITING else runs
        ages[each.kind,] = max(ages[each.kind,], (now - each.oldest).total_seconds())
    yield _gauge("databank_jobs", "Jobs that are under way.", ("kind", "state"), count)
    yield _gauge(
        "databank_jobs_stale", "Jobs that run, and gave no sign of life for 15 s.", ("kind",), stale
    )
    says = "For how long the first of the waiting jobs has been due."
    yield _gauge("databank_queue_oldest_age_seconds", says, ("kind",), waits)
    says = "For how long the longest run has gone on."
    yield _gauge("databank_job_longest_run_seconds", says, ("kind",), runs)


def _of_letters(found: Sequence[tuple[str, int]]) -> Metric:
    says = "Letters in the outbox, which wait for their delivery."
    letters: Values = {(topic,): float(count) for topic, count in found}
    return _gauge("databank_outbox_letters", says, ("topic",), letters)


def _of_the_tally(counted: Sequence[Counted], kinds: Sequence[str]) -> Iterable[Metric]:
    yield _counter(
        "databank_job_transitions",
        "Jobs that came into a state.",
        ("kind", "state"),
        {(kind, state): 0.0 for kind in kinds for state in JOB_STATES},
        [((each.kind, each.what), each.count) for each in counted if each.what in JOB_STATES],
    )
    for what, name, says in (
        (EXHAUSTED, "databank_job_retries_exhausted", "Jobs that failed after their last retry."),
        (LOST, "databank_job_lost_runs", "Runs that were given up for lost."),
    ):
        times = [((each.kind,), each.count) for each in counted if each.what == what]
        yield _counter(name, says, ("kind",), _zeros(kinds), times)
    yield _counter(
        "databank_upkeep_items",
        "What upkeep has scanned, cleaned, skipped, and heaps that it failed to clean.",
        ("kind", "heap", "outcome"),
        {},
        [(_of_a_heap(each), each.count) for each in counted if ":" in each.what],
    )
    yield _histogram(
        "databank_job_duration_seconds",
        "What a run took that was the last of its job.",
        ("kind", "state"),
        [((each.kind, each.what), each) for each in counted if each.what in _ENDS],
    )
    yield _histogram(
        "databank_job_wait_seconds",
        "From when an attempt was due until it was started.",
        ("kind",),
        [((each.kind,), each) for each in counted if each.what == "started"],
    )


def _zeros(kinds: Sequence[str]) -> Values:
    return {(kind,): 0.0 for kind in kinds}


def _of_a_heap(each: Counted) -> Labels:
    outcome, _, heap = each.what.partition(":")
    return each.kind, heap, outcome


def _gauge(name: str, says: str, labels: Labels, values: Values) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for each, value in values.items():
        family.add_metric(each, value)
    return family


def _counter(
    name: str,
    says: str,
    labels: Labels,
    start: Values,
    found: Sequence[tuple[Labels, int]],
) -> Metric:
    total = dict(start)
    for each, count in found:
        total[each] = total.get(each, 0.0) + count
    family = CounterMetricFamily(name, says, labels=labels)
    for each, value in total.items():
        family.add_metric(each, value)
    return family


def _histogram(
    name: str, says: str, labels: Labels, found: Sequence[tuple[Labels, Counted]]
) -> Metric:
    family = HistogramMetricFamily(name, says, labels=labels)
    bounds = [*map(str, BOUNDS), _UNBOUNDED]
    for each in dict.fromkeys(those for those, _ in found):
        rows = [row for those, row in found if those == each]
        counts = [sum(row.count for row in rows if row.bucket == at) for at in range(len(bounds))]
        buckets = list(zip(bounds, map(float, accumulate(counts)), strict=True))
        family.add_metric(each, buckets, sum(row.seconds for row in rows))
    return family
