"""`databank jobs`, against a fake bank over a real connection."""

import re
import sys
from collections.abc import Callable

import httpx2
import msgspec
import pytest

from data_bank_client import ConflictError
from data_bank_client.calls import watching
from data_bank_client.cli.job_bar import job_bar
from data_bank_client.cli.job_lines import fitting
from data_bank_client.client import DataBankClient
from data_bank_client.wire.jobs import (
    JobAnswer,
    JobDetail,
    JobError,
    JobLine,
    JobPage,
    JobResult,
)
from tests.data_bank_client.cli.conftest import CommandLine, Terminal
from tests.data_bank_client.fake_bank import failing
from tests.data_bank_client.fake_jobs import (
    JOB,
    JobBank,
    completed,
    failed,
    job,
    progressed,
    started,
    telling,
    without_log,
)

USER = JobError(kind="user", code="INVALID_INPUT", message="line 2 has 4 cells")
SYSTEM = JobError(kind="system", code="INTERNAL_ERROR", message="internal error")
QUEUED_LINE = f"{JOB}  queued       0 %  2026-11-21T10:00:00Z  ping\n"


@pytest.fixture
def bank() -> JobBank:
    bank = JobBank(job("queued"), job("queued"), job("success", 100.0))
    bank.streams = [[started(1), progressed(2, 40.0, "nearly half"), completed(3)]]
    return bank


@pytest.fixture(autouse=True)
def _looks_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_PAUSE", 0.0)


def listing(*jobs: JobAnswer) -> Callable[[httpx2.Request], httpx2.Response]:
    return telling(200, JobPage(items=list(jobs), next_cursor=None, has_more=False))


def test_start_prints_the_job(bank: JobBank, databank: CommandLine) -> None:
    bank.kept["POST /jobs"] = telling(202, without_log(job("queued")))
    ran = databank("jobs", "start", "ping", '{"seconds": 1}', "--key", "k", "--user-id", "7")
    assert (ran.exit_code, ran.out.decode(), ran.err) == (0, QUEUED_LINE, "")
    sent = msgspec.json.decode(bank.requests[0].content, type=dict[str, object])
    assert sent == {"kind": "ping", "arguments": {"seconds": 1}, "key": "k", "user_id": 7}


@pytest.mark.parametrize("arguments", ["{", "[]", "seconds=1", "é\ud800", '{"a":' * 5000])
def test_arguments_that_are_no_json_object_are_no_question(
    bank: JobBank, databank: CommandLine, arguments: str
) -> None:
    ran = databank("jobs", "start", "ping", arguments)
    assert (ran.exit_code, bank.requests) == (2, [])
    assert ran.err.startswith("databank: the arguments are no JSON object: ")


def test_start_may_watch_what_it_started(bank: JobBank, databank: CommandLine) -> None:
    bank.kept["POST /jobs"] = telling(202, without_log(job("queued")))
    ran = databank("jobs", "start", "ping", "--watch")
    assert ran.exit_code == 0
    assert ran.out.decode().startswith(QUEUED_LINE)
    assert "success    100 %" in ran.out.decode()


def test_watch_prints_a_line_for_every_step(databank: CommandLine) -> None:
    ran = databank("jobs", "watch", JOB)
    lines = ran.out.decode().splitlines()
    assert (ran.exit_code, ran.err) == (0, "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  queued       0 %", lines[0])
    assert lines[1:] == [
        "2026-11-21T10:00:00Z  started      0 %",
        "2026-11-21T10:00:00Z  started     40 %  nearly half",
        "2026-11-21T10:00:00Z  success    100 %",
        f"{JOB}  success    100 %  2026-11-21T10:00:00Z  ping",
    ]


def test_watch_says_nothing_twice(bank: JobBank, databank: CommandLine) -> None:
    bank.looks = [job("started"), *[job("started")] * 5, job("success", 100.0)]
    bank.streams = []
    lines = databank("jobs", "watch", JOB).out.decode().splitlines()
    assert [line.split()[1] for line in lines] == ["started", "success", "success"]


def test_a_watch_that_begins_late_does_not_tell_people_of_earlier_steps(
    bank: JobBank, databank: CommandLine
) -> None:
    late = job("started", 40.0)
    late["message"] = "nearly half"
    late["log"] = [JobLine(at="2026-11-21T09:59:59.000000Z", level="info", text="attempt 2 begins")]
    bank.looks = [late, late, job("success", 100.0)]
    begun = msgspec.structs.replace(started(1), at=late["log"][0]["at"])
    bank.streams = [[begun, progressed(2, 30.0), progressed(3, 50.0), completed(4)]]
    lines = databank("jobs", "watch", JOB).out.decode().splitlines()
    assert [line.split()[2] for line in lines[:-1]] == ["40", "50", "100"]


def test_watch_tells_machines_each_step_as_it_came(databank: CommandLine) -> None:
    ran = databank("jobs", "watch", JOB, "--json")
    steps = [str(each.get("type", each.get("state"))) for each in ran.records]
    events = [f"databank.job.{name}.v1" for name in ("started", "progress", "completed")]
    assert steps == ["queued", *events, "success"]
    assert (ran.exit_code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("end", "exit_code", "said"),
    [
        (failed(SYSTEM), 10, "the job failed: internal error"),
        (failed(USER), 11, "the job failed by its input: line 2 has 4 cells"),
        (job("failure"), 10, "the job failed: no reason is told"),
        (job("cancelled"), 12, "the job was cancelled"),
    ],
)
def test_a_watch_ends_as_its_job(
    bank: JobBank, databank: CommandLine, end: JobDetail, exit_code: int, said: str
) -> None:
    bank.looks = [end]
    ran = databank("jobs", "watch", JOB)
    assert (ran.exit_code, ran.err) == (exit_code, f"databank: {said}\n")
    assert f"{JOB}  {end['state']}" in ran.out.decode()
    machines = databank("jobs", "watch", JOB, "--json")
    assert machines.exit_code == exit_code
    assert msgspec.json.decode(machines.err, type=dict[str, object])["message"] == said


def test_a_terminal_sees_a_bar_and_then_a_line(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    ran = databank("jobs", "watch", JOB)
    assert ran.out.decode() == f"{JOB}  success    100 %  2026-11-21T10:00:00Z  ping\n"
    assert isinstance(sys.stderr, Terminal)
    assert "ping success" in sys.stderr.getvalue()


def test_a_bar_tells_kind_state_progress_and_message_at_80_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "80")
    half = job("started", 40.0)
    half["message"] = f"[3] files of \x1b[2J{'x' * 60}"
    with job_bar() as tell:
        tell(half, None)
    assert isinstance(sys.stderr, Terminal)
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", sys.stderr.getvalue()).splitlines()
    whole = r"ping started ━{4,}\S* *━* +40% \[3\] files of \\…x{14} +\S+:\S+\s*"
    assert [line for line in shown if re.fullmatch(whole, line) and len(line) <= 80], shown


@pytest.mark.parametrize("json", [True, False])
def test_ctrl_c_ends_the_watch_and_not_the_job(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch, json: bool
) -> None:
    def interrupted(_: object, job_id: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(DataBankClient, "watch_job", interrupted)
    ran = databank("jobs", "watch", JOB, *(["--json"] if json else []))
    assert ran.exit_code == 130
    hint = f"databank: the job goes on: databank jobs watch {JOB}\n"
    assert ran.err.startswith(hint) == (not json)
    assert len(ran.err.splitlines()) == (1 if json else 2)


def test_ls_prints_a_line_for_each_job(bank: JobBank, databank: CommandLine) -> None:
    made = job("success", 100.0)
    made["result"] = JobResult(result_id="a" * 64, result_bytes=5, details={})
    half = job("started", 40.4)
    half["message"] = "nearly\nhalf"
    bank.kept["GET /jobs"] = listing(*map(without_log, (half, made, failed(USER))))
    ran = databank("jobs", "ls")
    assert ran.out.decode() == (
        f"{JOB}  started     40 %  2026-11-21T10:00:00Z  ping  nearly\\nhalf\n"
        f"{JOB}  success    100 %  2026-11-21T10:00:00Z  ping  {'a' * 64}\n"
        f"{JOB}  failure     40 %  2026-11-21T10:00:00Z  ping  line 2 has 4 cells\n"
    )
    assert databank("jobs", "ls", "--json").records[0]["state"] == "started"


def test_ls_asks_for_what_is_wanted(bank: JobBank, databank: CommandLine) -> None:
    bank.kept["GET /jobs"] = listing()
    times = ("--before", "2026-11-21T10:00:00+01:00", "--after", "2026-11-20T00:00:00Z")
    said = ("--state", "queued", "--state", "started", "--kind", "ping", "--dataset", "d")
    assert databank("jobs", "ls", *said, *times).exit_code == 0
    assert dict(bank.requests[0].url.params) == {
        "limit": "100",
        "state": "queued,started",
        "kind": "ping",
        "dataset_id": "d",
        "queued_before": "2026-11-21T09:00:00.000000Z",
        "queued_after": "2026-11-20T00:00:00.000000Z",
    }


def test_ls_stops_at_its_limit_unless_all_are_wanted(bank: JobBank, databank: CommandLine) -> None:
    bank.kept["GET /jobs"] = listing(*[without_log(job("queued"))] * 60)
    assert len(databank("jobs", "ls").out.splitlines()) == 50
    assert len(databank("jobs", "ls", "--limit", "3").out.splitlines()) == 3
    assert len(databank("jobs", "ls", "--all").out.splitlines()) == 60


@pytest.mark.parametrize(
    "said",
    [("--before", "today"), ("--state", "lost"), ("--limit", "0"), ("--after", "2026-11-21")],
)
def test_ls_of_what_cannot_be_is_no_question(
    bank: JobBank, databank: CommandLine, said: tuple[str, str]
) -> None:
    ran = databank("jobs", "ls", *said)
    assert (ran.exit_code, ran.err.count("\n"), bank.requests) == (2, 1, [])


def test_a_line_is_cut_where_the_terminal_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert fitting("x" * 30) == "x" * 30
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert fitting("x" * 20) == "x" * 20
    assert fitting("日" * 11) == "日" * 9 + " …"


def test_show_prints_what_is_known_and_the_log(bank: JobBank, databank: CommandLine) -> None:
    known = failed(USER)
    known["log"] = [JobLine(at="2026-11-21T10:00:00.000000Z", level="info", text="quo\x07ted")]
    bank.looks = [known]
    lines = databank("jobs", "show", JOB).out.decode().splitlines()
    assert lines[0] == f"job_id        {JOB}"
    assert 'arguments     {"message":"pong"}' in lines
    assert not [line for line in lines if line.startswith(("result", "started_at"))]
    assert lines[-1] == "2026-11-21T10:00:00.000000Z  info     quo\\x07ted"
    assert databank("jobs", "show", JOB, "--json").records[0]["error"] == USER


def test_cancel_and_retry_print_the_job(bank: JobBank, databank: CommandLine) -> None:
    bank.kept[f"POST /jobs/{JOB}/cancel"] = telling(200, without_log(job("cancelled")))
    bank.kept[f"POST /jobs/{JOB}/retry"] = telling(202, without_log(job("queued")))
    cancelled = databank("jobs", "cancel", JOB)
    assert cancelled.out.decode() == QUEUED_LINE.replace("queued   ", "cancelled")
    assert databank("jobs", "retry", JOB).out.decode() == QUEUED_LINE
    assert databank("jobs", "retry", JOB, "--json").records[0]["state"] == "queued"
    bank.faults = [failing(ConflictError("the job is started"))]
    refused = databank("jobs", "retry", JOB)
    assert (refused.exit_code, refused.out) == (5, b"")
    assert refused.err.startswith("databank: the job is started")


def test_an_id_that_is_none_is_wrong(databank: CommandLine) -> None:
    ran = databank("jobs", "show", "abc")
    assert (ran.exit_code, ran.err) == (2, "databank: the id of a job is 32 hexadecimal digits\n")


def test_jobs_alone_tells_its_commands(databank: CommandLine) -> None:
    ran = databank("jobs")
    assert ran.exit_code == 0
    for name in ("start", "ls", "show", "watch", "cancel", "retry"):
        assert f" {name} " in ran.out.decode()
        assert databank("jobs", name, "--help").exit_code == 0
