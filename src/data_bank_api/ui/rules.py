"""When somebody should look, told by one look at the figures: as the alert rules have it.

`expr` is what Prometheus asks of the same figures, in deploy/prometheus/alerts.yaml.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric

# Of a kind of jobs, or of the bank: then the kind is empty.
ByKind = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Readings:
    """Figures by their names, each summed for each kind; `now` is the unix clock."""

    now: float
    figures: Mapping[str, ByKind]

    def of(self, name: str) -> ByKind:
        """Empty where nobody has told."""
        return self.figures.get(name, {})


@dataclass(frozen=True, slots=True)
class Rule:
    """`found`: the kinds of which it holds, with what is to be said of each."""

    expr: str
    found: Callable[[Readings], ByKind]


def take_readings(told: Iterable[Metric], now: float) -> Readings:
    """Of gauges: what else is told says nothing in one look."""
    gauges = [metric for metric in told if metric.type == "gauge"]
    return Readings(now, {metric.name: _by_kind(metric) for metric in gauges})


def _by_kind(metric: Metric) -> ByKind:
    found: dict[str, float] = {}
    for sample in metric.samples:
        kind = sample.labels.get("kind", "")
        found[kind] = found.get(kind, 0.0) + sample.value
    return found


def over(name: str, most: float) -> Rule:
    """It is more than that."""

    def find(seen: Readings) -> ByKind:
        return {kind: value for kind, value in seen.of(name).items() if value > most}

    return Rule(f"{name} > {most}", find)


def gone(name: str) -> Rule:
    """There is none."""

    def find(seen: Readings) -> ByKind:
        return {kind: value for kind, value in seen.of(name).items() if value == 0}

    return Rule(f"{name} == 0", find)


def older(name: str, seconds: float) -> Rule:
    """That moment is longer ago; what is said is how long."""

    def find(seen: Readings) -> ByKind:
        ages = {kind: seen.now - moment for kind, moment in seen.of(name).items()}
        return {kind: age for kind, age in ages.items() if age > seconds}

    return Rule(f"time() - {name} > {seconds}", find)


def less_left(free: str, reserved: str, share: float, size: str) -> Rule:
    """Beside what is reserved less is free than this share; what is said is how much is."""

    def find(seen: Readings) -> ByKind:
        kept, whole = seen.of(reserved), seen.of(size)
        left = {kind: value - kept[kind] for kind, value in seen.of(free).items()}
        return {kind: value for kind, value in left.items() if value < share * whole[kind]}

    return Rule(f"{free} - {reserved} < {share} * {size}", find)
