"""Signing in and out, and what a session is kept from."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.data_bank_api.api.asked_bank import Asked, build
from tests.data_bank_api.ui.conftest import ALL, WITH_ALL, Visit
from tests.data_bank_api.ui.visitor import HTMX, OWN, Visitor, text_of
from tests.running_bank import DELETE_KEY, READ_KEY, UPLOAD_KEY

PARTS = {"Overview", "Files", "Jobs"}


def test_who_has_not_signed_in_is_led_to_the_door_and_back(visit: Visit) -> None:
    guest = visit(None)
    answer = guest.get("/ui/files?prefix=ab")
    assert answer.status_code == 303
    door = answer.headers["location"]
    assert door == "/ui/sign-in?next=%2Fui%2Ffiles%3Fprefix%3Dab"
    assert 'name="next" value="/ui/files?prefix=ab"' in guest.page(door)
    opened = guest.post("/ui/sign-in", {"key": f" {READ_KEY} ", "next": "/ui/files?prefix=ab"})
    assert (opened.status_code, opened.headers["location"]) == (303, "/ui/files?prefix=ab")
    assert "<h1>Files</h1>" in guest.page("/ui/files?prefix=ab")


@pytest.mark.parametrize(
    "place",
    ["//a.example", "https://a.example/ui", "/files", "/uix", "/ui\\..", "/ui/a b", "/ui\n", ""],
)
def test_nobody_is_led_anywhere_but_to_a_page(visit: Visit, place: str) -> None:
    opened = visit(None).post("/ui/sign-in", {"key": READ_KEY, "next": place})
    assert opened.headers["location"] == "/ui"


def test_a_key_that_is_not_known_is_refused_on_the_page(visit: Visit) -> None:
    guest = visit(None)
    answer = guest.sign_in("wrong<b>")
    assert (answer.status_code, guest.cookie) == (403, "")
    assert "This key is not known here." in text_of(answer.text)
    assert "wrong" not in answer.text


def test_the_cookie_is_for_the_pages_only_and_not_for_scripts(visit: Visit) -> None:
    cookie = visit(None).sign_in(ALL).headers["set-cookie"]
    assert ALL not in cookie
    assert set(cookie.split("; ")[1:]) == {
        "HttpOnly",
        "Max-Age=43200",
        "Path=/ui",
        "SameSite=strict",
    }


def test_the_cookie_of_a_browser_on_https_is_never_sent_in_the_clear(visit: Visit) -> None:
    guest = visit(None)
    answer = guest.post("/ui/sign-in", {"key": ALL}, Origin="https://bank")
    assert "Secure" in answer.headers["set-cookie"].split("; ")


def test_who_signs_out_is_a_guest_again(visit: Visit) -> None:
    person = visit(ALL)
    answer = person.submit("/ui/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ui/sign-in")
    assert 'databank_session="";' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("key", "parts"),
    [(READ_KEY, PARTS), (UPLOAD_KEY, {"Overview", "Files"}), (DELETE_KEY, {"Overview"})],
)
def test_only_the_parts_that_a_key_is_good_for_are_offered(
    visit: Visit, key: str, parts: set[str]
) -> None:
    text = text_of(visit(key).page("/ui").split("</header>")[0])
    assert {each for each in PARTS if f" {each} " in text} == parts


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        (OWN, True),
        ({"Origin": "http://bank"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://["}, False),
        ({**OWN, "Origin": "http://bank.evil.example"}, False),
        ({**OWN, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
    ],
)
def test_only_a_form_of_our_own_pages_is_taken(
    visit: Visit, headers: dict[str, str], is_ours: bool
) -> None:
    guest = visit(None)
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    answer = guest.ask("POST", "/ui/sign-in", f"key={ALL}".encode(), **sent)
    assert answer.status_code == (303 if is_ours else 403)
    assert (guest.cookie != "") == is_ours


def test_a_form_without_the_proof_of_its_session_does_nothing(visit: Visit) -> None:
    person, other = visit(ALL), visit(ALL)
    for proof in ("", "0" * 64, other.proof):
        answer = person.post("/ui/sign-out", {"proof": proof})
        assert answer.status_code == 403
        assert "form is of another session" in answer.text


def test_a_script_is_told_of_an_ended_session_as_data_and_htmx_by_where_to_go(visit: Visit) -> None:
    guest = visit(None)
    assert guest.get("/ui/events", Accept="text/event-stream").json()["code"] == "UNAUTHORIZED"
    answer = guest.get("/ui/jobs", **HTMX, HX_Current_URL="http://bank/ui/jobs?state=queued")
    assert answer.status_code == 200
    assert answer.headers["hx-redirect"] == "/ui/sign-in?next=%2Fui%2Fjobs%3Fstate%3Dqueued"
    for odd in ("http://[", "http://bank/ui"):
        answer = guest.get("/ui/jobs", **HTMX, HX_Current_URL=odd)
        assert answer.headers["hx-redirect"] == "/ui/sign-in?next=%2Fui"


def test_a_session_outlives_the_service_and_not_its_key(tmp_path: Path) -> None:
    keys = {**WITH_ALL, "API_READ_KEYS": "another", "API_DELETE_KEYS": "another"}
    with closing(Visitor(build(tmp_path, "", **keys))) as visitor:
        visitor.sign_in(ALL)
        assert visitor.get("/ui").status_code == 200
        visitor.asked = build(tmp_path, "", **keys)
        assert visitor.get("/ui").status_code == 200
        visitor.asked = build(tmp_path, "", **{**keys, "API_UPLOAD_KEYS": "another"})
        assert visitor.get("/ui").status_code == 303


def test_who_sends_a_form_without_a_session_comes_back_to_the_overview(visit: Visit) -> None:
    answer = visit(None).post("/ui/sign-out", {})
    assert answer.headers["location"] == "/ui/sign-in?next=%2Fui"


def test_a_session_opens_no_route_beside_the_pages(asked: Asked, person: Visitor) -> None:
    answer = person.get("/files")
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"key=" + b"a" * 70_000, 413), (b"key=%ff", 400), (b"a&" * 101, 400), (b"key=\xff", 400)],
)
def test_a_form_that_is_none_is_refused(visit: Visit, body: bytes, status: int) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert visit(None).ask("POST", "/ui/sign-in", body, **kind, **OWN).status_code == status


def test_a_body_of_another_type_is_no_form(visit: Visit) -> None:
    kind = {"Content-Type": "text/plain"}
    answer = visit(None).ask("POST", "/ui/sign-in", f"key={ALL}".encode(), **kind, **OWN)
    assert answer.status_code == 403
