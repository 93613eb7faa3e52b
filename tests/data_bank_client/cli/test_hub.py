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
from tests.data_bank_client.fake_jobs import AT, JOB, JobBank, failed, job, without_log

JOB_LINE = f"{JOB}  sync of the model org/name: queued"
ENDED_LINE = f"{JOB}  success    100 %  2026-11-21T10:00:00Z  ping"
GOES_ON = f"it goes on by itself; to watch it: databank jobs watch {JOB}"
DOWNLOAD = "what is large is fetched by: databank hub download org/name"
PLAIN: dict[str, object] = {
    "repo_id": "org/name",
    "repo_type": "model",
    "revision": "main",
    "include": [],
    "exclude": [],
    "vendor": None,
    "name": None,
    "download": True,
    "auto_sync": False,
    "sync_hours": None,
}
SCHEDULED: dict[str, object] = {
    **repository(),
    "vendor": "Org",
    "auto_sync": True,
    "sync_hours": 6,
    "next_sync_at": AT,
}
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
    bank.kept[f"PATCH {REPOS}"] = answering(200, SCHEDULED)
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


def hints(*lines: str) -> str:
    return "".join(f"databank: {each}\n" for each in lines)


def test_add_has_all_of_a_repository_brought_in_and_prints_the_job(
    bank: JobBank, databank: CommandLine
) -> None:
    ran = databank("hub", "add", "org/name")
    assert (ran.exit_code, ran.out.decode(), ran.err) == (0, f"{JOB_LINE}\n", hints(GOES_ON))
    said = ("--type", "dataset", "--revision", "v1", "--include", "*.csv", "--include", "*.md")
    words = ("--exclude", "old/*", "--vendor", "Org, Inc.", "--name", "Data")
    ran = databank("hub", "add", "org/data", *said, *words, "--json")
    assert (ran.records, ran.err) == ([JOB_TOLD], "")
    assert sent(bank) == [
        PLAIN,
        PLAIN
        | {
            "repo_id": "org/data",
            "repo_type": "dataset",
            "revision": "v1",
            "include": ["*.csv", "*.md"],
            "exclude": ["old/*"],
            "vendor": "Org, Inc.",
            "name": "Data",
        },
    ]


def test_add_may_watch_the_job(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("hub", "add", "org/name", "--watch")
    lines = ran.out.decode().splitlines()
    assert [line for line in lines if line.startswith(JOB)] == [JOB_LINE, ENDED_LINE]
    assert [each for each in bank.asked if each.startswith("POST")] == ["POST /v1/hub/register"]
    fetch = "all of it is in the bank; as files here: databank hub fetch org/name"
    assert ran.err == hints(fetch)


def test_add_exits_as_the_job_that_it_watched(bank: JobBank, databank: CommandLine) -> None:
    bank.looks = [failed({"kind": "user", "code": "NOT_FOUND", "message": "no such revision"})]
    ran = databank("hub", "add", "org/name", "--watch")
    assert ran.exit_code == 11
    assert ran.err == hints("the job failed by its input: no such revision")


@pytest.mark.parametrize(
    ("said", "wish", "told"),
    [
        pytest.param(
            ["--list-only"], {"download": False}, [GOES_ON, DOWNLOAD], id="a-list-and-no-more"
        ),
        pytest.param(
            ["--auto-sync"],
            {"auto_sync": True},
            ["it is synced and fetched again every 24 hours", GOES_ON],
            id="kept-whole",
        ),
        pytest.param(
            ["--every", "6"],
            {"auto_sync": True, "sync_hours": 6},
            ["it is synced and fetched again every 6 hours", GOES_ON],
            id="kept-whole-by-hours",
        ),
        pytest.param(
            ["--every", "6", "--list-only"],
            {"download": False, "sync_hours": 6},
            ["it is listed again every 6 hours", GOES_ON, DOWNLOAD],
            id="listed-by-hours",
        ),
    ],
)
def test_add_says_what_will_be_done_by_itself(
    bank: JobBank,
    databank: CommandLine,
    said: list[str],
    wish: dict[str, object],
    told: list[str],
) -> None:
    ran = databank("hub", "add", "org/name", *said)
    assert (ran.exit_code, ran.err) == (0, hints(*told))
    assert sent(bank) == [PLAIN | wish]


@pytest.mark.parametrize(
    "said",
    [["--list-only", "--auto-sync"], ["--every", "0"], ["--every", "8761"], ["--every", "often"]],
)
def test_add_refuses_a_schedule_that_cannot_be(
    bank: JobBank, databank: CommandLine, said: list[str]
) -> None:
    ran = databank("hub", "add", "org/name", *said)
    assert (ran.exit_code, sent(bank)) == (2, [])
    assert said[0] in ran.err


def test_add_of_what_is_mirrored_is_a_conflict(bank: JobBank, databank: CommandLine) -> None:
    bank.faults = [failing(ConflictError("the model org/name is registered already"))]
    ran = databank("hub", "add", "org/name")
    assert (ran.exit_code, ran.out) == (5, b"")


@pytest.mark.parametrize(("verb", "more"), [("sync", {"download": True}), ("download", {})])
def test_work_on_a_repository_is_started_by_its_name(
    bank: JobBank, databank: CommandLine, verb: str, more: dict[str, object]
) -> None:
    ran = databank("hub", verb, "org/name")
    assert (ran.out.decode(), ran.err) == (f"{JOB_LINE}\n", hints(GOES_ON))
    assert databank("hub", verb, "org/name", "--json").records == [JOB_TOLD]
    watched = databank("hub", verb, "org/name", "--watch").out.decode().splitlines()
    assert (watched[0], watched[-1]) == (JOB_LINE, ENDED_LINE)
    assert sent(bank) == [{"repo_id": "org/name", "repo_type": "model", **more}] * 3


def test_sync_may_list_only(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("hub", "sync", "org/name", "--list-only")
    assert (ran.out.decode(), ran.err) == (f"{JOB_LINE}\n", hints(GOES_ON, DOWNLOAD))
    assert sent(bank) == [{"repo_id": "org/name", "repo_type": "model"}]
    kept = repository()
    kept["auto_sync"] = True
    bank.kept["GET /v1/hub/repos"] = listing_repositories(kept)
    assert databank("hub", "sync", "org/name", "--list-only").err == hints(GOES_ON)


def test_set_changes_what_is_said_and_prints_the_repository(
    bank: JobBank, databank: CommandLine
) -> None:
    ran = databank("hub", "set", "org/name", "--auto-sync", "--every", "6", "--vendor", "Org")
    assert (ran.exit_code, ran.out.decode(), ran.err) == (
        0,
        "model    synced      cccccccccccc  2026-11-21T10:00:00Z  org/name  (Org)  whole\n",
        hints("its schedule: synced and fetched every 6 hours, next at 2026-11-21T10:00:00Z"),
    )
    assert databank("hub", "set", "org/name", "--revision", "v2", "--json").records == [SCHEDULED]
    said = ("--no-auto-sync", "--include", "*.json", "--empty-exclude", "--vendor", "")
    databank("hub", "set", "org/name", *said)
    databank("hub", "set", "org/name", "--by-hand", "--name", "Small")
    by_hand = answering(200, repository())
    bank.kept[f"PATCH {REPOS}"] = by_hand
    ran = databank("hub", "set", "org/name", "--revision", "v3")
    synced = "its files are those once it is synced: databank hub sync org/name"
    assert ran.err == hints("its schedule: by hand", synced)
    changes = [msgspec.json.decode(r.content) for r in bank.requests if r.method == "PATCH"]
    assert changes == [
        {"auto_sync": True, "sync_hours": 6, "vendor": "Org"},
        {"revision": "v2"},
        {"auto_sync": False, "include": ["*.json"], "exclude": [], "vendor": None},
        {"auto_sync": False, "sync_hours": None, "name": "Small"},
        {"revision": "v3"},
    ]


@pytest.mark.parametrize(
    "said", [[], ["--by-hand", "--every", "6"], ["--by-hand", "--auto-sync"], ["--every", "0"]]
)
def test_set_refuses_what_says_nothing_or_too_much(
    bank: JobBank, databank: CommandLine, said: list[str]
) -> None:
    ran = databank("hub", "set", "org/name", *said)
    assert (ran.exit_code, ran.out) == (2, b"")
    assert bank.requests == []


def test_jobs_prints_a_line_for_each_job_of_the_mirror(
    bank: JobBank, databank: CommandLine
) -> None:
    told = without_log(job("success", 100.0))
    bank.kept["GET /v1/hub/jobs"] = listing(*[told] * 60)
    assert databank("hub", "jobs").out.decode().splitlines() == [ENDED_LINE] * 50
    assert databank("hub", "jobs", "--limit", "2", "--json").records == [told] * 2
    ran = databank("hub", "jobs", "--all", "--state", "success", "--kind", "hub.sync")
    assert len(ran.out.splitlines()) == 60
    asked = dict(bank.requests[-1].url.params)
    assert (asked["state"], asked["kind"]) == ("success", "hub.sync")


@pytest.mark.parametrize("verb", ["sync", "download", "show", "rm"])
def test_a_repository_that_is_not_mirrored_is_not_found(
    bank: JobBank, databank: CommandLine, verb: str
) -> None:
    ran = databank("hub", verb, "org/none")
    assert bank.requests[0].url.params["repo_id"] == "org/none"
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
    assert [each["repo_type"] for each in sent(bank)] == ["dataset"]


def test_ls_prints_a_line_for_each_repository(bank: JobBank, databank: CommandLine) -> None:
    broken = repository("org/broken")
    broken["status"], broken["error"] = "error", TROUBLE
    fresh = repository("org/fresh", "dataset")
    fresh["status"], fresh["commit"], fresh["head"] = "registered", None, None
    fresh["synced_at"], fresh["vendor"], fresh["name"] = None, "Org, Inc.", "Fresh"
    partial = repository("org/partial")
    partial["head"] = "f" * 40
    bank.kept["GET /v1/hub/repos"] = listing_repositories(fresh, broken, partial, repository())
    ran = databank("hub", "ls")
    assert ran.out.decode().splitlines() == [
        "dataset  registered  -             -                     org/fresh  (Org, Inc.: Fresh)",
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
    assert "schedule      by hand" in lines
    assert lines[-2:] == [
        "completed     2 files, 30 bytes",
        f"{COMMIT}  2026-11-21T10:00:00Z        2 files  30 bytes",
    ]
    told = {**detail(), "snapshots": [SNAPSHOT]}
    assert databank("hub", "show", "org/name", "--json").records == [told]


def test_show_tells_the_schedule_and_the_words_for_people(
    bank: JobBank, databank: CommandLine
) -> None:
    bank.kept[f"GET {REPOS}"] = answering(200, {**SCHEDULED, "artifacts": {}})
    lines = databank("hub", "show", "org/name").out.decode().splitlines()
    assert "vendor        Org" in lines
    assert "schedule      synced and fetched every 6 hours, next at 2026-11-21T10:00:00Z" in lines
    assert not [line for line in lines if line.startswith(("auto_sync", "sync_hours", "next"))]
    bank.kept[f"GET {REPOS}"] = answering(200, {**SCHEDULED, "auto_sync": False, "artifacts": {}})
    lines = databank("hub", "show", "org/name").out.decode().splitlines()
    assert "schedule      listed every 6 hours, next at 2026-11-21T10:00:00Z" in lines


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
    for name in ("add", "sync", "download", "ls", "show", "set", "fetch", "jobs", "rm"):
        assert f" {name} " in ran.out.decode()
        helped = databank("hub", name, "--help")
        assert helped.exit_code == 0
        assert name in {"ls", "jobs"} or "What it is" in helped.out.decode()
