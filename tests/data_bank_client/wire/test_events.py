"""Events as they travel."""

import msgspec
import pytest

from data_bank_client.wire.events import (
    EVENT_TYPES,
    LAST_TYPES,
    JobCompleted,
    JobEvent,
    JobFailed,
    JobProgress,
    JobStarted,
    decode_event,
    encode_event,
    type_of,
)

AT = "2026-11-21T10:00:00.000000Z"
EVENTS: dict[str, tuple[JobEvent, dict[str, object]]] = {
    "databank.job.started.v1": (JobStarted(event_id="e", at=AT, job_id="j"), {}),
    "databank.job.progress.v1": (
        JobProgress(
            event_id="e", at=AT, job_id="j", progress=50.0, message="half", payload={"rows": 7}
        ),
        {"progress": 50.0, "message": "half", "payload": {"rows": 7}},
    ),
    "databank.job.completed.v1": (
        JobCompleted(event_id="e", at=AT, job_id="j", result_id=None, result_bytes=0),
        {"result_id": None, "result_bytes": 0},
    ),
    "databank.job.failed.v1": (
        JobFailed(event_id="e", at=AT, job_id="j", error_kind="user", message="cancelled"),
        {"error_kind": "user", "message": "cancelled"},
    ),
}


def test_these_are_the_types_and_those_the_last_of_a_job() -> None:
    assert set(EVENT_TYPES) == set(EVENTS)
    assert {"databank.job.completed.v1", "databank.job.failed.v1"} == LAST_TYPES


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_told_with_what_all_have_and_its_own(name: str) -> None:
    event, own = EVENTS[name]
    told = {
        "type": name,
        "event_id": "e",
        "at": AT,
        "domain": "databank",
        "job_id": "j",
        "user_id": 0,
        "queue": "data_bank",
        **own,
    }
    assert msgspec.json.decode(encode_event(event)) == told
    assert type_of(event) == name


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_read_as_it_is_told(name: str) -> None:
    event, _ = EVENTS[name]
    assert decode_event(encode_event(event)) == event


def test_progress_without_words_has_none() -> None:
    told = encode_event(JobProgress(event_id="e", at=AT, job_id="j", progress=1.0))
    assert b"message" not in told
    assert b"payload" not in told


def test_what_a_later_version_adds_is_read_over() -> None:
    told = encode_event(EVENTS["databank.job.started.v1"][0]).replace(b"{", b'{"more": 1, ')
    assert decode_event(told) == EVENTS["databank.job.started.v1"][0]


@pytest.mark.parametrize("content", [b'{"type": "databank.job.slept.v1"}', b"{}", b"[]"])
def test_another_thing_is_no_event(content: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_event(content)
