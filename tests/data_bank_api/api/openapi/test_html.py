"""`/docs`: a page that loads nothing, can be read by everybody, and whose examples work."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from data_bank_api.api.openapi.html import render
from data_bank_api.catalog.document import Document
from data_bank_api.db.database import Database
from data_bank_api.hub.repository import Repository
from data_bank_api.hub.sync import sync
from data_bank_client.errors import NotFoundError
from tests.data_bank_api.api.asked_bank import fill
from tests.fakes.datasets import write_row
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.hub_in_memory import NAME, Mirrored, plain
from tests.fakes.redis_server import RedisServer
from tests.running_bank import RunningBank, running, until

CONTENT = b"a,b\n1,2\n"
KEY = "another-upload-key"
SYNC = b'{"kind": "hub.sync", "arguments": {"repo_id": "org/any"}, "key": "looked at"}'
WEBHOOK = b'{"url": "https://example.com/events"}'


class Page(HTMLParser):
    """The tags of a page with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def attributes(self, name: str) -> list[str]:
        return [value for _, found in self.tags if (value := found.get(name)) is not None]


@pytest.fixture
def text(bank: RunningBank) -> str:
    answer = bank.request("GET", "/docs", None)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def test_the_page_loads_nothing_and_runs_no_script(bank: RunningBank, text: str) -> None:
    page = Page(text)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "iframe", "object", "form"})
    links = [link for link in page.attributes("href") if not link.startswith("#")]
    assert sorted(links) == ["/openapi.json", "data:,"]
    assert page.attributes("src") == page.attributes("style") == []
    assert bank.get("/openapi.json").status_code == 200


def test_its_policy_lets_its_own_style_through_and_nothing_else(
    bank: RunningBank, text: str
) -> None:
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = bank.get("/docs").headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert [each for each in policy if each.startswith("style-src")] == [
        f"style-src 'sha256-{digest}'"
    ]
    assert [each for each in policy if "unsafe" in each or "*" in each] == []


def test_every_link_within_the_page_leads_to_one_place(text: str) -> None:
    page = Page(text)
    places = Counter(page.attributes("id"))
    assert {link[1:] for link in page.attributes("href") if link.startswith("#")} <= set(places)
    assert set(places.values()) == {1}


def test_no_level_of_headings_is_left_out(text: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(text).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_every_operation_and_type_is_on_the_page(bank: RunningBank, text: str) -> None:
    document = bank.get("/openapi.json").json()
    told = [each for item in document["paths"].values() for each in item.items()]
    names = {each["operationId"] for method, each in told if method != "head"}
    types = {f"type-{name}" for name in document["components"]["schemas"]}
    assert names | types <= set(Page(text).attributes("id"))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG has it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("is_dark", [False, True])
def test_all_text_stands_out_from_its_ground(text: str, is_dark: bool) -> None:
    pattern = r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)"
    colours = {name: (light, dark)[is_dark] for name, light, dark in re.findall(pattern, text)}
    for name in ("ink", "soft", "link", "get", "post", "put", "delete"):
        for ground in ("ground", "raised"):
            both = sorted((luminance(colours[name]), luminance(colours[ground])))
            assert (both[1] + 0.05) / (both[0] + 0.05) >= 4.5, (name, ground)


def test_words_of_the_document_are_no_markup() -> None:
    evil = "<script>alert(1)</script>"
    document = {
        "openapi": evil,
        "info": {"title": evil, "version": evil, "description": evil},
        "tags": [{"name": evil, "description": evil}],
        "paths": {evil: {"get": operation(evil)}},
        "components": {"schemas": {evil: {"description": evil, "properties": {}, "required": []}}},
    }
    text = render(document).content.decode()
    assert "<script" not in text
    assert text.count("&lt;script") > 10


def operation(word: str) -> dict[str, object]:
    told = {
        "description": word,
        "headers": {word: {}},
        "content": {word: {"schema": {"type": word}}},
    }
    return {
        "operationId": word,
        "tags": [word],
        "summary": word,
        "description": word,
        "parameters": [
            {"name": word, "in": "query", "description": word, "schema": {"pattern": word}}
        ],
        "requestBody": told,
        "responses": {"200": told, "400": told},
        "x-codeSamples": [{"source": word}],
    }


def run(example: str, folder: Path, address: str) -> None:
    """A line of the page, by a shell in a folder that has the file; fails as curl does."""
    folder.mkdir()
    (folder / "data.csv").write_bytes(CONTENT)
    subprocess.run(
        ["sh", "-c", f"{example} --fail --silent --show-error --noproxy '*'"],
        cwd=folder,
        env={**os.environ, "DATA_BANK_URL": address, "DATA_BANK_KEY": KEY},
        check=True,
        capture_output=True,
    )


def make(bank: RunningBank, room: str, body: bytes) -> str:
    """The id of a new job or webhook."""
    answer = bank.request("POST", f"/{room}", KEY, body).json()
    return str(answer[f"{room.removesuffix('s')}_id"])


def plant(mirrored: Mirrored) -> Repository:
    """A repository with a snapshot, unless it is there."""
    registry = mirrored.mirror.registry
    try:
        return registry.find(NAME)
    except NotFoundError:
        mirrored.hub.commit({"config.json": plain("{}")})
        mirrored.register()
        return sync(mirrored.mirror, NAME, mirrored.told).repository


def describe(bank: RunningBank, database: Database) -> str:
    """The id of a dataset with a report, which is added unless it is there."""
    body = b'{"file_id": "%s"}' % bank.put(b"c\n1\n", Content_Type="text/csv").encode()
    dataset_id = str(bank.request("POST", "/datasets", KEY, body).json()["id"])
    report = bank.put(b"{}")
    write_row(database, dataset_id, report=report, report_size=2, processed_at=datetime.now(UTC))
    return dataset_id


def with_ids(example: str, ids: dict[str, str], digest: str) -> str:
    """The example about what there is: any other ID is a file's."""
    for room, name in ids.items():
        example = example.replace(f"/{room}/ID", f"/{room}/{name}")
    return example.replace("ID", digest)


@contextmanager
def at_work(
    folder: Path, redis: RedisServer, hub: StandInHub, **more: str
) -> Iterator[RunningBank]:
    """A bank with a catalog, in which is a dataset of the Hub."""
    hub.add(RepoSpec("org/name", {"data.csv": CONTENT}, repo_type="dataset"))
    with redis.connect() as client:
        fill(client, folder / "files", [Document("org/name", description="question, answer")])
    hubs = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token}
    with running(folder, REDIS_URL=redis.url, **hubs, **more) as bank:
        until(lambda: bank.get("/api/datasets?search=x", KEY).status_code == 200)
        yield bank


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_every_example_does_what_it_says(
    tmp_path: Path, sqlite_url: str, redis_server: RedisServer, stand_in_hub: StandInHub
) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    more = {"API_READ_KEYS": "", "API_DELETE_KEYS": "", "DATABASE_URL": sqlite_url}
    database = Database(sqlite_url)
    mirrored = Mirrored(database)
    (tmp_path / "roots" / "models" / "org" / "name").mkdir(parents=True)
    more["SCAN_ROOTS"] = str(tmp_path / "roots")
    with (
        closing(database),
        at_work(tmp_path / "bank", redis_server, stand_in_hub, **more) as bank,
    ):
        examples = re.findall(r"<pre>(curl .*?)</pre>", bank.get("/docs").text)
        assert len(examples) > 10
        job_id = make(bank, "jobs", SYNC)
        for number, example in enumerate(map(unescape, examples)):
            if "/events" in example.split()[-1]:  # it has no end
                continue
            bank.request("PUT", f"/files/{digest}", KEY, CONTENT)
            repository = plant(mirrored)
            ids = {
                "jobs": job_id,
                "webhooks": make(bank, "webhooks", WEBHOOK),
                "repos": repository.repository_id,
                "datasets": describe(bank, database),
            }
            shown = with_ids(example.replace("COMMIT", str(repository.commit)), ids, digest)
            run(shown, tmp_path / str(number), bank.address)
            is_stored = bank.get(f"/files/{digest}", KEY).status_code == 200
            assert is_stored == ("DELETE" not in example or "/files/" not in example)
    copies = [path.read_bytes() for path in tmp_path.glob("*/copy.csv")]
    assert copies == [CONTENT, CONTENT]
