"""What needs a look, in words: of the alerts those that one look at the figures can tell.

An alert waits a minute or more before it comes; a person who opens the page is told at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from prometheus_client.metrics_core import Metric

from data_bank_api.ui.rules import Rule, gone, less_left, older, over, take_readings
from data_bank_api.ui.words import duration, number, size


@dataclass(frozen=True, slots=True)
class Concern:
    """`path`: the page to look at. docs/runbook.md has an entry of the name of the alert."""

    says: str
    path: str
    alert: str


@dataclass(frozen=True, slots=True)
class Sign:
    """`says` and `path` may name the `{kind}` of jobs, `says` the `{value}`, as `shown`."""

    alert: str
    rule: Rule
    says: str
    path: str
    shown: Callable[[float], str] = number

    def tell(self, kind: str, value: float) -> Concern:
        says = self.says.format(kind=kind, value=self.shown(value))
        return Concern(says, self.path.format(kind=quote(kind, safe="")), self.alert)


def _time(seconds: float) -> str:
    return duration(timedelta(seconds=seconds))


_WAITING = "/ui/jobs?state=queued,retrying"
_RUNNING = "/ui/jobs?state=started"
# The worst first.
SIGNS: Sequence[Sign] = (
    Sign(
        "DataBankDatabaseAway",
        gone("databank_database_up"),
        "The database has not told of its jobs.",
        "/ui/jobs",
    ),
    Sign(
        "DataBankRedisAway",
        gone("databank_redis_up"),
        "Redis has not told who works: jobs are accepted, and may wait.",
        _WAITING,
    ),
    Sign("DataBankNoWorker", gone("databank_workers"), "No worker is alive.", _WAITING),
    Sign(
        "DataBankNoDispatcher",
        gone("databank_dispatcher_up"),
        "Nobody brings jobs to the workers.",
        _WAITING,
    ),
    Sign(
        "DataBankJobsStuck",
        over("databank_jobs_stale", 0),
        "Runs of {kind} that give no sign of life: {value}.",
        f"{_RUNNING}&kind={{kind}}",
    ),
    Sign(
        "DataBankQuarantine",
        over("databank_verify_damaged_files", 0),
        "Files found damaged when the store was verified: {value}.",
        "/ui/files",
    ),
    Sign(
        "DataBankJobsWait",
        over("databank_queue_oldest_age_seconds", 900),
        "A job of kind {kind} has waited for {value}.",
        f"{_WAITING}&kind={{kind}}",
        _time,
    ),
    Sign(
        "DataBankRunsLong",
        over("databank_job_longest_run_seconds", 86400),
        "A run of {kind} has gone on for {value}.",
        f"{_RUNNING}&kind={{kind}}",
        _time,
    ),
    Sign(
        "DataBankDiskLow",
        less_left(
            "databank_disk_free_bytes",
            "databank_disk_reserved_bytes",
            0.1,
            "databank_disk_size_bytes",
        ),
        "Less than a tenth of the disk is left for uploads: {value}.",
        "/ui/files",
        lambda left: size(max(0.0, left)),
    ),
    Sign(
        "DataBankCatalogOld",
        older("databank_catalog_last_update_timestamp_seconds", 21600),
        "The catalog is {value} old.",
        "/ui/jobs?kind=catalog.refresh",
        _time,
    ),
)


def find_concerns(told: Iterable[Metric], now: float) -> Sequence[Concern]:
    """None of what nobody has told of."""
    seen = take_readings(told, now)
    return [
        sign.tell(kind, value)
        for sign in SIGNS
        for kind, value in sorted(sign.rule.found(seen).items())
    ]
