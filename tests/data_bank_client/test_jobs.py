"""Jobs by either client: started, listed, changed, awaited, watched."""

from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from data_bank_client import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    JobFilter,
    JobNotFoundError,
    ServiceUnavailableError,
    UnexpectedAnswerError,
)
from data_bank_client.calls import watching
from data_bank_client.calls.call import Answer, Give, Request, Signal, Wait
from data_bank_client.errors import DataBankClientError
from data_bank_client.wire.jobs import JobPage
from tests.data_bank_client.faces import Face
from tests.data_bank_client.fake_bank import fail, failing, lose
from tests.data_bank_client.fake_jobs import (
    JOB,
    JobBank,
    completed,
    gave_up,
    job,
    names,
    progressed,
    started,
    telling,
    told,
    without_log,
)

ENDED = job("success", 100.0)


@pytest.fixture
def bank() -> JobBank:
    return JobBank(ENDED)


@pytest.fixture(autouse=True)
def _looks_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_PAUSE", 0.0)
    monkeypatch.setattr(watching, "FIRST_PAUSE", 0.0)


def test_a_job_is_started_with_what_was_said(bank: JobBank, client: Face) -> None:
    queued = without_log(job("queued"))
    bank.kept["POST /jobs"] = telling(202, queued)
    assert client.start_job("ping", {"seconds": 1}, key="k", user_id=7) == queued
    assert client.start_job("ping") == queued
    sent = [msgspec.json.decode(each.content, type=dict[str, object]) for each in bank.requests]
    assert sent == [
        {"kind": "ping", "arguments": {"seconds": 1}, "key": "k", "user_id": 7},
        {"kind": "ping", "arguments": {}, "key": None, "user_id": 0},
    ]


def test_a_start_whose_answer_was_lost_is_sent_again(bank: JobBank, client: Face) -> None:
    bank.kept["POST /jobs"] = telling(202, without_log(job("queued")))
    bank.faults = [lose]
    client.start_job("ping")
    assert bank.asked == ["POST /jobs"] * 2


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_arguments_that_are_no_json_are_not_sent(
    bank: JobBank, client: Face, value: object
) -> None:
    with pytest.raises(InvalidInputError, match="JSON"):
        client.start_job("ping", {"value": value})
    assert bank.requests == []


def test_a_job_is_looked_at_with_its_log(client: Face) -> None:
    assert client.get_job(JOB) == ENDED


def test_an_answer_about_another_job_is_unexpected(bank: JobBank, client: Face) -> None:
    bank.looks = [job("queued", job_id="6" * 32)]
    with pytest.raises(UnexpectedAnswerError, match="asked about"):
        client.get_job(JOB)


@pytest.mark.parametrize("job_id", ["", "x", f"{JOB}\n", "A" * 32, "../files"])
def test_what_cannot_be_an_id_is_not_asked_about(bank: JobBank, client: Face, job_id: str) -> None:
    for call in (client.get_job, client.cancel_job, client.retry_job, client.wait_for_job):
        with pytest.raises(InvalidInputError, match="32 hexadecimal digits"):
            call(job_id)
    assert bank.requests == []


def test_a_list_says_what_is_wanted(bank: JobBank, client: Face) -> None:
    page = JobPage(items=[without_log(ENDED)], next_cursor=None, has_more=False)
    bank.kept["GET /jobs"] = telling(200, page)
    noon = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=1)))
    found = client.list_jobs(
        7, "abc", state=("queued", "started"), kind="ping", dataset_id="d", queued_before=noon
    )
    assert found == page
    assert dict(bank.requests[0].url.params) == {
        "limit": "7",
        "cursor": "abc",
        "state": "queued,started",
        "kind": "ping",
        "dataset_id": "d",
        "queued_before": "2026-11-21T11:00:00.000000Z",
    }


def test_all_jobs_come_over_as_many_pages_as_it_takes(bank: JobBank, client: Face) -> None:
    first = JobPage(items=[without_log(job("queued"))], next_cursor="next", has_more=True)
    last = JobPage(items=[without_log(ENDED)], next_cursor=None, has_more=False)
    pages = iter([first, last])
    bank.kept["GET /jobs"] = lambda _: told(200, next(pages))
    found = list(client.iter_jobs(state="queued", queued_after=None))
    assert [each["state"] for each in found] == ["queued", "success"]
    assert [each.url.params.get("cursor") for each in bank.requests] == [None, "next"]
    assert bank.requests[1].url.params["state"] == "queued"


@pytest.mark.parametrize(
    "wanted",
    [
        JobFilter(kind="\ud800"),
        JobFilter(dataset_id="a\nb"),
        JobFilter(queued_after=datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)),
    ],
)
def test_a_wish_that_cannot_be_said_is_refused(
    bank: JobBank, client: Face, wanted: JobFilter
) -> None:
    with pytest.raises(InvalidInputError):
        client.list_jobs(**wanted)
    with pytest.raises(InvalidInputError):
        client.list_jobs(cursor="é\n")
    assert bank.requests == []


def test_a_job_is_cancelled_and_retried(bank: JobBank, client: Face) -> None:
    bank.kept[f"POST /jobs/{JOB}/cancel"] = telling(200, without_log(job("cancelled")))
    bank.kept[f"POST /jobs/{JOB}/retry"] = telling(202, without_log(job("queued")))
    assert client.cancel_job(JOB)["state"] == "cancelled"
    assert client.retry_job(JOB)["state"] == "queued"


def test_a_retry_whose_answer_was_lost_is_done(bank: JobBank, client: Face) -> None:
    bank.looks = [job("started", 3.0)]
    bank.faults = [lose, failing(ConflictError("the job is started"))]
    assert client.retry_job(JOB) == without_log(job("started", 3.0))


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_retry_that_is_refused_says_why(bank: JobBank, client: Face, is_lost: bool) -> None:
    refusal = failing(ConflictError("the job is success"))
    bank.faults = [lose, refusal] if is_lost else [refusal]
    with pytest.raises(ConflictError, match="the job is success"):
        client.retry_job(JOB)


def test_who_waits_gets_the_job_as_it_ended(bank: JobBank, client: Face) -> None:
    bank.looks = [job("queued"), job("started", 50.0), job("retrying", 50.0), job("failure", 60.0)]
    assert client.wait_for_job(JOB) == job("failure", 60.0)


def test_who_waits_waits_no_longer_than_said(bank: JobBank, client: Face) -> None:
    bank.looks = [job("started")]
    with pytest.raises(TimeoutError, match=r"is started after 0\.01 seconds"):
        client.wait_for_job(JOB, 0.01)
    assert len(bank.requests) >= 2


def test_a_job_is_seen_step_by_step_to_its_end(bank: JobBank, client: Face) -> None:
    bank.looks = [job("queued"), ENDED]
    bank.streams = [[started(1), progressed(2, 40.0, "nearly half"), completed(3)]]
    seen = list(client.watch_job(JOB))
    assert seen == [
        job("queued"),
        started(1),
        progressed(2, 40.0, "nearly half"),
        completed(3),
        ENDED,
    ]
    assert bank.asked == [f"GET /jobs/{JOB}", "GET /events", f"GET /jobs/{JOB}"]
    assert dict(bank.requests[1].url.params) == {"job_id": JOB}
    assert bank.requests[1].headers["last-event-id"] == "0-0"


def test_a_job_that_has_ended_is_seen_once(bank: JobBank, client: Face) -> None:
    assert list(client.watch_job(JOB)) == [ENDED]
    assert len(bank.requests) == 1


def test_an_end_that_was_not_the_last_is_watched_past(bank: JobBank, client: Face) -> None:
    bank.looks = [job("started"), job("started"), ENDED]
    bank.streams = [[gave_up(1), started(2)], [started(2), completed(3)]]
    seen = names(list(client.watch_job(JOB)))
    assert seen == ["started", "JobFailed", "started", "JobStarted", "JobCompleted", "success"]
    assert bank.requests[3].headers["last-event-id"] == "1-0"


def test_a_stream_that_ends_is_resumed_after_a_look(bank: JobBank, client: Face) -> None:
    bank.looks = [job("started"), job("started", 1.0), ENDED]
    bank.streams = [[progressed(1, 1.0)], [completed(2)]]
    seen = names(list(client.watch_job(JOB)))
    assert seen == ["started", "JobProgress", "started", "JobCompleted", "success"]
    assert bank.requests[3].headers["last-event-id"] == "1-0"


def test_where_there_are_no_events_the_job_is_looked_at(bank: JobBank, client: Face) -> None:
    bank.looks = [job("queued"), job("started", 20.0), job("started", 70.0), ENDED]
    seen = names(list(client.watch_job(JOB)))
    assert seen == ["queued", "started", "started", "success"]


def test_a_service_that_is_away_for_a_while_is_waited_for(bank: JobBank, client: Face) -> None:
    bank.looks = [job("started"), ENDED]
    bank.streams = [[completed(1)]]
    bank.faults = [None, None] + [lose] * 12
    assert names(list(client.watch_job(JOB))) == ["started", "JobCompleted", "success"]


def test_what_was_missed_of_a_job_that_has_ended_is_told_too(bank: JobBank, client: Face) -> None:
    bank.looks = [job("queued"), ENDED]
    bank.streams = [[started(1)], [progressed(2, 90.0), completed(3)]]
    seen = names(list(client.watch_job(JOB)))
    assert seen == ["queued", "JobStarted", "JobProgress", "JobCompleted", "success"]


def test_who_leaves_early_leaves_nothing_open(bank: JobBank, client: Face) -> None:
    bank.looks = [job("started")]
    bank.streams = [[started(1), started(2)]]
    with closing(client.watch_job(JOB)) as watched:
        assert names([next(watched), next(watched)]) == ["started", "JobStarted"]


def test_a_job_that_is_gone_or_not_for_this_key_is_an_error(bank: JobBank, client: Face) -> None:
    bank.looks = []
    with pytest.raises(JobNotFoundError):
        list(client.watch_job(JOB))
    bank.looks = [job("started")]
    bank.faults = [None, None, lambda _: fail(ForbiddenError("no"))]
    bank.streams = [[completed(1)]]
    with pytest.raises(ForbiddenError):
        list(client.watch_job(JOB))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


LOOK = Answer(200, body=msgspec.json.encode(job("started")))
STREAM = Answer(200, {"content-type": "text/event-stream"}, b": hello\n")


def test_events_that_rest_are_left_for_a_look() -> None:
    clock = Clock()
    flow = watching.watch(JOB, clock)
    assert isinstance(next(flow), Request)
    assert isinstance(flow.send(LOOK), Give)
    assert isinstance(flow.send(Answer(0)), Request)
    assert flow.send(STREAM) is Signal.MORE
    clock.now = watching.REST - 1
    assert flow.send(STREAM) is Signal.MORE
    clock.now = watching.REST
    step = flow.send(STREAM)
    assert isinstance(step, Request)
    assert step.path == f"/jobs/{JOB}"


def test_a_service_that_stays_away_is_given_up_after_a_minute() -> None:
    clock, away = Clock(), ServiceUnavailableError("away")
    flow = watching.wait(JOB, None, clock)
    next(flow)
    assert isinstance(flow.send(LOOK), Wait)
    assert isinstance(flow.send(Answer(0)), Request)
    waiting = flow.throw(away)
    assert isinstance(waiting, Wait)
    assert waiting.reason is away
    assert isinstance(flow.send(Answer(0)), Request)
    clock.now = watching.PATIENCE
    with pytest.raises(DataBankClientError, match="away"):
        flow.throw(away)
