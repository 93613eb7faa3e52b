"""The pages of jobs."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from data_bank_api.queue.claims import Claim, Claims
from data_bank_api.queue.job import NewJob
from data_bank_api.queue.jobs import Jobs
from data_bank_client.wire.jobs import JobError, JobResult
from tests.data_bank_api.api.asked_bank import Asked, build
from tests.data_bank_api.ui.conftest import Visit, close
from tests.data_bank_api.ui.visitor import HTMX, Visitor, tags_of, text_of
from tests.fakes.redis_server import RedisServer
from tests.running_bank import DELETE_KEY, READ_KEY

MARKUP = "<script>alert(1)</script><b>"


@pytest.fixture
def jobs(asked: Asked) -> Jobs:
    return asked.bank.require_desk().jobs


def ping(jobs: Jobs, message: str) -> str:
    return jobs.enqueue(NewJob("ping", {"message": message})).job_id


def begin(asked: Asked, job_id: str) -> Claim:
    claim = Claims(asked.bank.require_desk().database).claim(job_id, 1)
    assert claim is not None
    return claim


def test_jobs_are_listed_newest_first_and_by_state_and_kind(jobs: Jobs, person: Visitor) -> None:
    one, two = ping(jobs, "one"), ping(jobs, "two")
    jobs.cancel(one)
    page = person.page("/ui/jobs")
    assert page.index(two[:8]) < page.index(one[:8])
    cancelled = person.page("/ui/jobs?state=cancelled&kind=")
    assert one[:8] in cancelled
    assert two[:8] not in cancelled
    assert "<option selected>cancelled</option>" in cancelled
    assert "No job is so." in text_of(person.page("/ui/jobs?state=failure&kind=sweep"))


def test_a_job_leads_to_the_dataset_that_it_is_for(jobs: Jobs, person: Visitor) -> None:
    dataset_id = "5d943274-2b6d-415f-8f39-e6e6a306a63a"
    job = jobs.enqueue(NewJob("dataset.process", {}, dataset_id=dataset_id))
    page = person.page(f"/ui/jobs/{job.job_id}")
    assert f'<a href="/ui/datasets/{dataset_id}">' in page
    assert "/ui/datasets/" not in person.page(f"/ui/jobs/{ping(jobs, 'for none')}")


def test_the_list_goes_on_and_only_its_beginning_is_live(jobs: Jobs, person: Visitor) -> None:
    for each in range(52):
        ping(jobs, f"page {each}")
    first = person.page("/ui/jobs?kind=ping")
    assert 'data-events="/ui/events"' in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert following.startswith("/ui/jobs?kind=ping&cursor=")
    second = person.page(following)
    assert "data-events" not in second
    assert '<a href="/ui/jobs?kind=ping">First page</a>' in second


def test_markup_in_a_job_is_text(jobs: Jobs, person: Visitor) -> None:
    job_id = ping(jobs, MARKUP)
    for path in ("/ui/jobs", f"/ui/jobs/{job_id}"):
        page = person.page(path)
        assert MARKUP in text_of(page)
        assert "b" not in tags_of(page)


def test_a_job_shows_its_log_and_its_result(asked: Asked, jobs: Jobs, person: Visitor) -> None:
    job_id = ping(jobs, "done")
    claim = begin(asked, job_id)
    page = person.page(f"/ui/jobs/{job_id}")
    assert f'data-events="/ui/events?job_id={job_id}"' in page
    assert claim.succeed(JobResult(result_id="0" * 64, result_bytes=4000, details={"a": 1}))
    page = person.page(f"/ui/jobs/{job_id}")
    assert "data-events" not in page
    text = text_of(page)
    assert "success 100 %" in text
    assert "Result File 000000000000 , 4.00 kB" in text
    assert '{ "a": 1 }' in text
    assert "info queued" in text


def test_of_a_long_log_the_end_is_shown_and_the_rest_if_it_is_asked_for(
    asked: Asked, jobs: Jobs, person: Visitor
) -> None:
    job_id = ping(jobs, "talkative")
    claim = begin(asked, job_id)
    for number in range(210):
        claim.log("info", f"line-{number}.")
    page = f"/ui/jobs/{job_id}"
    shown = person.page(page)
    assert "line-209." in shown
    assert "line-9." not in shown
    assert "Show 12 more" in shown
    whole = person.page(f"{page}?log=all")
    assert "line-9." in whole
    assert f'hx-get="{page}?log=all"' in whole
    assert "Show " not in whole


def test_a_job_is_cancelled_and_begun_anew(jobs: Jobs, person: Visitor) -> None:
    job_id = ping(jobs, "by hand")
    page = f"/ui/jobs/{job_id}"
    assert f'action="{page}/cancel"' in person.page(page)
    assert person.submit(f"{page}/cancel").headers["location"] == page
    assert jobs.get(job_id).state == "cancelled"
    assert f'action="{page}/retry"' in person.page(page)
    assert person.submit(f"{page}/retry").headers["location"] == page
    assert jobs.get(job_id).state == "queued"
    again = person.submit(f"{page}/retry")
    assert again.status_code == 409
    assert "only a failed or cancelled one is retried" in again.text


def test_who_may_not_change_a_job_is_not_offered_it_and_cannot(jobs: Jobs, visit: Visit) -> None:
    job_id = ping(jobs, "not yours")
    assert "/cancel" not in visit(READ_KEY).page(f"/ui/jobs/{job_id}")
    for key in (READ_KEY, DELETE_KEY):  # of which the second may cancel jobs of other kinds
        assert visit(key).submit(f"/ui/jobs/{job_id}/cancel").status_code == 403
    assert jobs.get(job_id).state == "queued"


def test_a_job_that_failed_says_why(asked: Asked, jobs: Jobs, person: Visitor) -> None:
    job_id = ping(jobs, "lost")
    error = JobError(kind="user", code="INVALID_INPUT", message=f"line 3: {MARKUP}")
    assert begin(asked, job_id).fail(error)
    for page in ("/ui/jobs?state=failure", f"/ui/jobs/{job_id}"):
        assert f"line 3: {MARKUP}" in text_of(person.page(page))
    assert "INVALID_INPUT" in person.page(f"/ui/jobs/{job_id}")


def test_a_job_that_there_is_not_is_told_on_a_page(person: Visitor) -> None:
    for path in (f"/ui/jobs/{'0' * 32}", "/ui/jobs/x"):
        answer = person.get(path)
        assert (answer.status_code, "There is no such job." in answer.text) == (404, True)


@pytest.mark.parametrize("query", ["state=odd", "cursor=x", "kind=%00"])
def test_a_wrong_question_is_told_beside_the_list(person: Visitor, query: str) -> None:
    answer = person.get(f"/ui/jobs?{query}", **HTMX)
    assert answer.status_code in (400, 422)
    assert answer.headers["hx-retarget"] == "#notice"


def test_events_need_redis(person: Visitor) -> None:
    answer = person.get("/ui/events", Accept="text/event-stream")
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")


def test_without_redis_there_are_no_jobs_and_the_page_says_so(lone: Visitor) -> None:
    answer = lone.get("/ui/jobs")
    assert answer.status_code == 503
    assert "Jobs need Redis: set REDIS_URL." in answer.text


def test_who_follows_events_does_so_as_long_as_the_session(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    asked = build(tmp_path, redis_server.url)
    token = replace(asked.bank.sessions, seconds=2).open(READ_KEY)
    with closing(Visitor(asked, token)) as visitor:
        begun = time.monotonic()
        followed = visitor.get("/ui/events", Accept="text/event-stream")
        assert time.monotonic() - begun < 20
        assert followed.status_code == 200
        assert visitor.get("/ui/events", Accept="text/event-stream").status_code == 401
    close(asked)
