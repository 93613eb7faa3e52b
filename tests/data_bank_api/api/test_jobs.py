"""Jobs over HTTP: a real server of two processes, on both databases. Redis is away all the time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from data_bank_api.api.cursor import format_cursor
from data_bank_api.db.database import Database
from data_bank_api.queue.claims import Claims
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.new_events import Progress
from data_bank_client.wire.jobs import JobAnswer, JobDetail, JobPage, JobResult
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.fakes.databases import PostgresServer
from tests.running_bank import DELETE_KEY, READ_KEY, UPLOAD_KEY, RunningBank, running


@dataclass(frozen=True, slots=True)
class Office:
    """A bank, and its database from the other side, where the workers are."""

    bank: RunningBank
    database_url: str

    @contextmanager
    def database(self) -> Iterator[Database]:
        database = Database(self.database_url)
        try:
            yield database
        finally:
            database.close()

    def post(self, content: object, key: str = UPLOAD_KEY) -> JobAnswer:
        answer = self.bank.request("POST", "/jobs", key, msgspec.json.encode(content))
        assert answer.status_code == 202, answer.text
        job = msgspec.json.decode(answer.content, type=JobAnswer)
        assert answer.headers["location"] == f"/jobs/{job['job_id']}"
        return job

    def get(self, job_id: str) -> JobDetail:
        return msgspec.json.decode(self.bank.get(f"/jobs/{job_id}").content, type=JobDetail)

    def list(self, query: str) -> JobPage:
        answer = self.bank.get(f"/jobs?{query}")
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=JobPage)

    def change(self, job_id: str, how: str, key: str = UPLOAD_KEY) -> tuple[int, str]:
        answer = self.bank.request("POST", f"/jobs/{job_id}/{how}", key)
        told = msgspec.json.decode(answer.content, type=dict[str, object])
        return answer.status_code, str(told.get("state") or told["message"])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'databank.sqlite3'}"
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        assert isinstance(postgres, PostgresServer)
        url = postgres.create()
    with running(folder, REDIS_URL=REDIS_AWAY, DATABASE_URL=url, WORKERS="2") as bank:
        yield Office(bank, url)


def ping(message: str, **more: object) -> dict[str, object]:
    return {"kind": "ping", "arguments": {"message": message}, **more}


def test_a_job_is_taken_and_told_also_where_redis_is_away(office: Office) -> None:
    asked = office.post(ping("taken", user_id=2**63 - 1))
    assert (asked["state"], asked["progress"], asked["attempts"]) == ("queued", 0.0, 0)
    assert asked["arguments"] == {"message": "taken", "seconds": 0.0, "store": False}
    assert asked["user_id"] == 2**63 - 1
    found = office.get(asked["job_id"])
    assert [(line["level"], line["text"]) for line in found["log"]] == [("info", "queued")]
    assert msgspec.convert(found, JobAnswer) == asked


def test_ten_who_ask_for_the_same_at_once_get_one_job(office: Office) -> None:
    questions = [ping("ten", user_id=number) for number in range(10)]
    with ThreadPoolExecutor(10) as crowd:
        jobs = list(crowd.map(office.post, questions))
    assert len({job["job_id"] for job in jobs}) == 1
    same = [job for job in office.list("limit=1000")["items"] if job["key"] == jobs[0]["key"]]
    assert len(same) == 1


def test_what_was_left_out_makes_no_other_job(office: Office) -> None:
    short = office.post({"kind": "ping"})
    whole = {"message": "pong", "seconds": 0, "store": False}
    assert office.post({"kind": "ping", "arguments": whole})["job_id"] == short["job_id"]


def test_a_key_names_the_job_that_is_under_way(office: Office) -> None:
    first = office.post(ping("one", key="é" * 200))
    assert office.post(ping("two", key="é" * 200)) == first
    office.change(first["job_id"], "cancel")
    assert office.post(ping("two", key="é" * 200))["job_id"] != first["job_id"]


@pytest.mark.parametrize("key", ["ping:", "pong@1", "a retention@1", "ping"])
def test_other_keys_are_free_and_so_is_one_that_was_told(office: Office, key: str) -> None:
    assert office.post(ping("free", key=key))["key"] == key
    told = office.post(ping("told"))
    assert office.post(ping("told", key=told["key"])) == told


def test_a_key_of_a_job_of_another_kind_is_a_conflict(office: Office) -> None:
    with office.database() as database:
        Jobs(database).enqueue(NewJob("sweep", {}, key="taken by another kind"))
    body = msgspec.json.encode(ping("x", key="taken by another kind"))
    answer = office.bank.request("POST", "/jobs", UPLOAD_KEY, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert "sweep" in answer.json()["message"]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"", 400, "not JSON"),
        (b'{"kind": "ping", "arguments": {"seconds": NaN}}', 400, "not JSON"),
        (rb'{"kind": "ping", "arguments": {"message": "\ud800"}}', 400, "not JSON"),
        (b'{"kind": "ping", "arguments": {"x":' + b"[" * 30_000, 400, "not JSON"),
        (b'{"kind": "ping", "arguments": {"x":' + b"[" * 33 + b"]" * 33 + b"}}", 422, "32 deep"),
        (rb'{"kind": "ping", "arguments": {"message": "a\u0000b"}}', 422, "NUL"),
        (rb'{"kind": "ping", "arguments": {"x": [{"\u0000": 1}]}}', 422, "NUL"),
        (b'{"kind": "ping", "arguments": {"seconds": 1e400}}', 422, "arguments"),
        (b'{"kind": "ping", "arguments": {"seconds": 1e9}}', 422, "seconds"),
        (b'{"kind": "ping", "arguments": {"seconds": "1"}}', 422, "seconds"),
        (b'{"kind": "ping", "arguments": {"second": 1}}', 422, "second"),
        (b'{"kind": "ping", "arguments": null}', 422, "arguments"),
        (b'{"kind": "ping", "argumnets": {}}', 422, "argumnets"),
        (b'{"kind": "nonsense"}', 422, "nonsense"),
        (rb'{"kind": "\u0000"}', 422, "kind"),
        (b'{"kind": 1}', 422, "kind"),
        (b"{}", 422, "kind"),
        (b"[]", 422, "object"),
        (b'{"kind": "ping", "key": ""}', 422, "key"),
        (b'{"kind": "ping", "key": "ping@1"}', 422, "the bank's own"),
        (b'{"kind": "sweep", "key": "sweep@5984171"}', 422, "the bank's own"),
        (b'{"kind": "ping", "key": "retention@498680"}', 422, "the bank's own"),
        (b'{"kind": "ping", "key": "retention:0a1b"}', 422, "the bank's own"),
        (b'{"kind": "ping", "key": "' + b"x" * 201 + b'"}', 422, "key"),
        (rb'{"kind": "ping", "key": "a\u0000"}', 422, "key"),
        (b'{"kind": "ping", "user_id": -1}', 422, "user_id"),
        (b'{"kind": "ping", "user_id": 9223372036854775808}', 422, "user_id"),
        (b'{"kind": "ping", "user_id": 1.5}', 422, "user_id"),
        (b" " * (64 * 1024 + 1), 413, "65536"),
    ],
)
def test_a_question_that_cannot_be_is_refused_and_says_where(
    office: Office, body: bytes, status: int, told: str
) -> None:
    answer = office.bank.request("POST", "/jobs", UPLOAD_KEY, body)
    assert (answer.status_code, told in answer.json()["message"]) == (status, True), answer.text


def test_a_kind_asks_for_the_key_that_it_needs(office: Office) -> None:
    body = msgspec.json.encode({"kind": "ping"})
    refused = office.bank.request("POST", "/jobs", DELETE_KEY, body)
    assert (refused.status_code, "upload" in refused.json()["message"]) == (403, True)
    removing = msgspec.json.encode({"kind": "retention", "arguments": {"dry_run": True}})
    assert office.bank.request("POST", "/jobs", UPLOAD_KEY, removing).status_code == 403
    assert office.bank.request("POST", "/jobs", DELETE_KEY, removing).status_code == 202


def test_a_job_is_changed_with_the_key_of_its_kind(office: Office) -> None:
    job = office.post({"kind": "retention", "arguments": {"days": 5}}, DELETE_KEY)
    for how in ("cancel", "retry"):
        assert office.change(job["job_id"], how)[0] == 403
        assert office.change(job["job_id"], how, READ_KEY)[0] == 403
    assert office.change(job["job_id"], "cancel", DELETE_KEY) == (200, "cancelled")


def test_a_job_of_a_kind_that_there_is_no_more_can_be_cancelled(office: Office) -> None:
    with office.database() as database:
        old = Jobs(database).enqueue(NewJob("of-an-older-release", {}))
    assert office.change(old.job_id, "cancel") == (200, "cancelled")


def test_a_job_is_cancelled_once_and_retried_once(office: Office) -> None:
    job_id = office.post(ping("cancelled"))["job_id"]
    assert office.change(job_id, "retry")[0] == 409
    assert office.change(job_id, "cancel") == (200, "cancelled")
    assert office.change(job_id, "cancel") == (200, "cancelled")
    assert office.change(job_id, "retry") == (202, "queued")
    assert office.change(job_id, "retry")[0] == 409


def test_what_a_worker_does_is_seen(office: Office) -> None:
    job_id = office.post(ping("worked on"))["job_id"]
    with office.database() as database:
        claim = Claims(database).claim(job_id, 1)
        assert claim is not None
        claim.beat(Progress(40.0, "nearly half"))
        half = office.get(job_id)
        claim.succeed(JobResult(result_id=None, result_bytes=0, details={"message": "pong"}))
    assert (half["state"], half["progress"], half["message"]) == ("started", 40.0, "nearly half")
    done = office.get(job_id)
    assert (done["state"], done["progress"], done["attempts"]) == ("success", 100.0, 1)
    assert done["result"] == {"result_id": None, "result_bytes": 0, "details": {"message": "pong"}}
    assert office.change(job_id, "cancel")[0] == 409


@pytest.mark.parametrize("job_id", ["x", "0" * 32, "0" * 31 + "A", "%C3%A9", "0" * 5000])
def test_a_job_that_is_not_there_is_not_found(office: Office, job_id: str) -> None:
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/retry")):
        key = READ_KEY if method == "GET" else UPLOAD_KEY
        answer = office.bank.request(method, f"/jobs/{job_id}{path}", key)
        assert (answer.status_code, answer.json()["code"]) == (404, "JOB_NOT_FOUND")


def test_pages_give_every_job_once_and_the_newest_first(office: Office) -> None:
    asked = [office.post(ping(f"page {number}"))["job_id"] for number in range(7)]
    found: list[str] = []
    query = "limit=3&kind=ping&state=queued"
    page = office.list(query)
    while page["next_cursor"] is not None:
        office.post(ping(f"meanwhile {len(found)}"))  # does not move what follows
        found += [job["job_id"] for job in page["items"]]
        page = office.list(f"{query}&cursor={page['next_cursor']}")
    found += [job["job_id"] for job in page["items"]]
    assert found[:7] == asked[::-1]
    assert len(found) == len(set(found))
    assert not page["has_more"]


def test_a_list_is_narrowed_by_state_kind_dataset_and_time(office: Office) -> None:
    with office.database() as database:
        made = Jobs(database).enqueue(NewJob("profile", {}, "narrow", dataset_id="a dataset"))
    [told] = office.list("dataset_id=a%20dataset")["items"]
    assert (told["job_id"], told["kind"]) == (made.job_id, "profile")
    assert office.list("kind=profile&state=started,success")["items"] == []
    [same] = office.list("kind=profile&state=started,queued")["items"]
    moment = told["queued_at"].replace("Z", "%2B00:00")
    assert office.list(f"kind=profile&queued_before={moment}")["items"] == []
    assert office.list(f"kind=profile&queued_after={moment}")["items"] == []
    older = "2020-01-01T00:00:00.5-11:00"
    assert office.list(f"kind=profile&queued_after={older}")["items"] == [same]
    assert office.list(f"queued_before={older}")["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "state=",
        "state=queued,",
        "state=nonsense",
        "kind=",
        "kind=a%0Ab",
        "dataset_id=" + "x" * 201,
        "queued_before=2026-11-21",
        "queued_before=2026-11-21T10:00:00",
        "queued_before=2026-11-21T10:00:00+01:00",
        "queued_after=0001-01-01T00:00:00%2B14:00",
        "queued_after=",
        "limit=0",
        "limit=1001",
    ],
)
def test_a_list_of_nothing_that_there_is_is_refused(office: Office, query: str) -> None:
    answer = office.bank.get(f"/jobs?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_INPUT")
    assert query.partition("=")[0] in answer.json()["message"]


@pytest.mark.parametrize(
    "cursor",
    [
        "AAAA",
        format_cursor("files", bytes(24)),
        format_cursor("jobs", bytes(23)),
        format_cursor("jobs", b"\x7f" + bytes(23)),
    ],
)
def test_a_cursor_that_was_not_given_out_is_refused(office: Office, cursor: str) -> None:
    answer = office.bank.get(f"/jobs?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


def test_without_redis_there_are_no_jobs(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running(tmp_path_factory.mktemp("plain")) as bank:
        body = msgspec.json.encode({"kind": "ping"})
        missing = "0" * 32
        for answer in (
            bank.request("POST", "/jobs", UPLOAD_KEY, body),
            bank.get("/jobs"),
            bank.get(f"/jobs/{missing}"),
            bank.request("POST", f"/jobs/{missing}/cancel", UPLOAD_KEY),
            bank.request("POST", f"/jobs/{missing}/retry", UPLOAD_KEY),
        ):
            assert answer.status_code == 503
            assert answer.json()["message"] == "jobs need Redis: set REDIS_URL"


def test_a_database_that_is_away_is_said_to_be(tmp_path_factory: pytest.TempPathFactory) -> None:
    away = "postgresql://nobody@127.0.0.1:1/nothing"
    folder = tmp_path_factory.mktemp("away")
    with running(folder, REDIS_URL=REDIS_AWAY, DATABASE_URL=away) as bank:
        answer = bank.request("POST", "/jobs", UPLOAD_KEY, b'{"kind": "ping"}')
        assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert "database" in answer.json()["message"]
        assert bank.get("/jobs").status_code == 503
        assert bank.put(b"files are stored all the same")


def test_a_database_that_is_away_is_503_and_the_log_says_why(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    with running(tmp_path, REDIS_URL=REDIS_AWAY, DATABASE_URL=url) as bank:
        answer = bank.request("POST", "/jobs", UPLOAD_KEY, b'{"kind": "ping"}')
        assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert "127.0.0.1" not in answer.text
        assert "connection" in str(bank.logged(event="failed")["reason"])
