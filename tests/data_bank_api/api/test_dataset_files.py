"""What `/api/datasets` tells of one dataset: its commits, its files, and where one is fetched."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.sync import download, sync
from data_bank_api.wiring import build_shop
from data_bank_client.wire.catalog import URL_SECONDS
from data_bank_client.wire.digest import Digest
from tests.data_bank_api.api.asked_bank import Asked, build
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.hub_in_memory import Told

NAME = RepoName("dataset", "org/data")
CSV, PARQUET = b"a,b\n1,2\n", b"PAR1 rows PAR1"
ID = Digest.of(PARQUET).hex


@dataclass(frozen=True, slots=True)
class Beside:
    """A bank, and a Hub that has the dataset."""

    asked: Asked
    hub: StandInHub
    there: Repository

    def mirror(self) -> None:
        database = self.asked.bank.require_desk().database
        Registry(database).register(Registration.parse(NAME))
        with closing(build_shop(self.asked.bank.settings)) as shop, shop.mirror() as mirror:
            sync(mirror, NAME, Told())
            download(mirror, NAME, Told())

    def url(self, filename: str, revision: str = "main") -> str:
        query = f"filename={filename}&revision={revision}"
        return str(self.asked.get(f"/org/data/file-url?{query}")["url"])


@contextmanager
def begun(folder: Path, hub: StandInHub) -> Iterator[Beside]:
    files = {"b/x.csv": CSV, "a.parquet": PARQUET}
    there = hub.add(RepoSpec(NAME.repo_id, files, repo_type="dataset"))
    asked = build(folder, REDIS_AWAY, HF_ENDPOINT=hub.endpoint)
    with closing(asked.catalog):
        yield Beside(asked, hub, there)


@pytest.fixture
def beside(tmp_path: Path, stand_in_hub: StandInHub) -> Iterator[Beside]:
    with begun(tmp_path, stand_in_hub) as beside:
        yield beside


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """One for all that only look."""
    with StandInHub() as hub, begun(tmp_path_factory.mktemp("bank"), hub) as beside:
        yield beside.asked


def test_commits_are_told_newest_first_as_the_hub_tells_them(beside: Beside) -> None:
    for number in range(70):
        beside.there.commit({"b/x.csv": b"%d" % number}, title=f"number {number}")
    found = beside.asked.get("/org/data/commits?limit=60")
    items = found["items"]
    assert isinstance(items, list)
    assert (len(items), found["has_more"]) == (60, True)
    assert (
        items[0].items()
        >= {"id": beside.there.head, "title": "number 69", "authors": ["someone"]}.items()
    )
    every = beside.asked.get("/org%2Fdata/commits?limit=1000")
    assert isinstance(every["items"], list)
    assert (len(every["items"]), every["has_more"]) == (71, False)


def test_files_are_told_as_the_hub_lists_them(beside: Beside) -> None:
    found = beside.asked.get("/org/data/files")
    [first, second] = found["items"] if isinstance(found["items"], list) else []
    assert found["has_more"] is False
    assert first == {
        "path": "a.parquet",
        "size": len(PARQUET),
        "oid": first["oid"],
        "sha256": ID,
        "file_id": None,
    }
    assert (second["path"], second["sha256"]) == ("b/x.csv", None)
    some = beside.asked.get("/org/data/files?limit=1")
    assert (some["items"], some["has_more"]) == ([first], True)


def test_files_of_a_mirrored_revision_are_those_of_its_snapshot(beside: Beside) -> None:
    first = beside.there.head
    beside.mirror()
    beside.there.commit({"new.csv": b"not mirrored yet"})
    beside.hub.requests.clear()
    for revision in ("main", first):
        found = beside.asked.get(f"/org/data/files?revision={revision}")
        items = found["items"]
        assert isinstance(items, list)
        assert [each["path"] for each in items] == ["a.parquet", "b/x.csv"]
        assert [each["file_id"] for each in items] == [ID, Digest.of(CSV).hex]
        assert [each["sha256"] for each in items] == [ID, None]
    assert beside.asked.get("/org/data/files?limit=1")["has_more"] is True
    assert list(beside.hub.requests) == []
    now = beside.asked.get(f"/org/data/files?revision={beside.there.head}")["items"]
    assert isinstance(now, list)
    assert [each["path"] for each in now] == ["a.parquet", "b/x.csv", "new.csv"]
    assert [each["file_id"] for each in now] == [ID, Digest.of(CSV).hex, None]


def test_a_file_that_is_not_mirrored_is_at_the_hub(beside: Beside) -> None:
    there = f"{beside.hub.endpoint}/datasets/org/data/resolve"
    told = beside.asked.get("/org/data/file-url?filename=b/x y.csv&revision=refs/pr/1")
    assert told == {
        "url": f"{there}/refs%2Fpr%2F1/b/x%20y.csv",
        "filename": "b/x y.csv",
        "revision": "refs/pr/1",
        "file_id": None,
        "expires_at": None,
    }
    beside.mirror()
    assert beside.url("none.csv") == f"{there}/main/none.csv"
    assert beside.url("b/x.csv", "dev") == f"{there}/dev/b/x.csv"
    beside.asked.bank.store.remove(Digest(ID))
    assert beside.url("a.parquet") == f"{there}/main/a.parquet"


def test_a_mirrored_file_is_fetched_by_a_signed_address_without_a_key(beside: Beside) -> None:
    beside.mirror()
    told = beside.asked.get("/org/data/file-url?filename=a.parquet")
    assert (told["file_id"], told["revision"]) == (ID, "main")
    signer, url = beside.asked.bank.signer, str(told["url"])
    found = re.fullmatch(rf"/files/{ID}\?expires=(\d+)&signature=[0-9a-f]{{64}}", url)
    assert found is not None
    assert URL_SECONDS - 60 < int(found.group(1)) - signer.clock() <= URL_SECONDS
    assert beside.asked.ask(url, None).content == PARQUET
    assert beside.asked.ask(url, None, "HEAD").headers["content-length"] == str(len(PARQUET))
    part = beside.asked.ask(url, None, Range="bytes=0-3")
    assert (part.status_code, part.content) == (206, b"PAR1")


def test_a_signature_opens_nothing_else(beside: Beside) -> None:
    beside.mirror()
    url = beside.url("a.parquet")
    query = url.partition("?")[2]
    other = Digest.of(CSV).hex
    for path in (f"/files/{other}?{query}", url.replace("signature=", "signature=0")):
        answer = beside.asked.ask(path, None)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    for method, path in (("DELETE", url), ("PUT", url), ("GET", f"/files/{ID}/info?{query}")):
        assert beside.asked.ask(path, None, method).status_code == 401
    assert beside.asked.ask(f"/files/{ID}?expires=1", None).status_code == 401
    assert beside.asked.ask(url, "wrong-key").status_code == 403  # who sends a key is judged by it


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("org/none/commits", 404, "the Hub has none such"),
        ("org/data/commits?revision=none", 404, "no such revision"),
        ("org/data/files?revision=none", 404, "no such revision"),
        ("org/data/files?revision=a..b", 422, "revision"),
        ("org/data/commits?limit=0", 422, "limit"),
        ("..%2Fdata/files", 404, "there is no such dataset"),
        ("org/data/file-url", 422, "filename: say which file"),
        ("org/data/file-url?filename=../etc", 422, "cannot be named"),
        ("org/data/file-url?filename=x&revision=-", 422, "revision"),
        ("a%2Fb%2Fc/file-url?filename=x", 404, "there is no such dataset"),
    ],
)
def test_what_cannot_be_had_is_told(looked_at: Asked, path: str, status: int, says: str) -> None:
    assert says in str(looked_at.get(f"/{path}", status)["message"])


def test_a_hub_that_is_away_is_told(beside: Beside) -> None:
    beside.hub.cut()
    for path in ("commits", "files"):
        told = beside.asked.get(f"/org/data/{path}", 502)
        assert told["code"] == "EXTERNAL_SERVICE_ERROR"


def test_a_hub_that_answers_too_late_is_told(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_bank_api.api.routes.catalog.HUB_SECONDS", 0.0)
    assert beside.asked.get("/org/data/files", 504)["code"] == "TIMEOUT"
