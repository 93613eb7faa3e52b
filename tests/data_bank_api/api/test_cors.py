"""Pages of other sites: which may call from a browser, what they may send and see."""

from pathlib import Path

import httpx2
import pytest

from data_bank_api.api.middleware.cors import EXPOSED, METHODS, SENT
from tests.data_bank_api.api.asked_bank import Asked, build
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.running_bank import READ_KEY, UPLOAD_KEY

HERE, OTHER = "https://app.example.org", "https://evil.example.org"
ALLOW = "access-control-allow-origin"


def open_to(folder: Path, origins: str) -> Asked:
    return build(folder, REDIS_AWAY, CORS_ORIGINS=origins)


def ask_before(asked: Asked, origin: str, method: str, *headers: str) -> httpx2.Response:
    """As a browser does."""
    said: dict[str, str] = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": ",".join(headers).lower() or "range",
    }
    return asked.ask("/files", None, "OPTIONS", None, **said)


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return open_to(tmp_path, f"{HERE},http://localhost:3000")


def test_by_default_no_other_site_is_answered(tmp_path: Path) -> None:
    asked = build(tmp_path, REDIS_AWAY)
    assert ask_before(asked, HERE, "GET").status_code == 405
    assert ALLOW not in asked.ask("/files", origin=HERE).headers


@pytest.mark.parametrize("method", METHODS)
def test_a_site_that_may_call_is_told_so_without_a_key(asked: Asked, method: str) -> None:
    answer = ask_before(asked, HERE, method, *SENT)
    assert answer.status_code == 200
    assert answer.headers[ALLOW] == HERE
    assert method in answer.headers["access-control-allow-methods"]


def test_another_site_is_refused(asked: Asked) -> None:
    answer = ask_before(asked, OTHER, "GET")
    assert answer.status_code == 400
    assert ALLOW not in answer.headers
    assert ALLOW not in asked.ask("/files", origin=OTHER).headers


@pytest.mark.parametrize(
    "origin", ["https://app.example.org.evil.org", "http://app.example.org", "null"]
)
def test_an_origin_is_that_very_one(asked: Asked, origin: str) -> None:
    assert ALLOW not in ask_before(asked, origin, "GET").headers


def test_an_answer_names_its_origin_and_what_may_be_seen_of_it(asked: Asked) -> None:
    stored = asked.ask("/files", UPLOAD_KEY, "POST", {"a": "b"}, origin=HERE)
    answer = asked.ask(f"/files/{stored.json()['file_id']}", origin=HERE, range="bytes=0-1")
    assert (answer.status_code, answer.headers[ALLOW]) == (206, HERE)
    seen = answer.headers["access-control-expose-headers"].lower()
    assert {"etag", "content-range", "repr-digest", "location"} <= set(seen.split(", "))
    assert {"etag", "content-range"} <= set(answer.headers)
    assert "origin" in answer.headers["vary"].lower()


def test_what_may_be_seen_is_there_in_some_answer(asked: Asked) -> None:
    """Otherwise the list grows old."""
    stored = asked.ask("/files", UPLOAD_KEY, "POST", {"a": "b"})
    path = f"/files/{stored.json()['file_id']}"
    answers = [
        stored,
        asked.ask(path, range="bytes=0-1"),
        asked.ask(path, method="DELETE"),
        asked.ask("/files", None),
        asked.ask("/files", method="PATCH"),
        asked.ask("/api/datasets?search=a"),
    ]
    there = {name.lower() for each in answers for name in each.headers}
    assert {name.lower() for name in EXPOSED} - there <= {"retry-after", "location"}


def test_also_a_refusal_can_be_read_there(asked: Asked) -> None:
    answer = asked.ask("/files", None, origin=HERE)
    assert (answer.status_code, answer.headers[ALLOW]) == (401, HERE)


def test_a_cache_is_told_that_answers_differ_also_where_nobody_says_where_he_is(
    asked: Asked,
) -> None:
    assert "origin" in asked.ask("/healthz", None).headers["vary"].lower()


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("Transfer-Encoding", "gzip, chunked", 400),
        ("Transfer-Encoding", "chunked", 405),
        ("Content-Length", "4", 405),
    ],
)
def test_what_no_browser_asks_beforehand_is_judged_as_any_request(
    asked: Asked, field: str, value: str, status: int
) -> None:
    said = {"origin": HERE, "access-control-request-method": "GET", field: value}
    answer = asked.ask("/files", None, "OPTIONS", None, **said)
    assert answer.status_code == status
    assert answer.headers["connection"] == "close"


def test_for_every_site_there_is_one_answer_and_never_cookies(tmp_path: Path) -> None:
    asked = open_to(tmp_path, "*")
    for answer in (ask_before(asked, OTHER, "GET"), asked.ask("/files", READ_KEY, origin=OTHER)):
        assert answer.status_code == 200
        assert answer.headers[ALLOW] == "*"
        assert "access-control-allow-credentials" not in answer.headers


def test_a_small_file_that_was_fetched_lately_is_open_to_a_site_too(asked: Asked) -> None:
    stored = asked.ask("/files", UPLOAD_KEY, "POST", {"a": "b"}).json()
    for _ in range(3):
        answer = asked.ask(f"/files/{stored['file_id']}", origin=HERE)
        assert answer.headers[ALLOW] == HERE
