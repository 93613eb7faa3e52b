"""`databank datasets`, against a fake bank over a real connection."""

import io
import os
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from data_bank_client.calls import watching
from data_bank_client.wire.datasets import StoredDataset
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.cli.conftest import CommandLine, Terminal
from tests.data_bank_client.fake_bank import respond
from tests.data_bank_client.fake_datasets import (
    DATASET,
    ONE,
    DatasetBank,
    alert,
    column,
    dataset,
    report,
)
from tests.data_bank_client.fake_hub import answering, in_turn, listing
from tests.data_bank_client.fake_jobs import JOB, failed, job, telling, without_log

CSV = b"a,b\n1,2\n"
OTHER = "1" + DATASET[1:]
ADDED_LINE = f"{DATASET}  uploaded            -  sales.csv                    2.0 KiB  2026-11-21"
REPORT_HINT = f"its report: databank datasets report {DATASET}"
WATCH_HINT = f"it is being profiled; to watch it: databank jobs watch {JOB}"
AT = "2026-11-21T10:00:00Z"
FAULT = "line 3: a quote is opened and not closed"
REPORT = report(column(1, "[red]a\x1b[31m"), alerts=[alert("high", None, "look here")])


@pytest.fixture
def bank() -> DatasetBank:
    bank = DatasetBank(job("success", 100.0))
    bank.kept["POST /datasets"] = answering(201, dataset("uploaded"))
    bank.kept["GET /datasets"] = listing(dataset())
    bank.kept[f"GET {ONE}"] = answering(200, dataset())
    bank.kept[f"POST {ONE}/process"] = telling(202, without_log(job("queued")))
    bank.kept[f"GET {ONE}/report"] = answering(200, REPORT)
    bank.kept[f"DELETE {ONE}"] = lambda _: respond(204)
    return bank


@pytest.fixture(autouse=True)
def _looks_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_PAUSE", 0.0)


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    (path := tmp_path / "sales.csv").write_bytes(CSV)
    return path


def sent(bank: DatasetBank) -> list[dict[str, object]]:
    return [
        msgspec.json.decode(each.content, type=dict[str, object])
        for each in bank.requests
        if each.url.path == "/prefix/datasets" and each.method == "POST"
    ]


def hints(*lines: str) -> str:
    return "".join(f"databank: {each}\n" for each in lines)


def test_add_stores_a_file_and_prints_the_dataset(
    bank: DatasetBank, databank: CommandLine, sales: Path
) -> None:
    ran = databank("datasets", "add", sales)
    assert (ran.exit_code, ran.err) == (0, hints(WATCH_HINT))
    assert ran.out.decode() == f"{ADDED_LINE}T10:00:00Z\n"
    assert list(bank.files.values()) == [CSV]
    said = ("--name", "Sales", "--type", "json")
    ran = databank("datasets", "add", sales, *said, "--json")
    assert (ran.records, ran.err) == ([dataset("uploaded")], "")
    plain = {"file_id": Digest.of(CSV).hex, "filename": "sales.csv", "content_type": "text/csv"}
    assert sent(bank) == [plain, plain | {"name": "Sales", "content_type": "application/json"}]


def test_add_takes_what_comes_in_on_stdin_or_through_a_pipe(
    bank: DatasetBank,
    databank: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV)))
    assert databank("datasets", "add", "-", "--type", "csv").exit_code == 0
    pipe = tmp_path / "rows.jsonl"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b'{"a":1}\n',))
    writer.start()
    assert databank("datasets", "add", pipe).exit_code == 0
    writer.join()
    told = [(each["filename"], each["content_type"]) for each in sent(bank)]
    assert told == [("stdin", "text/csv"), ("rows.jsonl", "application/jsonl")]
    assert sorted(bank.files.values()) == [CSV, b'{"a":1}\n']


def test_add_may_watch_until_there_is_a_report(
    bank: DatasetBank, databank: CommandLine, sales: Path
) -> None:
    ran = databank("datasets", "add", sales, "--watch")
    assert (ran.exit_code, ran.err) == (0, hints(REPORT_HINT))
    assert ran.out.decode().splitlines()[-1].startswith(f"{JOB}  success    100 %")


def test_add_of_what_has_a_report_is_done_at_once(
    bank: DatasetBank, databank: CommandLine, sales: Path
) -> None:
    bank.kept["POST /datasets"] = answering(200, dataset())
    for said in ([], ["--watch"]):
        ran = databank("datasets", "add", sales, *said)
        assert (ran.exit_code, ran.err) == (0, hints(REPORT_HINT))
        assert ran.out.decode().startswith(f"{DATASET}  done            1,234  sales.csv")
    ran = databank("datasets", "add", sales, "--name", "Sales")
    assert ran.err == hints("the bank calls it sales.csv", REPORT_HINT)


def test_add_exits_as_the_job_that_it_watched_and_names_the_line(
    bank: DatasetBank, databank: CommandLine, sales: Path
) -> None:
    bank.looks = [failed({"kind": "user", "code": "INVALID_INPUT", "message": FAULT})]
    ran = databank("datasets", "add", sales, "--watch")
    assert ran.exit_code == 11
    assert ran.err == hints(f"sales.csv: the job failed by its input: {FAULT}")


def test_add_sees_all_of_several_through_and_exits_as_the_first_that_failed(
    bank: DatasetBank, databank: CommandLine, sales: Path
) -> None:
    bank.kept["POST /datasets"] = in_turn(
        dataset(), dataset("uploaded", "b.csv"), dataset("uploaded", "c.csv", OTHER)
    )
    bank.looks = [job("cancelled")] * 2 + [job("failure")]
    for name in ("b.csv", "c.csv"):
        sales.with_name(name).write_bytes(CSV)
    paths = (sales, sales.with_name("b.csv"), sales.with_name("c.csv"))
    ran = databank("datasets", "add", *paths, "--watch")
    assert ran.exit_code == 12
    assert ran.err == hints(
        REPORT_HINT,
        "c.csv: the job failed: no reason is told",
        "2 of 3 have no report",
        "b.csv: the job was cancelled",
    )


@pytest.mark.parametrize(
    ("now", "exit_code", "said"),
    [
        (dataset(), 0, REPORT_HINT),
        (dataset("failed"), 10, f"sales.csv: the job failed: {FAULT}"),
        (dataset("uploaded"), 10, "sales.csv: the job failed: it is forgotten"),
    ],
    ids=["done", "failed", "neither"],
)
def test_add_tells_how_it_ended_where_the_job_is_forgotten(
    bank: DatasetBank,
    databank: CommandLine,
    sales: Path,
    now: StoredDataset,
    exit_code: int,
    said: str,
) -> None:
    bank.looks = []
    bank.kept[f"GET {ONE}"] = answering(200, now)
    ran = databank("datasets", "add", sales, "--watch")
    assert (ran.exit_code, ran.err) == (exit_code, hints(said))


def test_add_says_why_it_could_not_be_begun(
    bank: DatasetBank, databank: CommandLine, sales: Path
) -> None:
    unqueued = dataset("failed")
    unqueued["latest_job_id"] = None
    bank.kept["POST /datasets"] = answering(201, unqueued)
    ran = databank("datasets", "add", sales)
    assert (ran.exit_code, ran.err) == (0, hints(f"it cannot be profiled: {FAULT}"))
    assert ran.out.decode().endswith(f"{FAULT}\n")
    ran = databank("datasets", "add", sales, "--watch")
    assert (ran.exit_code, ran.err) == (10, hints(f"sales.csv: the job failed: {FAULT}"))


def test_add_refuses_what_is_no_dataset_and_one_name_for_two(
    bank: DatasetBank, databank: CommandLine, sales: Path, tmp_path: Path
) -> None:
    (notes := tmp_path / "notes.txt").write_bytes(b"x")
    refused = [
        (databank("datasets", "add", notes), "databank datasets add --type"),
        (databank("datasets", "add", "-"), "--type"),
        (databank("datasets", "add", sales, notes, "--name", "x"), "one file at a time"),
        (databank("datasets", "add", sales, "--type", "xml"), "--type"),
    ]
    for ran, said in refused:
        assert (ran.exit_code, ran.out) == (2, b"")
        assert said in ran.err
    assert bank.requests == []
    assert databank("datasets", "add", tmp_path / "none.csv").exit_code == 1


def test_ls_prints_a_line_for_each_dataset(bank: DatasetBank, databank: CommandLine) -> None:
    odd = dataset("failed", "東京\x1b[31m", OTHER)
    bank.kept["GET /datasets"] = listing(odd, dataset(name="a name longer than its place is"))
    ran = databank("datasets", "ls", "--status", "done", "--status", "failed", "--name", "a")
    assert ran.out.decode().splitlines() == [
        f"{OTHER}  failed              -  東京\\x1b[31m                 2.0 KiB  {AT}  {FAULT}",
        f"{DATASET}  done            1,234  a name longer than its place is     2.0 KiB  {AT}",
    ]
    asked = dict(bank.requests[0].url.params)
    assert (asked["status"], asked["name_contains"]) == ("done,failed", "a")
    assert databank("datasets", "ls", "--json").records[0] == odd


def test_ls_stops_at_its_limit_unless_all_are_wanted(
    bank: DatasetBank, databank: CommandLine
) -> None:
    bank.kept["GET /datasets"] = listing(*[dataset()] * 70)
    assert len(databank("datasets", "ls").out.splitlines()) == 50
    assert len(databank("datasets", "ls", "--limit", "3").out.splitlines()) == 3
    assert len(databank("datasets", "ls", "--all").out.splitlines()) == 70
    assert databank("datasets", "ls", "--limit", "0").exit_code == 2


def test_show_prints_what_is_known(bank: DatasetBank, databank: CommandLine) -> None:
    ran = databank("datasets", "show", DATASET)
    lines = ran.out.decode().splitlines()
    assert lines[:2] == [f"id                {DATASET}", "name              sales.csv"]
    assert "checksum_sha256   " + "c" * 64 in lines
    assert not [line for line in lines if line.startswith("error")]
    assert ran.err == hints(REPORT_HINT)
    assert databank("datasets", "show", DATASET, "--json").records == [dataset()]
    bank.kept[f"GET {ONE}"] = answering(200, dataset("failed"))
    ran = databank("datasets", "show", DATASET)
    assert f"error             {FAULT}" in ran.out.decode().splitlines()
    assert ran.err == ""


@pytest.mark.parametrize("verb", ["show", "report", "process", "rm"])
def test_a_dataset_is_found_by_a_name_that_it_alone_has(
    bank: DatasetBank, databank: CommandLine, verb: str
) -> None:
    bank.kept["GET /datasets"] = listing(dataset(name="old sales.csv"), dataset())
    assert databank("datasets", verb, "sales.csv").exit_code == 0
    assert bank.requests[0].url.params["name_contains"] == "sales.csv"
    ran = databank("datasets", verb, "sales")
    said = "no dataset is called sales: databank datasets ls"
    assert (ran.exit_code, ran.err) == (4, hints(said))
    bank.kept["GET /datasets"] = listing(dataset(), dataset(dataset_id=OTHER))
    ran = databank("datasets", verb, "sales.csv")
    said = f"several datasets are called sales.csv, say which by its id: {DATASET}, {OTHER}"
    assert (ran.exit_code, ran.err) == (2, hints(said))


def test_report_prints_what_is_worth_reading(bank: DatasetBank, databank: CommandLine) -> None:
    ran = databank("datasets", "report", DATASET)
    lines = ran.out.decode().splitlines()
    assert (lines[0], lines[4:6]) == ("sales.csv", ["Alerts: 1 high", "  high    look here"])
    assert lines[-1].startswith(" 1 [red]a\\x1b[31m text")
    said = f"one column: databank datasets report {DATASET} --column NAME"
    assert (ran.exit_code, ran.err) == (0, hints(said))


def test_report_prints_one_column_by_its_name_or_number(databank: CommandLine) -> None:
    ran = databank("datasets", "report", DATASET, "--column", "1")
    assert ran.out.decode().splitlines()[:2] == ["[red]a\\x1b[31m", "column 1 of 1, text"]
    assert (ran.exit_code, ran.err) == (0, "")
    ran = databank("datasets", "report", DATASET, "--column", "b")
    assert (ran.exit_code, ran.out) == (4, b"")
    assert ran.err == hints("there is no column b; there are [red]a\\x1b[31m")


def test_report_is_json_as_it_is_stored(bank: DatasetBank, databank: CommandLine) -> None:
    stored = msgspec.json.encode(REPORT | {"of_a_newer_bank": [1]})
    bank.kept[f"GET {ONE}/report"] = lambda _: respond(200, stored)
    ran = databank("datasets", "report", DATASET, "--json")
    assert (ran.exit_code, ran.out, ran.err) == (0, stored + b"\n", "")


def test_report_is_painted_and_as_wide_as_the_terminal_where_there_is_one(
    databank: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert databank("datasets", "report", DATASET).exit_code == 0
    painted = terminal.getvalue()
    assert "\x1b[1;31mhigh  \x1b[0m" in painted
    assert "[red]a\\x1b[31m" in painted


def test_process_has_a_report_made_and_prints_the_job(
    bank: DatasetBank, databank: CommandLine
) -> None:
    ran = databank("datasets", "process", DATASET)
    assert ran.out.decode().startswith(f"{JOB}  queued")
    assert (ran.exit_code, ran.err) == (0, hints(f"to watch it: databank jobs watch {JOB}"))
    ran = databank("datasets", "process", DATASET, "--force", "--watch")
    assert ran.out.decode().splitlines()[-1].startswith(f"{JOB}  success")
    assert (ran.exit_code, ran.err) == (0, hints(REPORT_HINT))
    asked = [dict(each.url.params) for each in bank.requests if "process" in each.url.path]
    assert asked == [{}, {"force": "true"}]
    told = without_log(job("queued"))
    assert databank("datasets", "process", DATASET, "--json").records == [told]


def test_process_of_what_has_a_report_has_nothing_to_watch(
    bank: DatasetBank, databank: CommandLine
) -> None:
    bank.looks = []
    bank.kept[f"POST {ONE}/process"] = telling(202, without_log(job("success", 100.0)))
    for said in ([], ["--watch"]):
        ran = databank("datasets", "process", DATASET, *said)
        assert (ran.exit_code, ran.err) == (0, hints(REPORT_HINT))


def test_rm_forgets_a_dataset_and_prints_it(bank: DatasetBank, databank: CommandLine) -> None:
    ran = databank("datasets", "rm", DATASET)
    assert ran.out.decode().startswith(f"{DATASET}  done")
    assert (ran.exit_code, ran.err, bank.asked[-1]) == (0, "", f"DELETE {ONE}")
    assert databank("datasets", "rm", DATASET, "--json").records == [dataset()]


def test_datasets_alone_tells_its_commands(databank: CommandLine) -> None:
    ran = databank("datasets")
    assert ran.exit_code == 0
    for name in ("add", "ls", "show", "report", "process", "rm"):
        assert f" {name} " in ran.out.decode()
        assert databank("datasets", name, "--help").exit_code == 0
