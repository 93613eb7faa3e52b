"""`/v1/hub`: repositories are registered, synced, downloaded, told of and removed."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_bank_api.api.cursor import format_cursor
from data_bank_api.db.database import Database
from data_bank_api.hub.sync import download, sync
from data_bank_client.errors import DataBankClientError
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.fakes.databases import empty
from tests.fakes.hub_in_memory import NAME, Mirrored, lfs, plain
from tests.running_bank import DELETE_KEY, READ_KEY, UPLOAD_KEY, RunningBank, running

MISSING = "0" * 32
Json = dict[str, object]


@dataclass(frozen=True)
class Asked:
    """A bank, and beside it a mirror whose Hub is in memory, on one database."""

    bank: RunningBank
    mirrored: Mirrored

    def ask(self, method: str, path: str, body: object = None, *, status: int) -> Json:
        key = {"GET": READ_KEY, "DELETE": DELETE_KEY}.get(method, UPLOAD_KEY)
        content = None if body is None else json.dumps(body).encode()
        answer = self.bank.request(method, f"/v1/hub/{path}", key, content)
        assert answer.status_code == status, answer.text
        return dict(answer.json()) if answer.content else {}

    def get(self, path: str, status: int = 200) -> Json:
        return self.ask("GET", path, status=status)

    def items(self, path: str) -> list[Json]:
        items = self.get(path)["items"]
        assert isinstance(items, list)
        return items

    def pages(self, path: str) -> list[Json]:
        """All of a list, one by one."""
        found: list[Json] = []
        cursor: object = ""
        while cursor is not None:
            page = self.get(f"{path}?limit=1&cursor={cursor}")
            items, cursor = page["items"], page["next_cursor"]
            assert isinstance(items, list)
            assert page["has_more"] == (cursor is not None)
            found += items
        return found

    def mirror(self) -> str:
        """The id of a repository, of which `model.bin` is not in the bank yet."""
        self.mirrored.hub.commit({"config.json": plain("{}"), "model.bin": lfs("weights")})
        self.mirrored.register()
        return sync(self.mirrored.mirror, NAME, self.mirrored.told).repository.repository_id

    def complete(self) -> None:
        download(self.mirrored.mirror, NAME, self.mirrored.told)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, standing_url: str) -> Iterator[RunningBank]:
    addresses = {"REDIS_URL": REDIS_AWAY, "DATABASE_URL": standing_url}
    with running(tmp_path_factory.mktemp("bank"), **addresses) as bank:
        yield bank


@pytest.fixture
def asked(standing: RunningBank, standing_url: str) -> Iterator[Asked]:
    """Nobody has asked it for anything yet."""
    empty(standing_url)
    with closing(Database(standing_url)) as database:
        yield Asked(standing, Mirrored(database))


def test_a_registration_is_told_as_it_was_asked_with_the_job_that_syncs_it(asked: Asked) -> None:
    wish: Json = {"repo_id": "org/data", "repo_type": "dataset", "revision": "v1", "vendor": "Org"}
    wish |= {"name": "Data", "include": ["*.csv"], "exclude": ["old/"]}
    taken = asked.ask("POST", "register", wish, status=202)
    message = "sync of the dataset org/data: queued"
    assert taken == {"job_id": taken["job_id"], "status": "queued", "message": message}
    job = asked.bank.get(f"/jobs/{taken['job_id']}").json()
    assert job["kind"] == "hub.sync"
    named = {"repo_id": "org/data", "repo_type": "dataset"}
    assert job["arguments"] == named | {"download": False}
    [listed] = asked.items("repos")
    assert listed.items() >= wish.items()
    assert (listed["status"], listed["commit"], listed["synced_at"]) == ("registered", None, None)
    assert asked.items("models") == asked.items("repos?repo_type=model") == []
    assert asked.items("repos?repo_type=dataset") == [listed]


def test_a_repository_is_registered_once_and_synced_by_one_job_at_a_time(asked: Asked) -> None:
    wish = {"repo_id": "org/name"}
    first = asked.ask("POST", "register", wish, status=202)
    assert asked.ask("POST", "register", wish, status=409)["code"] == "CONFLICT"
    assert asked.ask("POST", "sync", wish, status=202) == first
    taken = asked.ask("POST", "download", wish, status=202)
    assert taken["message"] == "download of the model org/name: queued"
    address = asked.bank.request("POST", "/v1/hub/sync", UPLOAD_KEY, json.dumps(wish).encode())
    assert address.headers["location"] == f"/jobs/{first['job_id']}"


def test_what_is_asked_for_whole_is_synced_and_downloaded_by_one_job(asked: Asked) -> None:
    wish: Json = {"repo_id": "org/name", "download": True}
    taken = asked.ask("POST", "register", wish, status=202)
    assert taken["message"] == "sync of the model org/name with its download: queued"
    assert asked.ask("POST", "sync", {"repo_id": "org/name"}, status=202) == taken
    assert asked.ask("POST", "sync", wish, status=202) == taken
    job = asked.get(f"jobs/{taken['job_id']}")
    assert job["arguments"] == wish | {"repo_type": "model"}
    [told] = asked.items("repos")
    assert (told["auto_sync"], told["sync_hours"], told["next_sync_at"]) == (False, None, None)


def test_what_keeps_itself_whole_is_downloaded_by_each_sync(asked: Asked) -> None:
    asked.ask("POST", "register", {"repo_id": "org/name", "auto_sync": True}, status=202)
    [told] = asked.items("repos")
    assert (told["auto_sync"], told["sync_hours"]) == (True, 24)
    assert str(told["next_sync_at"]) > str(told["registered_at"])
    [job] = asked.items("jobs")
    asked.bank.request("POST", f"/jobs/{job['job_id']}/cancel", UPLOAD_KEY)
    taken = asked.ask("POST", "sync", {"repo_id": "org/name"}, status=202)
    assert taken["message"] == "sync of the model org/name with its download: queued"


def test_what_is_synced_by_hours_is_listed_no_more(asked: Asked) -> None:
    taken = asked.ask("POST", "register", {"repo_id": "org/name", "sync_hours": 6}, status=202)
    assert taken["message"] == "sync of the model org/name: queued"
    [told] = asked.items("repos")
    assert (told["auto_sync"], told["sync_hours"]) == (False, 6)


def test_a_registration_is_changed_field_by_field(asked: Asked) -> None:
    wish = {"repo_id": "org/name", "vendor": "Org", "name": "Name", "include": ["*.json"]}
    asked.ask("POST", "register", wish, status=202)
    [before] = asked.items("repos")
    one = f"repos/{before['repository_id']}"
    assert asked.ask("PATCH", one, {}, status=200) == before
    change: Json = {"vendor": None, "revision": "v2", "exclude": ["old/"], "sync_hours": 6}
    changed = asked.ask("PATCH", one, change, status=200)
    assert changed == before | change | {"next_sync_at": changed["next_sync_at"]}
    assert asked.items("repos") == [changed]
    by_hand = asked.ask("PATCH", one, {"sync_hours": None}, status=200)
    assert (by_hand["sync_hours"], by_hand["next_sync_at"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"repo_id": "org/other"}, "repo_id"),
        ({"status": "synced"}, "status"),
        ({"revision": None}, "revision"),
        ({"revision": "a..b"}, "revision"),
        ({"auto_sync": None}, "auto_sync"),
        ({"sync_hours": 0}, "sync_hours"),
        ({"sync_hours": 8761}, "sync_hours"),
        ({"name": "two\nlines"}, "name"),
        ({"include": ["x\0"]}, "include"),
        ([], "object"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    hub_bank: RunningBank, body: object, says: str
) -> None:
    wish = json.dumps({"repo_id": "org/steady"}).encode()
    hub_bank.request("POST", "/v1/hub/register", UPLOAD_KEY, wish)
    [before] = hub_bank.get("/v1/hub/repos?repo_id=org/steady").json()["items"]
    path = f"/v1/hub/repos/{before['repository_id']}"
    answer = hub_bank.request("PATCH", path, UPLOAD_KEY, json.dumps(body).encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_INPUT")
    assert says in answer.json()["message"]
    assert hub_bank.get("/v1/hub/repos?repo_id=org/steady").json()["items"] == [before]


def test_what_is_not_registered_is_not_changed(hub_bank: RunningBank) -> None:
    answer = hub_bank.request("PATCH", f"/v1/hub/repos/{MISSING}", UPLOAD_KEY, b"{}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_a_repository_is_found_by_its_name(asked: Asked) -> None:
    for repo_type in ("model", "dataset"):
        for repo_id in ("org/name", "org/other"):
            wish = {"repo_id": repo_id, "repo_type": repo_type}
            asked.ask("POST", "register", wish, status=202)
    found = asked.items("repos?repo_id=org/name")
    assert [each["repo_type"] for each in found] == ["dataset", "model"]
    assert asked.items("repos?repo_id=org/name&repo_type=model") == found[1:]
    assert asked.items("repos?repo_id=org/nam") == []


def test_the_jobs_of_the_mirror_are_listed_and_told_as_all_jobs_are(asked: Asked) -> None:
    wish = {"repo_id": "org/name"}
    ids = [asked.ask("POST", verb, wish, status=202)["job_id"] for verb in ("register", "download")]
    ping = asked.bank.request("POST", "/jobs", UPLOAD_KEY, b'{"kind": "ping"}').json()["job_id"]
    assert [each["job_id"] for each in asked.pages("jobs")] == ids[::-1]
    assert asked.items("jobs") == asked.bank.get("/jobs").json()["items"][1:]
    assert [each["job_id"] for each in asked.items("jobs?kind=hub.sync")] == ids[:1]
    assert asked.items("jobs?kind=ping") == asked.items("jobs?state=success") == []
    assert asked.get(f"jobs/{ids[0]}") == asked.bank.get(f"/jobs/{ids[0]}").json()
    assert asked.get(f"jobs/{ping}", 404)["code"] == "JOB_NOT_FOUND"


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("register", {}, 422, "repo_id"),
        ("register", {"repo_id": "../etc"}, 422, "repo_id: owner/name"),
        ("register", {"repo_id": "a/b", "repo_type": "space"}, 422, "repo_type"),
        ("register", {"repo_id": "a/b", "revision": "a..b"}, 422, "revision"),
        ("register", {"repo_id": "a/b", "vendor": "two\nlines"}, 422, "vendor"),
        ("register", {"repo_id": "a/b", "include": ["x\0"]}, 422, "include"),
        ("register", {"repo_id": "a/b", "colour": "red"}, 422, "colour"),
        ("register", {"repo_id": "a/b", "auto_sync": 1}, 422, "auto_sync"),
        ("register", {"repo_id": "a/b", "sync_hours": 0}, 422, "sync_hours: 1 to 8760"),
        ("register", {"repo_id": "x" * 600_000}, 413, "bytes at most"),
        ("sync", {"repo_id": "org/unknown"}, 404, "is not registered"),
        ("sync", {"repo_id": "a/b", "force": True}, 422, "force"),
        ("download", {"repo_id": "org/unknown"}, 404, "is not registered"),
        ("download", {"artifact_ids": [MISSING]}, 404, "there is no artifact"),
        ("download", {"artifact_ids": ["a\0b"]}, 422, "artifact_ids"),
        ("download", {"artifact_ids": [MISSING] * 501}, 422, "artifact_ids"),
        ("download", {}, 422, "repo_id or artifact_ids"),
    ],
)
def test_what_cannot_be_done_is_refused(
    hub_bank: RunningBank, path: str, body: object, status: int, says: str
) -> None:
    answer = hub_bank.request("POST", f"/v1/hub/{path}", UPLOAD_KEY, json.dumps(body).encode())
    assert answer.status_code == status, answer.text
    assert says in answer.json()["message"]


@pytest.fixture(scope="module")
def hub_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    with running(tmp_path_factory.mktemp("hub"), REDIS_URL=REDIS_AWAY) as bank:
        yield bank


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("repos?repo_type=space", 422),
        ("repos?repo_id=", 422),
        ("repos?repo_id=a%00b", 422),
        ("jobs?state=done", 422),
        ("jobs?limit=0", 422),
        ("jobs?cursor=nonsense", 400),
        (f"jobs/{MISSING}", 404),
        ("jobs/main", 404),
        ("repos?limit=0", 422),
        ("models?cursor=nonsense", 400),
        (f"repos/{MISSING}", 404),
        ("repos/main", 404),
        (f"repos/{MISSING}/artifacts", 404),
        (f"repos/{MISSING}/artifacts?status=done", 422),
        (f"repos/{MISSING}/artifacts?type=model,weights", 422),
        (f"repos/{MISSING}/snapshots", 404),
        (f"repos/{MISSING}/snapshots/main", 404),
        (f"repos/{MISSING}/snapshots/{'0' * 40}", 404),
    ],
)
def test_what_is_not_there_is_not_told(hub_bank: RunningBank, path: str, status: int) -> None:
    assert hub_bank.get(f"/v1/hub/{path}").status_code == status


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("artifacts", b"\xff"),
        ("artifacts", b"a\0b"),
        ("snapshots", b"short"),
        ("snapshots", b""),
    ],
)
def test_a_forged_place_in_a_list_is_refused(
    hub_bank: RunningBank, rest: str, place: bytes
) -> None:
    cursor = format_cursor(f"hub/{MISSING}/{rest}", place)
    answer = hub_bank.get(f"/v1/hub/repos/{MISSING}/{rest}?cursor={cursor}")
    assert answer.status_code == 400


def test_repositories_are_listed_in_pages_newest_first(asked: Asked) -> None:
    for number in range(3):
        asked.ask("POST", "register", {"repo_id": f"org/m{number}"}, status=202)
    assert [each["repo_id"] for each in asked.pages("repos")] == ["org/m2", "org/m1", "org/m0"]
    assert asked.pages("models") == asked.items("repos")
    cursor = asked.get("repos?limit=1")["next_cursor"]
    asked.get(f"models?cursor={cursor}", 400)


def test_a_repository_is_told_with_its_artifacts(asked: Asked) -> None:
    one = f"repos/{asked.mirror()}"
    told = asked.get(one)
    counted = told["artifacts"]
    assert isinstance(counted, dict)
    assert counted["pending"] == {"files": 1, "bytes": len("weights")}
    assert counted["completed"] == {"files": 1, "bytes": len("{}")}
    assert (told["status"], told["head"]) == ("synced", None)
    config, model = asked.items(f"{one}/artifacts")
    assert asked.pages(f"{one}/artifacts") == [config, model]
    assert asked.items(f"{one}/artifacts?status=pending,failed") == [model]
    assert asked.items(f"{one}/artifacts?type=config") == [config]
    assert (model["path"], model["type"], model["file_id"]) == ("model.bin", "model", None)
    assert (config["status"], config["sha256"], config["error"]) == ("completed", None, None)
    assert config["file_id"] is not None


def test_what_went_wrong_is_told(asked: Asked) -> None:
    one = f"repos/{asked.mirror()}"
    asked.mirrored.fetcher.wrong.add("model.bin")
    with pytest.raises(DataBankClientError, match="1 of 1 files failed"):
        asked.complete()
    told = asked.get(one)
    [failed] = asked.items(f"{one}/artifacts?status=failed")
    assert (told["status"], told["error"] is None) == ("error", False)
    assert isinstance(failed["error"], dict)
    assert set(failed["error"]) == {"code", "message"}


def test_named_artifacts_are_downloaded(asked: Asked) -> None:
    [model] = asked.items(f"repos/{asked.mirror()}/artifacts?status=pending")
    wish = {"artifact_ids": [model["artifact_id"]] * 2}
    taken = asked.ask("POST", "download", wish, status=202)
    assert taken["message"] == "download of 1 artifacts: queued"


def test_a_snapshot_is_told_when_all_of_it_is_there(asked: Asked) -> None:
    one = f"repos/{asked.mirror()}"
    assert asked.items(f"{one}/snapshots") == []
    asked.complete()
    asked.mirrored.hub.commit({"config.json": plain("{}")})
    sync(asked.mirrored.mirror, NAME, asked.mirrored.told)
    newest, first = asked.items(f"{one}/snapshots")
    assert asked.pages(f"{one}/snapshots") == [newest, first]
    assert (newest["files"], first["files"], first["bytes"]) == (1, 2, len("weights{}"))
    assert asked.get(f"{one}/snapshots/{first['commit']}") == first
    assert asked.get(one)["head"] == newest["commit"]


def test_a_repository_that_is_removed_is_gone(asked: Asked) -> None:
    one = f"repos/{asked.mirror()}"
    asked.ask("DELETE", one, status=204)
    assert asked.get(one, 404)["code"] == "NOT_FOUND"
    asked.ask("DELETE", one, status=404)
    assert asked.items("repos") == []


def test_a_file_that_a_snapshot_needs_is_removed_by_force_only(asked: Asked) -> None:
    one, bank = f"repos/{asked.mirror()}", asked.bank
    asked.complete()
    [snapshot] = asked.items(f"{one}/snapshots")
    for file_id in (snapshot["manifest_id"], bank.put(b"weights")):
        refused = bank.request("DELETE", f"/files/{file_id}", DELETE_KEY)
        assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
        assert f"model {NAME} at {snapshot['commit']}" in refused.json()["message"]
    wrong = bank.request("DELETE", f"/files/{bank.put(b'weights')}?force=1", DELETE_KEY)
    assert (wrong.status_code, bank.get(f"/files/{file_id}").content) == (422, b"weights")
    forced = bank.request("DELETE", f"/files/{file_id}?force=true", DELETE_KEY)
    assert (forced.status_code, bank.get(f"/files/{file_id}").status_code) == (204, 404)
    unneeded = bank.put(b"needed by nobody")
    assert bank.request("DELETE", f"/files/{unneeded}", DELETE_KEY).status_code == 204


def test_where_the_database_is_away_a_file_is_removed_by_force_only(tmp_path: Path) -> None:
    away = "postgresql://postgres@/bank?host=/nowhere"
    with running(tmp_path, REDIS_URL=REDIS_AWAY, DATABASE_URL=away) as bank:
        path = f"/files/{bank.put(b'needed, perhaps')}"
        assert bank.request("DELETE", path, DELETE_KEY).status_code == 503
        assert bank.request("DELETE", f"{path}?force=true", DELETE_KEY).status_code == 204


def test_without_redis_there_is_no_mirror(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        for path in ("repos", "models", "jobs", f"repos/{MISSING}"):
            answer = bank.get(f"/v1/hub/{path}")
            assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
