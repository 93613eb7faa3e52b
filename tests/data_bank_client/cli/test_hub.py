"""`databank hub`, against a fake bank over a real connection."""

import msgspec
import pytest

from data_bank_client import ConflictError
from data_bank_client.calls import watching
from tests.data_bank_client.cli.conftest import CommandLine
from tests.data_bank_client.fake_bank import failing, respond
from tests.data_bank_client.fake_hub import (
    COMMIT,
    JOB_TOLD,
    REPOS,
    SNAPSHOT,
    TROUBLE,
    answering,
    artifact,
    detail,
    listing,
    listing_repositories,
    repository,
)
from tests.data_bank_client.fake_jobs import JOB, JobBank, failed, job

JOB_LINE = f"{JOB}  sync of the model org/name: queued"
ENDED_LINE = f"{JOB}  success    100 %  2026-11-21T10:00:00Z  ping"
BOTH = (repository(), repository("org/name", "dataset", "8" * 32))


@pytest.fixture
def bank() -> JobBank:
    bank = JobBank(job("success", 100.0))
    for verb in ("register", "sync", "download"):
        bank.kept[f"POST /v1/hub/{verb}"] = answering(202, JOB_TOLD)
    bank.kept["GET /v1/hub/repos"] = listing_repositories(repository("org/other"), repository())
    bank.kept[f"GET {REPOS}"] = answering(200, detail())
    bank.kept[f"GET {REPOS}/snapshots"] = listing(SNAPSHOT)
    bank.kept[f"DELETE {REPOS}"] = lambda _: respond(204)
    return bank


@pytest.fixture(autouse=True)
def _looks_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_PAUSE", 0.0)


def sent(bank: JobBank) -> list[dict[str, object]]:
    return [
        msgspec.json.decode(each.content, type=dict[str, object])
        for each in bank.requests
        if each.method == "POST"
    ]


def test_add_registers_a_repository_and_prints_the_job(
    bank: JobBank, databank: CommandLine
) -> None:
    ran = databank("hub", "add", "org/name")
    assert (ran.exit_code, ran.out.decode(), ran.err) == (0, f"{JOB_LINE}\n", "")
    said = ("--type", "dataset", "--revision", "v1", "--include", "*.csv", "--include", "*.md")
    ran = databank("hub", "add", "org/data", *said, "--exclude", "old/*", "--json")
    assert ran.records == [JOB_TOLD]
    plain = {"repo_id": "org/name", "repo_type": "model", "revision": "main"}
    assert sent(bank) == [
        plain | {"include": [], "exclude": []},
        {
            "repo_id": "org/data",
            "repo_type": "dataset",
            "revision": "v1",
            "include": ["*.csv", "*.md"],
            "exclude": ["old/*"],
        },
    ]


def test_add_may_watch_the_listing_and_then_the_download(
    bank: JobBank, databank: CommandLine
) -> None:
    ran = databank("hub", "add", "org/name", "--watch")
    lines = ran.out.decode().splitlines()
    assert [line for line in lines if line.startswith(JOB)] == [JOB_LINE, ENDED_LINE] * 2
    posts = [each for each in bank.asked if each.startswith("POST")]
    assert posts == ["POST /v1/hub/register", "POST /v1/hub/download"]


def test_add_downloads_nothing_where_the_listing_failed(
    bank: JobBank, databank: CommandLine
) -> None:
    bank.looks = [failed({"kind": "user", "code": "NOT_FOUND", "message": "no such revision"})]
    ran = databank("hub", "add", "org/name", "--watch")
    assert (ran.exit_code, len(sent(bank))) == (11, 1)
    assert ran.err == "databank: the job failed by its input: no such revision\n"


def test_add_of_what_is_mirrored_is_a_conflict(bank: JobBank, databank: CommandLine) -> None:
    bank.faults = [failing(ConflictError("the model org/name is registered already"))]
    ran = databank("hub", "add", "org/name")
    assert (ran.exit_code, ran.out) == (5, b"")


@pytest.mark.parametrize("verb", ["sync", "download"])
def test_work_on_a_repository_is_started_by_its_name(
    bank: JobBank, databank: CommandLine, verb: str
) -> None:
    assert databank("hub", verb, "org/name").out.decode() == f"{JOB_LINE}\n"
    assert databank("hub", verb, "org/name", "--json").records == [JOB_TOLD]
    watched = databank("hub", verb, "org/name", "--watch").out.decode().splitlines()
    assert (watched[0], watched[-1]) == (JOB_LINE, ENDED_LINE)
    assert sent(bank) == [{"repo_id": "org/name", "repo_type": "model"}] * 3


@pytest.mark.parametrize("verb", ["sync", "download", "show", "rm"])
def test_a_repository_that_is_not_mirrored_is_not_found(databank: CommandLine, verb: str) -> None:
    ran = databank("hub", verb, "org/none")
    assert (ran.exit_code, ran.out) == (4, b"")
    assert ran.err == "databank: org/none is not mirrored: databank hub add org/none\n"
    other = databank("hub", verb, "org/name", "--type", "dataset")
    assert (other.exit_code, other.out) == (4, b"")
    assert other.err.endswith(": databank hub add org/name --type dataset\n")


def test_a_name_of_two_repositories_needs_its_type(bank: JobBank, databank: CommandLine) -> None:
    bank.kept["GET /v1/hub/repos"] = listing_repositories(*BOTH)
    ran = databank("hub", "sync", "org/name")
    said = "databank: org/name is a model and a dataset: say which by --type\n"
    assert (ran.exit_code, ran.err, sent(bank)) == (2, said, [])
    assert databank("hub", "sync", "org/name", "--type", "dataset").exit_code == 0
    assert sent(bank) == [{"repo_id": "org/name", "repo_type": "dataset"}]


def test_ls_prints_a_line_for_each_repository(bank: JobBank, databank: CommandLine) -> None:
    broken = repository("org/broken")
    broken["status"], broken["error"] = "error", TROUBLE
    fresh = repository("org/fresh", "dataset")
    fresh["status"], fresh["commit"], fresh["head"] = "registered", None, None
    fresh["synced_at"] = None
    partial = repository("org/partial")
    partial["head"] = "f" * 40
    bank.kept["GET /v1/hub/repos"] = listing_repositories(fresh, broken, partial, repository())
    ran = databank("hub", "ls")
    assert ran.out.decode().splitlines() == [
        "dataset  registered  -             -                     org/fresh",
        "model    error       cccccccccccc  2026-11-21T10:00:00Z  org/broken  the Hub\\nis away",
        "model    synced      cccccccccccc  2026-11-21T10:00:00Z  org/partial",
        "model    synced      cccccccccccc  2026-11-21T10:00:00Z  org/name  whole",
    ]
    assert databank("hub", "ls", "--type", "dataset", "--json").records == [fresh]
    assert databank("hub", "ls", "--json").records == [fresh, broken, partial, repository()]


def test_ls_stops_at_its_limit_unless_all_are_wanted(bank: JobBank, databank: CommandLine) -> None:
    bank.kept["GET /v1/hub/repos"] = listing_repositories(*[repository()] * 120)
    assert len(databank("hub", "ls").out.splitlines()) == 100
    assert len(databank("hub", "ls", "--limit", "3").out.splitlines()) == 3
    assert len(databank("hub", "ls", "--all").out.splitlines()) == 120
    assert databank("hub", "ls", "--limit", "0").exit_code == 2


def test_show_prints_what_is_known_and_the_snapshots(databank: CommandLine) -> None:
    lines = databank("hub", "show", "org/name").out.decode().splitlines()
    assert "repo_id       org/name" in lines
    assert 'exclude       ["*.bin"]' in lines
    assert not [line for line in lines if line.startswith(("vendor", "include", "error"))]
    assert lines[-2:] == [
        "completed     2 files, 30 bytes",
        f"{COMMIT}  2026-11-21T10:00:00Z        2 files  30 bytes",
    ]
    told = {**detail(), "snapshots": [SNAPSHOT]}
    assert databank("hub", "show", "org/name", "--json").records == [told]


def test_show_prints_the_files_where_they_are_wanted(bank: JobBank, databank: CommandLine) -> None:
    lost = artifact("odd\x1bname", TROUBLE)
    bank.kept[f"GET {REPOS}/artifacts"] = listing(artifact(), lost)
    ran = databank("hub", "show", "org/name", "--files")
    assert ran.out.decode().splitlines() == [
        "completed                30  config     config.json",
        "failed                   30  config     odd\\x1bname  the Hub\\nis away",
    ]
    assert databank("hub", "show", "org/name", "--files", "--json").records == [artifact(), lost]


def test_rm_forgets_a_repository_and_prints_its_name(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("hub", "rm", "org/name")
    assert (ran.exit_code, ran.out, ran.err) == (0, b"org/name\n", "")
    assert bank.asked[-1] == f"DELETE {REPOS}"
    assert databank("hub", "rm", "org/name", "--json").records == [repository()]


def test_a_line_fits_into_100_columns(bank: JobBank, databank: CommandLine) -> None:
    bank.kept["GET /v1/hub/repos"] = listing_repositories(repository(f"organisation/{'x' * 22}"))
    [line] = databank("hub", "ls").out.decode().splitlines()
    assert len(line) <= 100


def test_hub_alone_tells_its_commands(databank: CommandLine) -> None:
    ran = databank("hub")
    assert ran.exit_code == 0
    for name in ("add", "sync", "download", "ls", "show", "fetch", "rm"):
        assert f" {name} " in ran.out.decode()
        helped = databank("hub", name, "--help")
        assert helped.exit_code == 0
        assert name == "ls" or "What it is" in helped.out.decode()
