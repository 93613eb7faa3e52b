"""`databank catalog`, against a fake bank over a real connection."""

import msgspec
import pytest

from data_bank_client import ConflictError, NotFoundError
from data_bank_client.calls import watching
from data_bank_client.cli.catalog_lines import size_text, why
from tests.data_bank_client.cli.conftest import CommandLine
from tests.data_bank_client.fake_bank import failing
from tests.data_bank_client.fake_catalog import (
    DATASETS,
    REFRESH_TOLD,
    dataset,
    of_size,
    page,
)
from tests.data_bank_client.fake_hub import JOB_TOLD, answering
from tests.data_bank_client.fake_jobs import JOB, JobBank, failed, job

HEADING = "impact    downloads    likes        size  id"
DATA_LINE = "medium       12,345        3     1.2 KiB  org/data"
MIRROR_LINE = f"{JOB}  sync of the model org/name: queued"
ENDED_LINE = f"{JOB}  success    100 %  2026-11-21T10:00:00Z  ping"


@pytest.fixture
def bank() -> JobBank:
    bank = JobBank(job("success", 100.0))
    bank.kept[f"GET {DATASETS}"] = answering(200, page([dataset(), of_size("a", None)], 20))
    bank.kept[f"GET {DATASETS}/org/data"] = answering(200, dataset())
    bank.kept[f"POST {DATASETS}/refresh-cache"] = answering(202, REFRESH_TOLD)
    for verb in ("register", "sync", "download"):
        bank.kept[f"POST /v1/hub/{verb}"] = answering(202, JOB_TOLD)
    return bank


@pytest.fixture(autouse=True)
def _looks_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_PAUSE", 0.0)


def sent(bank: JobBank) -> list[dict[str, object]]:
    posts = [each for each in bank.requests if each.method == "POST"]
    return [msgspec.json.decode(each.content, type=dict[str, object]) for each in posts]


def test_search_prints_a_table(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("catalog", "search", "größe", "data")
    assert ran.out.decode().splitlines() == [
        HEADING,
        DATA_LINE,
        "-                 0        3           -  a",
    ]
    assert (ran.exit_code, ran.err) == (0, "databank: 2 of 20; --offset 2 goes on\n")
    assert dict(bank.requests[0].url.params) == {
        "search": "größe data",
        "limit": "10",
        "offset": "0",
    }


def test_search_asks_for_what_is_said(bank: JobBank, databank: CommandLine) -> None:
    order = ("--sort", "size_bytes", "--order", "asc")
    said = (*order, "--impact", "not_available", "--impact", "low", "--tag", "a:b")
    ran = databank("catalog", "search", *said, "--limit", 2, "--offset", 18, "--json")
    assert ran.records == [dataset(), of_size("a", None)]
    assert ran.err == ""
    asked = dict(bank.requests[0].url.params)
    assert asked == {
        "limit": "2",
        "offset": "18",
        "sort_by": "size_bytes",
        "sort_order": "asc",
        "impact": "not_available,low",
        "tag": "a:b",
    }


@pytest.mark.parametrize(
    ("offset", "items", "expected"),
    [
        (18, [dataset(), dataset()], "2 of 20"),
        (17, [dataset()], "1 of 20; --offset 18 goes on"),
        (100, [], "0 of 20"),
    ],
)
def test_search_tells_how_many_there_are(
    bank: JobBank, databank: CommandLine, offset: int, items: list[object], expected: str
) -> None:
    told = {**page([], 20), "items": items}
    bank.kept[f"GET {DATASETS}"] = answering(200, told)
    ran = databank("catalog", "search", "--offset", offset)
    assert ran.err == f"databank: {expected}\n"
    assert ran.out.decode().startswith(HEADING) == bool(items)


def test_search_of_an_empty_catalog_says_how_to_fill_it(
    bank: JobBank, databank: CommandLine
) -> None:
    bank.kept[f"GET {DATASETS}"] = answering(200, page([], warming_up=True))
    ran = databank("catalog", "search", "anything")
    assert (ran.exit_code, ran.out) == (0, b"")
    assert ran.err == "databank: the catalog is still empty: databank catalog refresh --watch\n"


@pytest.mark.parametrize(
    "said", [("--limit", 0), ("--limit", 1001), ("--offset", -1), ("--impact", "huge")]
)
def test_what_the_catalog_does_not_take_is_a_wrong_use(
    bank: JobBank, databank: CommandLine, said: tuple[object, ...]
) -> None:
    assert databank("catalog", "search", *said).exit_code == 2
    assert bank.requests == []


def test_show_tells_of_a_dataset_and_why_it_matters(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("catalog", "show", "org/data")
    steps = "low from 1,000, medium from 10,000, high from 100,000"
    assert ran.out.decode().splitlines() == [
        "id            org/data",
        f"impact        medium, by its downloads, 12,345: {steps}",
        "downloads     12,345",
        "likes         3",
        "size          1.2 KiB",
        "modified      2026-11-21T10:00:00Z",
        f"commit        {'c' * 40}",
        "tags          license:mit, language:en",
        "description   A card.",
    ]
    assert databank("catalog", "show", "org/data", "--json").records == [dataset()]


def test_show_leaves_out_what_nobody_knows(bank: JobBank, databank: CommandLine) -> None:
    bare = {**of_size("org/data", None), "description": None, "sha": None, "gated": True}
    bank.kept[f"GET {DATASETS}/org/data"] = answering(200, {**bare, "last_modified": None})
    out = databank("catalog", "show", "org/data").out.decode()
    assert [line.split()[0] for line in out.splitlines()] == [
        "id",
        "impact",
        "downloads",
        "likes",
        "size",
        "access",
        "tags",
    ]
    assert (
        "\nimpact        not_available, less than 100.0 MiB, 1,000 downloads and 10 likes\n" in out
    )
    assert "\naccess        gated\n" in out


def test_show_of_what_is_not_there_is_not_found(bank: JobBank, databank: CommandLine) -> None:
    bank.faults = [failing(NotFoundError("there is no dataset org/none"))]
    ran = databank("catalog", "show", "org/none")
    assert (ran.exit_code, ran.out) == (4, b"")
    assert ran.err.startswith("databank: there is no dataset org/none")


def test_an_impact_is_told_by_what_it_was_judged_by() -> None:
    assert why(of_size("a", 20 << 30)) == (
        "by its size, 20.0 GiB: low from 100.0 MiB, medium from 1.0 GiB, high from 10.0 GiB"
    )
    liked = dataset()
    liked["impact_method"] = "likes"
    assert why(liked) == "by its likes, 3: low from 10, medium from 100, high from 1,000"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (None, "-"),
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536 << 20, "1.5 GiB"),
        (5 << 70, "5120.0 EiB"),
    ],
)
def test_a_size_is_told_in_its_unit(size: int | None, expected: str) -> None:
    assert size_text(size) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((), {"full": None, "force": False}),
        (("--full", "--force"), {"full": True, "force": True}),
        (("--changes",), {"full": False, "force": False}),
    ],
)
def test_refresh_asks_for_it_and_prints_the_job(
    bank: JobBank, databank: CommandLine, said: tuple[str, ...], expected: dict[str, object]
) -> None:
    ran = databank("catalog", "refresh", *said)
    assert (ran.exit_code, ran.out.decode()) == (0, f"{JOB}  refresh: queued\n")
    assert sent(bank) == [expected]


def test_refresh_may_be_watched(bank: JobBank, databank: CommandLine) -> None:
    lines = databank("catalog", "refresh", "--watch").out.decode().splitlines()
    assert (lines[0], lines[-1]) == (f"{JOB}  refresh: queued", ENDED_LINE)
    assert databank("catalog", "refresh", "--json").records == [REFRESH_TOLD]


WHOLE = {"repo_id": "org/data", "repo_type": "dataset", "download": True}


def test_mirror_registers_a_dataset_whole_and_says_how_to_go_on(
    bank: JobBank, databank: CommandLine
) -> None:
    ran = databank("catalog", "mirror", "org/data")
    assert ran.out.decode() == f"{MIRROR_LINE}\n"
    assert f"databank jobs watch {JOB}" in ran.err
    assert sent(bank) == [WHOLE]
    assert databank("catalog", "mirror", "org/data", "--json").err == ""


def test_mirror_of_what_is_mirrored_fetches_what_is_new(
    bank: JobBank, databank: CommandLine
) -> None:
    bank.faults = [failing(ConflictError("the dataset org/data is registered already"))]
    assert databank("catalog", "mirror", "org/data").exit_code == 0
    assert bank.asked == ["POST /v1/hub/register", "POST /v1/hub/sync"]
    assert sent(bank) == [WHOLE] * 2


def test_mirror_may_be_watched_to_its_end(bank: JobBank, databank: CommandLine) -> None:
    ran = databank("catalog", "mirror", "org/data", "--watch")
    lines = [line for line in ran.out.decode().splitlines() if line.startswith(JOB)]
    assert lines == [MIRROR_LINE, ENDED_LINE]
    assert "databank hub fetch org/data" in ran.err


def test_mirror_fails_as_its_job_does(bank: JobBank, databank: CommandLine) -> None:
    bank.looks = [failed({"kind": "user", "code": "NOT_FOUND", "message": "no such dataset"})]
    ran = databank("catalog", "mirror", "org/data", "--watch")
    assert ran.exit_code == 11
