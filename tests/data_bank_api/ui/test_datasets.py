"""The pages of datasets."""

from uuid import uuid4

import pytest

from data_bank_api.queue.claims import Claims
from data_bank_client.wire.digest import Digest
from tests.data_bank_api.api.asked_bank import Asked
from tests.data_bank_api.ui.conftest import Visit
from tests.data_bank_api.ui.visitor import HTMX, OWN, Visitor, tags_of, text_of
from tests.fakes import reported
from tests.fakes.dataset_forms import FORM, file_part, form, name_part
from tests.fakes.files import describe, put
from tests.running_bank import DELETE_KEY, READ_KEY, UPLOAD_KEY

MARKUP = "<script>alert(1)</script><b>"
MISSING = "00000000-0000-4000-8000-000000000000"


def send(visitor: Visitor, *parts: bytes, status: int = 303, **headers: str) -> str:
    """Where the form leads to, or what is told."""
    sent = {**FORM, **OWN, **headers}
    path = f"/ui/datasets?proof={visitor.proof}"
    answer = visitor.ask("POST", path, form(*parts), **sent)
    assert answer.status_code == status, answer.text
    return answer.headers.get("location", answer.text)


def content() -> bytes:
    """Of a dataset of its own."""
    return f"a,b\n{uuid4()},2\n".encode()


def test_a_form_without_scripts_adds_a_dataset_and_leads_to_it(person: Visitor) -> None:
    table = content()
    place = send(person, name_part(b"Sales of May"), file_part(table, "may.csv"))
    text = text_of(person.page(place))
    assert "Sales of May uploaded 0 % Waiting (now) Reading (to come)" in text
    assert "File may.csv Size" in text
    assert f"SHA-256 {Digest.of(table)}" in text
    assert send(person, file_part(table, "may.csv")) == place


def test_a_script_is_told_where_its_dataset_is_and_whether_it_is_new(person: Visitor) -> None:
    table, asked = content(), {"Accept": "application/json"}
    told = send(person, file_part(table, "a.csv"), status=201, **asked)
    assert told.startswith('{"path":"/ui/datasets/')
    assert told.rstrip().endswith('"is_new":true}')
    assert '"is_new":false' in send(person, file_part(table), status=200, **asked)


def test_what_is_no_dataset_is_told_on_a_page(person: Visitor) -> None:
    page = send(person, file_part(b"x", "a.png", "image/png"), status=415)
    assert "A dataset is text/csv, application/json" in text_of(page)


def test_who_may_only_upload_is_told_that_it_is_taken(visit: Visit) -> None:
    visitor = visit(UPLOAD_KEY)
    place = send(visitor, file_part(content()))
    assert place == "/ui/datasets?taken=1"
    page = visitor.page(place)
    assert "It is taken, and its report will be made." in text_of(page)
    assert "<table" not in page
    told = send(visitor, file_part(content()), status=201, Accept="application/json")
    assert told.startswith('{"path":null')


def test_who_may_only_read_is_offered_no_upload(asked: Asked, visit: Visit) -> None:
    dataset, reader = reported.add(asked, f"only read {uuid4()}"), visit(READ_KEY)
    page = reader.page("/ui/datasets")
    assert 'id="upload"' not in page
    assert "from-file" not in page
    one = reader.page(f"/ui/datasets/{dataset.dataset_id}")
    assert "/process" not in one
    assert "/removal" not in one


def test_datasets_are_listed_newest_first_and_found_by_name_and_status(
    asked: Asked, person: Visitor
) -> None:
    mark = uuid4().hex
    old, new = (reported.add(asked, f"{mark} {each}") for each in ("Old", "New"))
    reported.write(asked, old, status="failed", error="line 3: it ends too early")
    page = person.page(f"/ui/datasets?name_contains={mark}&status=")
    assert page.index(new.dataset_id) < page.index(old.dataset_id)
    assert "failed" in text_of(page)
    assert "line 3: it ends too early" in text_of(page)
    failed = person.page(f"/ui/datasets?name_contains={mark}&status=failed", **HTMX)
    assert old.dataset_id in failed
    assert new.dataset_id not in failed
    assert "No dataset is so." in person.page("/ui/datasets?name_contains=nowhere")


def test_the_list_goes_on_and_only_its_beginning_is_live(asked: Asked, person: Visitor) -> None:
    mark = uuid4().hex
    for each in range(51):
        reported.add(asked, f"{mark} {each}")
    first = person.page(f"/ui/datasets?name_contains={mark}")
    assert 'data-events="/ui/events"' in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = person.page(following)
    assert "data-events" not in second
    assert f"{mark} 0" in second
    assert "First page" in second


@pytest.mark.parametrize("query", ["status=x", "cursor=x", f"name_contains={'x' * 256}"])
def test_a_question_that_is_wrong_is_told_on_a_page(person: Visitor, query: str) -> None:
    assert person.get(f"/ui/datasets?{query}").status_code in (400, 422)


def test_a_file_of_the_bank_becomes_a_dataset(asked: Asked, person: Visitor) -> None:
    table = content()
    file_id = put(asked.bank.store, table, describe(table)).info.digest.hex
    form_of_it = f"/ui/datasets/from-file?file_id={file_id}"
    assert f'href="{form_of_it}"' in person.page(f"/ui/files/{file_id}")
    page = person.page(form_of_it)
    assert f'name="file_id" value="{file_id}"' in page
    fields = {"file_id": f" {file_id} ", "name": "", "content_type": ""}
    refused = person.submit("/ui/datasets/from-file", **fields)
    assert refused.status_code == 415
    assert "Its content type is not told" in text_of(refused.text)
    taken = person.submit("/ui/datasets/from-file", **{**fields, "content_type": "text/csv"})
    text = text_of(person.page(taken.headers["location"]))
    assert "Type text/csv" in text
    assert f"{file_id} uploaded" in text


@pytest.mark.parametrize(
    ("file_id", "status"),
    [("", 422), ("xyz", 422), ("0" * 64, 404)],
    ids=["none", "odd", "unknown"],
)
def test_a_file_that_is_not_there_is_told_beside_the_field(
    person: Visitor, file_id: str, status: int
) -> None:
    answer = person.submit("/ui/datasets/from-file", file_id=file_id, name="Mine")
    assert answer.status_code == status
    assert 'role="alert" id="refusal"' in answer.text
    assert 'name="name" value="Mine"' in answer.text


def test_a_dataset_is_live_while_its_job_is_under_way(asked: Asked, person: Visitor) -> None:
    dataset = reported.add(asked, f"live {uuid4()}")
    job_id = dataset.latest_job_id
    assert job_id is not None
    claim = Claims(asked.bank.require_desk().database).claim(job_id, 1)
    assert claim is not None
    page = person.page(f"/ui/datasets/{dataset.dataset_id}")
    assert f'data-events="/ui/events?job_id={job_id}"' in page
    assert "processing" in text_of(page)
    assert "/process" not in page


def test_one_that_failed_says_why_and_may_be_processed_again(asked: Asked, person: Visitor) -> None:
    dataset = reported.add(asked, f"failed {uuid4()}")
    asked.bank.require_desk().jobs.cancel(dataset.latest_job_id or "")
    reported.write(asked, dataset, status="failed", error="line 3: a quote is not closed")
    path = f"/ui/datasets/{dataset.dataset_id}"
    page = person.page(path)
    assert "Line 3: a quote is not closed" in text_of(page)
    assert "data-events" not in page
    assert person.submit(f"{path}/process").headers["location"] == path
    assert "Waiting (now)" in text_of(person.page(path))


def test_one_that_has_a_report_leads_to_it(asked: Asked, person: Visitor) -> None:
    dataset = reported.add(asked, f"done {uuid4()}")
    asked.bank.require_desk().jobs.cancel(dataset.latest_job_id or "")
    reported.report(asked, dataset, b"{}")
    path = f"/ui/datasets/{dataset.dataset_id}"
    page = person.page(path)
    assert f'href="{path}/report">Read the report' in page
    assert "done 2 rows, made 2026-11-21 10:00" in text_of(page)
    reported.write(asked, dataset, status="failed", latest_job_id=None)
    assert "There is a report of 2026-11-21 10:00" in text_of(person.page(path))


def test_a_dataset_is_removed_after_a_question(asked: Asked, person: Visitor, visit: Visit) -> None:
    dataset = reported.add(asked, f"gone soon {uuid4()}")
    path = f"/ui/datasets/{dataset.dataset_id}"
    assert f"{path}/removal" in person.page(path)
    assert "Its file stays in the bank, its report for a day" in person.page(f"{path}/removal")
    assert person.submit(f"{path}/removal").headers["location"] == "/ui/datasets"
    assert person.get(path).status_code == 404
    other = reported.add(asked, f"by the cleaner {uuid4()}")
    cleaner = visit(DELETE_KEY)
    answer = cleaner.submit(f"/ui/datasets/{other.dataset_id}/removal")
    assert answer.headers["location"] == "/ui"


def test_who_may_only_upload_is_led_to_the_overview_after_asking_again(
    asked: Asked, visit: Visit
) -> None:
    dataset = reported.add(asked, f"again {uuid4()}")
    answer = visit(UPLOAD_KEY).submit(f"/ui/datasets/{dataset.dataset_id}/process")
    assert answer.headers["location"] == "/ui"


def test_markup_in_names_is_text(asked: Asked, person: Visitor) -> None:
    dataset = reported.add(asked, f"{MARKUP}{uuid4()}")
    for path in ("/ui/datasets", f"/ui/datasets/{dataset.dataset_id}"):
        page = person.page(path)
        assert dataset.name in text_of(page)
        assert "b" not in tags_of(page)


@pytest.mark.parametrize("dataset_id", [MISSING, "nothing"])
@pytest.mark.parametrize("rest", ["", "/report", "/report/columns/1", "/removal"])
def test_what_is_not_there_is_told_so(person: Visitor, dataset_id: str, rest: str) -> None:
    assert person.get(f"/ui/datasets/{dataset_id}{rest}").status_code == 404


@pytest.mark.parametrize(
    "place", ["/ui/datasets", "/ui/datasets/from-file", f"/ui/datasets/{MISSING}"]
)
def test_a_bank_without_jobs_says_so(lone: Visitor, place: str) -> None:
    assert lone.get(place).status_code == 503
