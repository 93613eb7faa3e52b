"""The alert rules, the dashboard and the runbook fit what a bank really tells."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypedDict

import msgspec
import pytest
from sqlalchemy import update

from data_bank_api.db.database import Database
from data_bank_api.db.schema import JobRow
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.clock import utc_now
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.ui.concerns import SIGNS
from tests.fakes.redis_server import RedisServer
from tests.fakes.scraped import Scraped
from tests.running_bank import RunningBank, running, until

HOME = Path(__file__).parent.parent
RULES = HOME / "deploy" / "prometheus" / "alerts.yaml"
DASHBOARD = HOME / "deploy" / "grafana" / "databank.json"
RUNBOOK = HOME / "docs" / "runbook.md"
PROMTOOL = shutil.which("promtool")
NEEDS_PROMTOOL = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on the PATH")

_METRIC = re.compile(r"\b(databank_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|without|ignoring|on) \(([\w, ]+)\)")
# What Prometheus adds to each series, and what is in a series of a histogram alone.
_ADDED = {"instance", "job", "le"}


class Rule(TypedDict):
    alert: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


class Group(TypedDict):
    rules: list[Rule]


class Groups(TypedDict):
    groups: list[Group]


class Target(TypedDict):
    expr: str


class Panel(msgspec.Struct):
    title: str
    targets: list[Target] = []


class Dashboard(msgspec.Struct):
    panels: list[Panel]


def rules() -> list[Rule]:
    groups = msgspec.yaml.decode(RULES.read_bytes(), type=Groups)
    return [rule for group in groups["groups"] for rule in group["rules"]]


def expressions() -> dict[str, str]:
    """Of each rule and each panel."""
    shown = msgspec.json.decode(DASHBOARD.read_bytes(), type=Dashboard).panels
    found = {rule["alert"]: rule["expr"] for rule in rules()}
    for panel in shown:
        for number, target in enumerate(panel.targets):
            found[f"{panel.title} {number}"] = target["expr"]
    return found


def family_of(name: str, found: Scraped) -> str:
    """The metric that a series belongs to, which may be a part of a histogram."""
    stem = re.sub(r"_(bucket|count|sum)$", "", name)
    return stem if found.families.get(stem) == "histogram" else name


def problems(expr: str, found: Scraped) -> Iterator[str]:
    """What a scrape does not have of that which an expression asks for."""
    labels: set[str] = set()
    for name, inside in _METRIC.findall(expr):
        family = family_of(name, found)
        if family not in found.families:
            yield f"there is no {name}"
            continue
        labels |= found.labels[family]
        for label, _, _ in _MATCHER.findall(inside):
            if label not in found.labels[family]:
                yield f"{name} has no label {label}"
    grouped = {label.strip() for each in _GROUPING.findall(expr) for label in each.split(",")}
    for label in grouped - labels - _ADDED:
        yield f"nothing in it has the label {label}"


def test_every_metric_and_label_of_rules_and_dashboard_is_there_in_a_real_scrape(
    full_scrape: Scraped,
) -> None:
    told = {name: list(problems(expr, full_scrape)) for name, expr in expressions().items()}
    assert {name: each for name, each in told.items() if each} == {}


@pytest.mark.parametrize(
    "expr",
    [
        "databank_no_such_thing > 0",
        'databank_jobs{colour="red"} > 0',
        "sum without (colour) (databank_jobs)",
    ],
)
def test_what_is_not_in_a_scrape_is_found(expr: str, full_scrape: Scraped) -> None:
    assert len(list(problems(expr, full_scrape))) == 1


def test_the_states_and_kinds_that_rules_speak_of_are_there(full_scrape: Scraped) -> None:
    """Not the statuses of answers: that nothing fails is well."""
    for expr in expressions().values():
        for name, inside in _METRIC.findall(expr):
            for label, _, wanted in _MATCHER.findall(inside):
                if label != "status" and not wanted.startswith("$"):
                    told = [each for each in full_scrape.samples if each.startswith(f"{name}{{")]
                    values = re.findall(rf'\b{label}="([^"]*)"', "\n".join(told))
                    assert any(re.fullmatch(wanted, value) for value in values), (name, wanted)


def test_every_alert_has_its_entry_in_the_runbook_and_the_reverse() -> None:
    entries = re.findall(r"^### (\w+)$", RUNBOOK.read_text(), re.MULTILINE)
    assert entries == [rule["alert"] for rule in rules()]
    for rule in rules():
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"]


def test_every_entry_says_what_it_means_where_to_look_and_what_to_do() -> None:
    for entry in RUNBOOK.read_text().split("\n### ")[1:]:
        body = entry.split("\n## ")[0]
        assert "- **It means**" in body, entry
        assert "- **Look**" in body, entry
        assert "- **Do**" in body or "**do**" in body, entry


def threshold_of(alert: str) -> tuple[str, float]:
    """The metric and the number of a rule that is as simple as that."""
    [expr] = [rule["expr"] for rule in rules() if rule["alert"] == alert]
    compared = re.fullmatch(r"(\w+) > (\d+)", expr)
    assert compared is not None, expr
    return compared[1], float(compared[2])


def test_the_overview_and_the_alerts_have_the_same_thresholds() -> None:
    """Of a rule the part that one look can tell; whether a worker is busy makes no difference."""
    asked = {rule["alert"]: rule["expr"].split(" or ") for rule in rules()}
    for sign in SIGNS:
        parts = [re.sub(r"sum without \(state\) \((\w+)\)", r"\1", e) for e in asked[sign.alert]]
        assert sign.rule.expr in parts


def test_a_run_whose_worker_is_gone_is_over_the_threshold_of_its_alert(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    """A job is claimed, and nobody is there who would beat for it or give it up."""
    name, most = threshold_of("DataBankJobsStuck")
    with running(tmp_path, REDIS_URL=redis_server.url) as bank:
        url = f"sqlite:///{bank.root / 'state' / 'databank.sqlite3'}"
        with closing(Database(url)) as database:
            job_id = Jobs(database).enqueue(NewJob("ping", {})).job_id
            assert Claims(database).claim(job_id, 1) is not None
            until(lambda: look(bank).samples.get(f'{name}{{kind="ping"}}') == 0)
            let_time_pass(database, timedelta(seconds=20))
    with running(tmp_path, REDIS_URL=redis_server.url) as bank:
        until(lambda: look(bank).get(f'{name}{{kind="ping"}}') > most)
        until(lambda: look(bank).samples.get("databank_dispatcher_up") == 0)


def look(bank: RunningBank) -> Scraped:
    return Scraped.parse(bank.request("GET", "/metrics", None).text)


def let_time_pass(database: Database, duration: timedelta) -> None:
    with database.transaction() as session:
        session.execute(update(JobRow).values(beat_at=utc_now() - duration))


# For each alert what Prometheus may have seen, a value a minute: `0+1x60` grows by 1 sixty times.
SEEN: Mapping[str, Mapping[str, str]] = {
    "DataBankDown": {},
    "DataBankErrors": {
        'databank_http_request_duration_seconds_count{status="500"}': "0+1x180",
        'databank_http_request_duration_seconds_count{status="200"}': "0+9x180",
    },
    "DataBankDatabaseAway": {"databank_database_up": "0x180"},
    "DataBankRedisAway": {"databank_redis_up": "0x180"},
    "DataBankNoWorker": {
        'databank_workers{state="busy"}': "0x180",
        'databank_workers{state="idle"}': "0x180",
    },
    "DataBankWorkersLost": {'databank_workers{state="idle"}': "3x150 2x30"},
    "DataBankRunsLost": {'databank_job_lost_runs_total{kind="ping"}': "0x170 1 2 3 4x7"},
    "DataBankNoDispatcher": {"databank_dispatcher_up": "0x180"},
    "DataBankJobsStuck": {'databank_jobs_stale{kind="ping"}': "0x170 1x10"},
    "DataBankJobsWait": {'databank_queue_oldest_age_seconds{kind="ping"}': "0+60x180"},
    "DataBankRunsLong": {'databank_job_longest_run_seconds{kind="ping"}': "86000+60x180"},
    "DataBankLettersWait": {'databank_outbox_letters{topic="event"}': "0+20x180"},
    "DataBankJobsFail": {
        'databank_job_transitions_total{kind="ping",state="failure"}': "0+1x180",
        'databank_job_transitions_total{kind="ping",state="success"}': "0+3x180",
    },
    "DataBankRetriesExhausted": {'databank_job_retries_exhausted_total{kind="ping"}': "0x170 1x10"},
    "DataBankNotQueued": {'databank_enqueue_failures_total{kind="ping"}': "0+1x180"},
    "DataBankUpkeepFails": {
        'databank_job_transitions_total{kind="sweep",state="failure"}': "0x170 1x10"
    },
    "DataBankDiskFull": {
        "databank_disk_free_bytes": "100x180",
        "databank_disk_reserved_bytes": "100x180",
    },
    "DataBankDiskLow": {
        "databank_disk_free_bytes": "150x180",
        "databank_disk_reserved_bytes": "100x180",
        "databank_disk_size_bytes": "1000x180",
    },
    "DataBankDiskFillsUp": {
        "databank_disk_free_bytes": "1000-1x180",
        "databank_disk_reserved_bytes": "100x180",
    },
    "DataBankQuarantine": {"databank_quarantined_blobs_total": "0x170 1x10"},
    "DataBankCatalogOld": {"databank_catalog_last_update_timestamp_seconds": "-20000x180"},
}


def firing(seen: Mapping[str, str], *alerts: str) -> dict[str, object]:
    """A test of promtool's: of these three hours, these alerts and no others of the same name."""
    of_name = f'alertname="{alerts[0]}",' if alerts else ""
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in seen.items()],
        "promql_expr_test": [
            {
                "expr": f'group by (alertname) (ALERTS{{{of_name}alertstate="firing"}})',
                "eval_time": "180m",
                "exp_samples": [
                    {"labels": f'{{alertname="{each}"}}', "value": 1} for each in alerts
                ],
            }
        ],
    }


def ask_promtool(folder: Path, *tests: dict[str, object]) -> str:
    """What promtool says of them."""
    file = folder / "test.yaml"
    whole = {"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}
    file.write_bytes(msgspec.yaml.encode(whole))
    command = [str(PROMTOOL), "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_there_is_something_to_see_for_each_alert() -> None:
    assert list(SEEN) == [rule["alert"] for rule in rules()]


@NEEDS_PROMTOOL
def test_each_alert_comes_when_it_should(tmp_path: Path) -> None:
    told = ask_promtool(tmp_path, *(firing(seen, alert) for alert, seen in SEEN.items()))
    assert "SUCCESS" in told, told
    assert "FAILED" not in told, told


@NEEDS_PROMTOOL
def test_no_alert_comes_of_a_bank_that_is_well(tmp_path: Path, full_scrape: Scraped) -> None:
    seen = {
        name: f"{value:f}x180"
        for name, value in full_scrape.samples.items()
        if not name.startswith("databank_disk")  # those of the machine that tests
    }
    told = ask_promtool(tmp_path, firing(seen))
    assert "SUCCESS" in told, told
    assert "FAILED" not in told, told


@NEEDS_PROMTOOL
def test_what_the_dashboard_asks_for_can_be_asked(tmp_path: Path) -> None:
    asked = [{"record": f"r{n}", "expr": expr} for n, expr in enumerate(expressions().values())]
    file = tmp_path / "rules.yaml"
    file.write_bytes(msgspec.yaml.encode({"groups": [{"name": "asked", "rules": asked}]}))
    done = subprocess.run([str(PROMTOOL), "check", "rules", str(file)], check=False)
    assert done.returncode == 0


@NEEDS_PROMTOOL
def test_the_rules_are_as_prometheus_wants_them() -> None:
    config = str(RULES.with_name("prometheus.yaml"))
    done = subprocess.run([str(PROMTOOL), "check", "config", config], check=False)
    assert done.returncode == 0
