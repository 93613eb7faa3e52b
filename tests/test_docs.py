"""What is documented exists, and what exists is documented."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from data_bank_api.api.main import resources
from data_bank_api.api.openapi.document import build_document
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.routes.catalog import CatalogPools
from data_bank_api.api.routes.files import Files
from data_bank_api.api.transfers import Transfers
from data_bank_api.blobs.disk.defects import (
    CONDEMNED,
    DAMAGED,
    DEFECTS,
    OUT_OF_REACH,
    UNFINISHED,
    UNREADABLE,
)
from data_bank_api.blobs.disk.verify import State
from data_bank_api.catalog.impact import THRESHOLDS, Impact, judge_impact
from data_bank_api.commands.verify import EXITS
from data_bank_api.config import SETTINGS, Settings
from data_bank_api.hub.scan_skips import Reason
from data_bank_api.jobs.kinds.table import KINDS
from data_bank_api.jobs.webhook_outcome import PAUSES
from data_bank_api.ui.rooms import windows
from data_bank_api.wiring import build_bank
from data_bank_client.cli import failure
from data_bank_client.cli.main import build_app
from data_bank_client.wire import webhook_signature
from data_bank_client.wire.catalog import DatasetPage
from data_bank_client.wire.datasets import DATASET_KINDS, StoredDataset
from data_bank_client.wire.events import JobStarted, encode_event
from data_bank_client.wire.problem import STATUSES
from data_bank_client.wire.reports import Report
from tests.fakes.scraped import Scraped

HOME = Path(__file__).parent.parent
PAGES = [HOME / "README.md", HOME / "CONTRIBUTING.md", *sorted((HOME / "docs").glob("*.md"))]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def read(name: str) -> str:
    return (HOME / name).read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """What stands under `## title`, up to the next heading of that size."""
    return read(page).split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(text: str, pattern: str) -> list[tuple[str, ...]]:
    """The groups of `pattern` in every row of a table that begins with it."""
    return [match.groups() for match in re.finditer(rf"^\| {pattern} \|", text, re.MULTILINE)]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", read("Makefile"), re.MULTILINE))


def make_targets_named_in(text: str) -> set[str]:
    code = "\n".join(CODE.findall(text))
    return set(re.findall(r"(?:^|[`\n;&] ?|\$ )make ([a-z][a-z-]*)", code))


def test_the_table_of_errors_is_the_one_that_the_service_and_client_use() -> None:
    documented = first_cells(section("docs/api.md", "Errors"), r"([A-Z_]+) \| (\d+)")
    assert documented == [(kind.code, str(status)) for kind, status in STATUSES.items()]


def test_every_make_target_that_the_pages_name_exists() -> None:
    named = {target for page in PAGES for target in make_targets_named_in(page.read_text())}
    assert named <= make_targets()
    assert "check" in named


def test_make_help_tells_every_target() -> None:
    told = set(re.findall(r"^([a-z][a-z-]*):.* ## \w", read("Makefile"), re.MULTILINE))
    assert told == make_targets()


def test_a_make_target_is_found_in_code_and_not_in_prose() -> None:
    text = "make sure `make run` works\n```sh\n$ make test\nmake check && make clean\n```\n"
    assert make_targets_named_in(text) == {"run", "test", "check", "clean"}


def test_the_parts_of_the_docker_image_are_the_pinned_ones() -> None:
    [uv] = re.findall(r"UV_VERSION := (\S+)", read("Makefile"))
    assert f"uv=={uv}\n" in read("Dockerfile")


def test_the_table_of_settings_is_the_one_that_the_service_reads() -> None:
    rows = first_cells(section("README.md", "Settings"), r"`([A-Z_0-9]+)` \| ([^|]+) \| ([^|]+)")
    expected = [
        (each.name, "required" if each.default is None else f"`{each.default}`", each.says)
        for each in SETTINGS
    ]
    assert rows == expected


def test_the_table_of_routes_is_the_one_that_the_service_answers(tmp_path: Path) -> None:
    settings = Settings.read({"API_UPLOAD_KEYS": "k", "DATA_ROOT": str(tmp_path)})
    found = resources(build_bank(settings), StoragePool(), DatabasePool())
    routes = {(method, each.path) for each in found for method in each.operations}
    told = msgspec.convert(build_document(found, "")["paths"], dict[str, dict[str, object]])
    described = {(method.upper(), path) for path, item in told.items() for method in item}
    assert described == {(method, each.path) for each in found for method in each.methods}
    table = read("docs/api.md").split("| route |")[1].split("\n\n")[0]
    documented = set(re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?]*)", table))
    assert documented == routes


def test_the_table_of_pages_is_the_one_that_the_service_shows(tmp_path: Path) -> None:
    settings = Settings.read({"API_UPLOAD_KEYS": "k", "DATA_ROOT": str(tmp_path)})
    bank = build_bank(settings)
    files = Files(bank, StoragePool(), DatabasePool(), Transfers(1))
    found = windows(bank, files, DatabasePool(), CatalogPools(), None)
    rows = first_cells(read("docs/pages.md"), r"`(GET|POST) (/ui[^`]*)` \| ([^|]+)")
    told = {(method, path): words(key) for method, path, key in rows}
    assert told == {
        (method, each.path.replace(":path", "")): {scope.value for scope in view.scopes}
        for each in found
        for method, view in each.views.items()
    }


def words(key: str) -> set[str]:
    """The scopes that a row of the pages names."""
    text = "read, upload, delete" if key == "any" else key
    return set(re.findall("read|upload|delete", text))


def test_what_is_told_of_datasets_is_what_travels() -> None:
    told = section("docs/api.md", "Datasets")
    [shown] = re.findall(r"```json\n(.*?)```", told, re.DOTALL)
    msgspec.json.decode(shown, type=StoredDataset)
    assert list(msgspec.json.decode(shown)) == list(StoredDataset.__annotations__)
    assert {kind for kind in re.findall(r"`(\w+/[\w.-]+)`", told) if kind in DATASET_KINDS} == set(
        DATASET_KINDS
    )
    fields = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", told, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(fields))) == set(Report.__annotations__)


def test_the_table_of_kinds_is_the_one_that_jobs_are_asked_for_by() -> None:
    rows = first_cells(section("docs/api.md", "Jobs"), r"`([a-z.]+)` \| (upload|delete) \| ([^|]+)")
    told = {(kind, key, frozenset(re.findall(r"`([a-z_0-9]+)`", said))) for kind, key, said in rows}
    for kind, _, arguments in told:
        schema = msgspec.json.schema(KINDS[kind])["$defs"][KINDS[kind].__name__]
        assert set(schema["properties"]) <= arguments, kind
    assert {(kind, key) for kind, key, _ in told} == {
        (kind.name, kind.scope.value) for kind in KINDS.values()
    }


def test_the_table_of_metrics_is_what_a_server_exposes(full_scrape: Scraped) -> None:
    rows = first_cells(
        section("docs/operations.md", "Metrics"), r"`(\w+)` \| (\w+) \|([^|]*)\| ([^|]+)"
    )
    told = {
        (name, kind, frozenset(re.findall(r"`(\w+)`", labels)), says)
        for name, kind, labels, says in rows
    }
    found = full_scrape
    there = {
        (name, kind, frozenset(found.labels[name]), found.says[name])
        for name, kind in found.families.items()
    }
    assert told == there
    assert len(rows) == len(told)


def test_the_commands_of_the_readme_are_those_that_there_are() -> None:
    told = set(re.findall(r"`?databank ([a-z]+)", "\n".join(CODE.findall(read("README.md")))))
    there = {name for name in build_app() if not name.startswith("-")}
    assert told == there


@pytest.mark.parametrize("command", ["repair", "verify", "worker"])
def test_the_options_of_an_operators_command_are_documented(command: str) -> None:
    text = section("docs/operations.md", command.capitalize())
    told = {name for (name,) in first_cells(text, r"`(--[a-z-]+)[^`]*` \| [^|]+ \| [^|]+")}
    arguments = build_app(are_loaded=True)[command].assemble_argument_collection()
    there = {name for each in arguments for name in each.names if name.startswith("--")}
    assert told == there


def test_the_table_of_what_verify_says_is_its_own() -> None:
    told = first_cells(section("docs/operations.md", "Verify"), r"([a-z]+) \| [^|]+ \| (\d)")
    assert told == [(each.value, str(EXITS.get(each, 0))) for each in State]


def test_the_table_of_what_repair_finds_is_its_own() -> None:
    table = section("docs/operations.md", "Repair").split("| option |")[0]
    told = first_cells(table, r"([a-z ]+) \| ([a-z ]+)")
    others = (UNFINISHED, DAMAGED, CONDEMNED, UNREADABLE, OUT_OF_REACH)
    found = [(each.name, each.cure) for each in (*DEFECTS, *others)]
    assert told == [("what is found", "what is done"), *found]


def test_the_table_of_exit_codes_is_the_commands() -> None:
    rows = r"(\d+) \| ([^|]+)"
    told = first_cells(section("README.md", "Use it"), rows)
    assert told == first_cells(str(failure.__doc__), rows)
    assert ("0", "done") in told


def test_the_table_of_what_a_scan_skips_is_its_own() -> None:
    scans = section("docs/api.md", "The Hub mirror").split("### Scans")[1]
    told = first_cells(scans, r"`([a-z_]+)` \| ([^|]+)")
    assert told == [(each.code, each.says) for each in Reason]


def test_the_dataset_that_is_shown_has_the_impact_and_the_form_that_it_says() -> None:
    [code] = re.findall(r"```json\n(.*?)```", section("docs/api.md", "The catalog"), re.DOTALL)
    [shown] = msgspec.json.decode(code, type=DatasetPage)["items"]
    found = shown["impact_metrics"]
    metrics = (shown["size_bytes"], shown["downloads"], shown["likes"])
    assert metrics == (found["size_bytes"], found["downloads"], found["likes"])
    assert judge_impact(*metrics) == Impact(shown["impact"], shown["impact_method"])
    assert shown["impact_thresholds"] == THRESHOLDS


def test_the_headers_and_pauses_of_webhooks_are_those_of_the_courier() -> None:
    page = section("docs/api.md", "Webhooks")
    headers = first_cells(page, r"`(webhook-[a-z]+)` \| [^|]+")
    names = (webhook_signature.ID, webhook_signature.TIMESTAMP, webhook_signature.SIGNATURE)
    assert headers == [(name,) for name in names]
    units = {"second": 1, "minute": 60, "hour": 3600}
    [told] = re.findall(r"tried again after ([^()]+) \(", page)
    pauses = re.findall(r"(\d+)\s+(second|minute|hour)", told)
    assert tuple(int(count) * units[unit] for count, unit in pauses) == PAUSES


def test_the_receiver_of_webhooks_that_is_shown_tells_true_calls_from_forged_ones() -> None:
    [code] = re.findall(r"```python\n(.*?)```", section("docs/api.md", "Webhooks"), re.DOTALL)
    secret = webhook_signature.make_secret()
    names: dict[str, Callable[[dict[str, str], bytes], int]] = {}
    exec(code.replace("whsec_...", secret), names)  # what a reader would paste
    event = JobStarted(event_id="e", at="2026-11-21T10:00:00.000000Z", job_id="j")
    body, now = encode_event(event), str(int(time.time()))
    headers = {
        "Webhook-Id": "e",
        "Webhook-Timestamp": now,
        "Webhook-Signature": webhook_signature.sign(secret, "e", now, body),
    }
    assert names["receive"](headers, body) == 204
    assert names["receive"](headers, body + b" ") == 401
