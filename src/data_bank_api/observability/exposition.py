"""The text that Prometheus reads: the figures, and what is looked at when somebody asks.

https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4
"""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Exposition:
    """All that there is to see."""

    def __init__(self, collectors: Iterable[Collector]) -> None:
        self._collectors = tuple(collectors)

    def collect(self) -> Iterable[Metric]:
        for collector in self._collectors:
            yield from collector.collect()

    def text(self) -> bytes:
        """May take its time: it reads files."""
        return generate_latest(self)


class Build:
    """Which version this is."""

    def collect(self) -> Iterable[Metric]:
        built = GaugeMetricFamily(
            "databank_build_info", "Always 1, of this version.", labels=("version",)
        )
        built.add_metric((version("data-bank"),), 1)
        return [built]


class Processes:
    """Memory, descriptors and processor time of each worker, on Linux.

    The label is the number of the worker: a worker that takes a lost one's place takes that too.
    """

    def __init__(self, workers: Callable[[], Mapping[int, int]]) -> None:
        self._workers = workers

    def collect(self) -> Iterable[Metric]:
        found: dict[str, Metric] = {}
        for number, pid in self._workers().items():
            for told in _of_process(pid):
                kept = found.setdefault(told.name, Metric(told.name, told.documentation, told.type))
                for sample in told.samples:
                    kept.add_sample(sample.name, {"worker": str(number)}, sample.value)
        return found.values()


def _of_process(pid: int) -> Iterable[Metric]:
    return ProcessCollector("databank", lambda: pid, registry=None).collect()
