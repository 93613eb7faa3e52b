"""`/datasets`: uploaded or taken from the bank, listed, processed, told of and removed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest

from data_bank_api.api.cursor import format_cursor
from data_bank_api.db.database import Database
from data_bank_api.hub.sync import download, sync
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.times import parse_time
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.fakes.databases import empty
from tests.fakes.dataset_forms import CSV, FORM, file_part, form, name_part
from tests.fakes.datasets import write_row
from tests.fakes.hub_in_memory import NAME, Mirrored, lfs
from tests.running_bank import DELETE_KEY, READ_KEY, UPLOAD_KEY, RunningBank, running

Json = dict[str, object]

MISSING = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Asked:
    """A bank whose jobs wait, and its database."""

    bank: RunningBank
    database: Database

    def ask(
        self, method: str, path: str = "", body: object = None, *, status: int
    ) -> httpx2.Response:
        key = {"GET": READ_KEY, "DELETE": DELETE_KEY}.get(method, UPLOAD_KEY)
        content = None if body is None else json.dumps(body).encode()
        answer = self.bank.request(method, f"/datasets{path}", key, content)
        assert answer.status_code == status, answer.text
        return answer

    def upload(self, *parts: bytes, status: int = 201, **headers: str) -> Json:
        answer = self.bank.request(
            "POST", "/datasets", UPLOAD_KEY, form(*parts), {**FORM, **headers}
        )
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def add(self, content: bytes, name: str = "a.csv") -> Json:
        return self.upload(file_part(content, name))

    def get(self, path: str = "", status: int = 200) -> Json:
        return dict(self.ask("GET", path, status=status).json())

    def ids(self, query: str = "") -> list[object]:
        items = self.get(f"?{query}")["items"]
        assert isinstance(items, list)
        return [each["id"] for each in items]

    def change(self, dataset_id: object, **values: object) -> None:
        write_row(self.database, str(dataset_id), **values)

    def report(self, dataset: Json, content: bytes = b'{"version":1}') -> str:
        """As if its job had stored this; the id of the file."""
        file_id = self.bank.put(content, Content_Type="application/json")
        made = datetime(2026, 11, 21, 10, 0, 0, 250_000, tzinfo=UTC)
        kept: Json = {"report": file_id, "report_size": len(content), "row_count": 2}
        self.change(dataset["id"], status="done", processed_at=made, **kept)
        return file_id


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, standing_url: str) -> Iterator[RunningBank]:
    addresses = {"REDIS_URL": REDIS_AWAY, "DATABASE_URL": standing_url}
    with running(tmp_path_factory.mktemp("bank"), **addresses) as bank:
        yield bank


@pytest.fixture
def asked(standing: RunningBank, standing_url: str) -> Iterator[Asked]:
    """It has no dataset yet."""
    empty(standing_url)
    with closing(Database(standing_url)) as database:
        yield Asked(standing, database)


def test_an_upload_is_a_dataset_whose_job_is_queued_and_a_file_of_the_bank(asked: Asked) -> None:
    body = form(name_part("Städte <b>".encode()), file_part(CSV, "C:\\data\\cities.csv"))
    answer = asked.bank.request("POST", "/datasets", UPLOAD_KEY, body, FORM)
    told = dict(answer.json())
    assert (answer.status_code, answer.headers["location"]) == (201, f"/datasets/{told['id']}")
    digest = Digest.of(CSV).hex
    assert told == {
        "id": told["id"],
        "name": "Städte <b>",
        "original_filename": "cities.csv",
        "content_type": "text/csv",
        "status": "uploaded",
        "checksum_sha256": digest,
        "size_bytes": len(CSV),
        "uploaded_at": told["uploaded_at"],
        "processed_at": None,
        "row_count": None,
        "error": None,
        "latest_job_id": told["latest_job_id"],
        "report_available": False,
    }
    job = asked.bank.get(f"/jobs/{told['latest_job_id']}").json()
    assert (job["kind"], job["state"], job["dataset_id"]) == (
        "dataset.process",
        "queued",
        told["id"],
    )
    stored = asked.bank.get(f"/files/{digest}")
    assert (stored.content, stored.headers["content-type"]) == (CSV, "text/csv")
    assert asked.get(f"/{told['id']}") == asked.get(f"/{str(told['id']).upper()}") == told


def test_the_same_bytes_are_one_dataset_as_it_was_first(asked: Asked) -> None:
    first = asked.add(CSV, "first.csv")
    again = asked.upload(name_part(b"Second"), file_part(CSV, "second.json", None), status=200)
    assert again == first
    stored = {"file_id": Digest.of(CSV).hex, "name": "Third"}
    assert asked.ask("POST", body=stored, status=200).json() == first
    assert asked.ids() == [first["id"]]


def test_of_many_who_upload_the_same_at_once_one_adds_it(asked: Asked) -> None:
    def send(number: int) -> tuple[int, object]:
        body = form(file_part(CSV, f"{number}.csv"))
        answer = httpx2.post(
            f"{asked.bank.address}/datasets",
            content=body,
            headers={**FORM, "X-API-Key": [UPLOAD_KEY, "another-upload-key"][number % 2]},
            timeout=60,
            trust_env=False,
        )
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(send, range(20)))
    assert sorted(status for status, _ in found) == [200] * 19 + [201]
    assert {dataset_id for _, dataset_id in found} == set(asked.ids())
    assert len(asked.ids()) == 1
    assert len(asked.bank.get("/jobs").json()["items"]) == 1


@pytest.mark.parametrize(
    ("parts", "name", "filename"),
    [
        ([file_part(CSV, "a.csv"), name_part(b" After ")], "After", "a.csv"),
        ([file_part(CSV, "a.csv"), name_part(b"  ")], "a.csv", "a.csv"),
        ([file_part(CSV, None), name_part(b"Named")], "Named", "Named"),
        ([file_part(CSV, "..")], Digest.of(CSV).hex, Digest.of(CSV).hex),
        ([file_part(CSV, "../../etc/passwd\0.csv")], "passwd.csv", "passwd.csv"),
        ([file_part(CSV, "a\u202e%22<script>.csv")], 'a"<script>.csv', 'a"<script>.csv'),
    ],
    ids=["after", "blank", "no-filename", "nameless", "path", "markup"],
)
def test_a_dataset_is_called_by_its_name_its_file_or_its_digest(
    asked: Asked, parts: list[bytes], name: str, filename: str
) -> None:
    told = asked.upload(*parts)
    assert (told["name"], told["original_filename"]) == (name, filename)


@pytest.mark.parametrize(
    ("kind", "filename", "expected"),
    [
        ("application/json; charset=utf-8", "a.csv", "application/json; charset=utf-8"),
        ("application/octet-stream", "a.NDJSON", "application/x-ndjson"),
        (None, "a.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_the_type_is_that_of_the_part_or_of_the_ending(
    asked: Asked, kind: str | None, filename: str, expected: str
) -> None:
    told = asked.upload(file_part(uuid4().bytes, filename, kind))
    assert told["content_type"] == expected
    info = asked.bank.get(f"/files/{told['checksum_sha256']}/info").json()
    assert info["content_type"] == expected


def test_an_empty_file_is_a_dataset_too(asked: Asked) -> None:
    assert asked.add(b"")["size_bytes"] == 0


UNTAKEN = uuid4().hex.encode()  # of nobody else's file


@pytest.mark.parametrize(
    ("parts", "status", "code", "says"),
    [
        ([file_part(UNTAKEN, "a.csv", "text/plain")], 415, "UNSUPPORTED_MEDIA_TYPE", "text/plain"),
        ([file_part(UNTAKEN, "a.txt", None)], 415, "UNSUPPORTED_MEDIA_TYPE", "not told"),
        ([file_part(UNTAKEN, "x" * 256)], 422, "INVALID_INPUT", "filename may have 255"),
        ([name_part(b"Name")], 422, "INVALID_INPUT", "no part named file"),
        ([file_part(UNTAKEN), file_part(UNTAKEN)], 422, "INVALID_INPUT", "more than one part"),
        ([file_part(UNTAKEN), name_part(b"x" * 256)], 422, "INVALID_INPUT", "1 to 255"),
        ([file_part(UNTAKEN), name_part(b"x" * 1021)], 422, "INVALID_INPUT", "too long"),
        ([file_part(UNTAKEN), name_part(b"a\0b")], 422, "INVALID_INPUT", "printable"),
        ([file_part(UNTAKEN), name_part(b"\xff")], 422, "INVALID_INPUT", "UTF-8"),
        ([name_part(b"a"), file_part(UNTAKEN), name_part(b"b")], 422, "INVALID_INPUT", "name"),
    ],
)
def test_a_form_that_is_not_taken_leaves_no_row_no_file_and_no_draft(
    asked: Asked, parts: list[bytes], status: int, code: str, says: str
) -> None:
    told = asked.upload(*parts, status=status)
    assert told["code"] == code
    assert says in str(told["message"])
    assert asked.ids() == []
    assert asked.bank.get(f"/files/{Digest.of(UNTAKEN)}").status_code == 404
    assert asked.bank.drafts() == []


def test_a_form_that_is_not_what_was_declared_is_not_taken(asked: Asked) -> None:
    wrong = "sha-256=:" + "A" * 43 + "=:"
    told = asked.upload(file_part(UNTAKEN), status=422, Content_Digest=wrong)
    assert told["code"] == "DIGEST_MISMATCH"
    assert asked.ids() == []


def test_a_file_of_the_bank_becomes_a_dataset_without_being_sent_again(asked: Asked) -> None:
    content = b"[1, 2]"
    file_id = asked.bank.put(content, Content_Type="application/json")
    question = {"file_id": file_id.upper(), "name": " Two ", "filename": "/tmp/two.json"}
    answer = asked.ask("POST", body=question, status=201)
    told = dict(answer.json())
    assert answer.headers["location"] == f"/datasets/{told['id']}"
    assert (told["name"], told["original_filename"]) == ("Two", "two.json")
    assert (told["checksum_sha256"], told["size_bytes"]) == (file_id, len(content))
    assert told["content_type"] == "application/json"


@pytest.mark.parametrize(
    ("stored", "more", "expected"),
    [
        ("text/csv; a=b", {}, "text/csv; a=b"),
        ("text/csv", {"content_type": "application/jsonl"}, "application/jsonl"),
        ("text/plain", {"filename": "a.parquet"}, "application/vnd.apache.parquet"),
        ("text/csv", {"filename": "a.parquet"}, "text/csv"),
    ],
)
def test_the_type_is_what_is_said_what_is_stored_or_the_ending(
    asked: Asked, stored: str, more: Json, expected: str
) -> None:
    file_id = asked.bank.put(uuid4().bytes, Content_Type=stored)
    told = asked.ask("POST", body={"file_id": file_id, **more}, status=201).json()
    assert told["content_type"] == expected


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"file_id": "0" * 64}, 404, "0" * 64),
        ({"artifact_id": "0" * 32}, 404, "no artifact"),
        ({"file_id": "nonsense"}, 422, "64"),
        ({"artifact_id": "nonsense"}, 422, "artifact_id"),
        ({}, 422, "one of them"),
        ({"file_id": "0" * 64, "artifact_id": "0" * 32}, 422, "one of them"),
        ({"file_id": "0" * 64, "name": ""}, 422, "name must have"),
        ({"file_id": "0" * 64, "path": "/etc/passwd"}, 422, "path"),
        ([], 422, "object"),
    ],
)
def test_what_is_asked_for_in_vain_is_told(
    asked: Asked, body: object, status: int, says: str
) -> None:
    assert says in asked.ask("POST", body=body, status=status).json()["message"]


def test_a_file_that_is_no_table_becomes_no_dataset(asked: Asked) -> None:
    file_id = asked.bank.put(b"hello", Content_Type="text/plain")
    for more in ({}, {"filename": "a.txt"}, {"content_type": "text/plain", "filename": "a.csv"}):
        told = asked.ask("POST", body={"file_id": file_id, **more}, status=415).json()
        assert told["code"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize("kind", ["text/csv", "multipart/mixed; boundary=XX"])
def test_a_body_that_is_neither_form_nor_json_is_told_what_to_send(asked: Asked, kind: str) -> None:
    answer = asked.bank.request("POST", "/datasets", UPLOAD_KEY, CSV, {"Content-Type": kind})
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.json()["message"]


def test_a_body_that_is_no_json_is_refused(asked: Asked) -> None:
    answer = asked.bank.request("POST", "/datasets", UPLOAD_KEY, b"{")
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_JSON")


def test_an_artifact_of_the_mirror_becomes_a_dataset_once_it_is_in_the_bank(asked: Asked) -> None:
    mirrored = Mirrored(asked.database)
    mirrored.hub.commit({"data/rows.csv": lfs(CSV.decode())})
    mirrored.register()
    told = sync(mirrored.mirror, NAME, mirrored.told).repository
    [artifact] = asked.bank.get(f"/v1/hub/repos/{told.repository_id}/artifacts").json()["items"]
    question = {"artifact_id": artifact["artifact_id"]}
    assert "pending" in asked.ask("POST", body=question, status=404).json()["message"]
    asked.bank.put(CSV)  # the mirror of this test has a store of its own
    download(mirrored.mirror, NAME, mirrored.told)
    found = asked.ask("POST", body=question, status=201).json()
    assert (found["name"], found["original_filename"]) == ("rows.csv", "rows.csv")
    assert found["content_type"] == "text/csv"


def test_the_list_is_newest_first_and_by_pages(asked: Asked) -> None:
    ids = [asked.add(b"a\n%d" % number)["id"] for number in range(3)]
    found: list[object] = []
    cursor: object = ""
    while cursor is not None:
        page = asked.get(f"?limit=1&cursor={cursor}")
        items, cursor = page["items"], page["next_cursor"]
        assert isinstance(items, list)
        assert page["has_more"] == (cursor is not None)
        found += [each["id"] for each in items]
    assert found == ids[::-1]


def test_equal_moments_have_an_order_that_stays(asked: Asked) -> None:
    ids = [str(asked.add(b"b\n%d" % number)["id"]) for number in range(4)]
    for each in ids:
        asked.change(each, uploaded_at=datetime(2026, 1, 1, tzinfo=UTC))
    cursor = asked.get("?limit=2")["next_cursor"]
    assert asked.ids("limit=2") + asked.ids(f"cursor={cursor}") == asked.ids()
    assert sorted(map(str, asked.ids())) == sorted(ids)


def test_a_list_is_of_what_was_asked_for(asked: Asked) -> None:
    old, new = asked.add(b"c\n1", "Sales 100%_a.csv"), asked.add(b"c\n2", "sales 1000.csv")
    asked.change(old["id"], status="failed", error="line 3: it is not closed")
    moment = parse_time(str(new["uploaded_at"]))
    just_before = (moment - timedelta(microseconds=1)).isoformat().replace("+00:00", "Z")
    both = [new["id"], old["id"]]
    assert asked.ids("status=failed") == [old["id"]]
    assert asked.ids("status=failed,uploaded") == both
    assert asked.ids("status=done,processing") == []
    assert asked.ids("name_contains=SALES") == both
    assert asked.ids("name_contains=100%25_") == [old["id"]]
    assert asked.ids(f"uploaded_before={new['uploaded_at']}") == [old["id"]]
    assert asked.ids(f"uploaded_after={old['uploaded_at']}") == [new["id"]]
    assert asked.ids(f"uploaded_after={just_before}&name_contains=sales") == [new["id"]]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("status=nonsense", 422, "status must be of uploaded, processing, done, failed"),
        ("status=", 422, "status"),
        ("uploaded_before=yesterday", 422, "uploaded_before"),
        ("uploaded_after=2026-01-01T00:00:00+00:00", 422, "%2B"),
        ("name_contains=", 422, "name_contains"),
        ("name_contains=%00", 422, "name_contains"),
        ("limit=0", 422, "limit"),
        ("limit=1001", 422, "limit"),
        ("cursor=nonsense", 400, "cursor"),
        (f"cursor={format_cursor('jobs', b'x' * 24)}", 400, "cursor"),
        (f"cursor={format_cursor('datasets', b'x' * 7)}", 400, "cursor"),
    ],
)
def test_a_list_that_cannot_be_given_is_refused(
    asked: Asked, query: str, status: int, says: str
) -> None:
    assert says in str(asked.get(f"?{query}", status)["message"])


@pytest.mark.parametrize("path", ["", "/report"])
@pytest.mark.parametrize("dataset_id", [MISSING, "nonsense", "0" * 32, f"{{{MISSING}}}"])
def test_a_dataset_that_is_not_there_is_not_found(asked: Asked, dataset_id: str, path: str) -> None:
    assert asked.get(f"/{dataset_id}{path}", 404)["code"] == "NOT_FOUND"
    asked.ask("POST", f"/{dataset_id}/process", status=404)
    asked.ask("DELETE", f"/{dataset_id}", status=404)


def test_who_asks_for_a_report_twice_gets_the_job_that_makes_it(asked: Asked) -> None:
    told = asked.add(CSV)
    answer = asked.ask("POST", f"/{told['id']}/process", status=202)
    job = answer.json()
    assert job["job_id"] == told["latest_job_id"]
    assert answer.headers["location"] == f"/jobs/{job['job_id']}"
    forced = asked.ask("POST", f"/{told['id']}/process?force=true", status=202).json()
    assert forced["job_id"] == job["job_id"]
    assert "force" in asked.ask("POST", f"/{told['id']}/process?force=1", status=422).text


def test_a_report_is_made_anew_by_force_alone(asked: Asked) -> None:
    told = asked.add(CSV)
    asked.report(told)
    asked.bank.request("POST", f"/jobs/{told['latest_job_id']}/cancel", UPLOAD_KEY)
    asked.change(told["id"], status="done")
    same = asked.ask("POST", f"/{told['id']}/process", status=202).json()
    assert same["job_id"] == told["latest_job_id"]
    other = asked.ask("POST", f"/{told['id']}/process?force=true", status=202).json()
    assert (other["job_id"] != told["latest_job_id"], other["state"]) == (True, "queued")
    after = asked.get(f"/{told['id']}")
    assert (after["latest_job_id"], after["report_available"]) == (other["job_id"], True)
    assert asked.get(f"/{told['id']}/report") == {"version": 1}


def test_until_there_is_a_report_the_dataset_says_why_there_is_none(asked: Asked) -> None:
    told = asked.add(CSV)
    assert "uploaded" in str(asked.get(f"/{told['id']}/report", 404)["message"])
    asked.change(told["id"], status="failed", error="line 3: a quote is not closed")
    assert "line 3" in str(asked.get(f"/{told['id']}/report", 404)["message"])


def test_a_report_is_its_stored_bytes_and_is_asked_for_again_by_its_tag(asked: Asked) -> None:
    told, content = asked.add(CSV), b'{"version":1,"columns":[]}'
    file_id = asked.report(told, content)
    path = f"/datasets/{told['id']}/report"
    answer = asked.bank.get(path)
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{file_id}"'
    assert answer.headers["last-modified"] == "Sat, 21 Nov 2026 10:00:00 GMT"
    assert answer.headers["cache-control"] == "private, no-cache"
    known = asked.bank.get(path, If_None_Match=answer.headers["etag"])
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == answer.headers["etag"]
    assert (
        asked.bank.get(path, If_Modified_Since=answer.headers["last-modified"]).status_code == 304
    )
    assert asked.bank.get(path, If_Match='"other"').status_code == 412
    head = asked.bank.request("HEAD", path, READ_KEY)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(content))


def test_a_large_report_is_streamed(asked: Asked) -> None:
    told, content = asked.add(CSV), b'"' + b"x" * 3_000_000 + b'"'
    asked.report(told, content)
    assert asked.bank.get(f"/datasets/{told['id']}/report").content == content


def test_a_report_whose_file_was_lost_or_damaged_is_not_told(asked: Asked) -> None:
    told = asked.add(CSV)
    file_id = asked.report(told, b'{"damaged":1}')
    path = asked.bank.root / file_id[:2] / file_id[2:4] / f"{file_id}.bin"
    path.write_bytes(b'{"damaged":2}')
    for _ in range(2):
        answer = asked.bank.get(f"/datasets/{told['id']}/report")
        assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert "force=true" in answer.json()["message"]
    asked.bank.request("DELETE", f"/files/{file_id}?force=true", DELETE_KEY)
    assert asked.bank.get(f"/datasets/{told['id']}/report").status_code == 503
    assert asked.bank.request("HEAD", f"/datasets/{told['id']}/report", READ_KEY).status_code == 503


def test_the_files_of_a_dataset_stay_while_it_is_there(asked: Asked) -> None:
    told = asked.add(CSV, "needed.csv")
    report = asked.report(told, b'{"needed":1}')
    for file_id in (report, Digest.of(CSV).hex):
        refused = asked.bank.request("DELETE", f"/files/{file_id}", DELETE_KEY)
        assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
        assert f"the dataset {told['id']} (needed.csv)" in refused.json()["message"]
    asked.ask("DELETE", f"/{told['id']}", status=204)
    asked.get(f"/{told['id']}", 404)
    assert asked.bank.get(f"/jobs/{told['latest_job_id']}").json()["state"] == "cancelled"
    for file_id in (report, Digest.of(CSV).hex):
        assert asked.bank.request("DELETE", f"/files/{file_id}", DELETE_KEY).status_code == 204


def test_a_dataset_that_was_removed_may_come_again(asked: Asked) -> None:
    first = asked.add(CSV)
    asked.ask("DELETE", f"/{first['id']}", status=204)
    assert asked.add(CSV)["id"] != first["id"]
