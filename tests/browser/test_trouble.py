"""What goes wrong while somebody looks at a page, and what is seen of it."""

from pathlib import Path

import msgspec
from playwright.sync_api import Page, Route, expect

from tests.browser.house import ALL, House, Watch, put, sign_in

REFUSED = "Failed to load resource"


def test_an_upload_that_is_refused_or_cut_says_why(
    page: Page, watch: Watch, tmp_path: Path
) -> None:
    watch.allowed = (REFUSED,)
    told = msgspec.json.encode(
        {"code": "PAYLOAD_TOO_LARGE", "message": "a file may have <b>1 byte" + ", no more" * 20}
    )
    answers = {
        "large": lambda route: route.fulfill(status=413, body=told),
        "cut": lambda route: route.abort("connectionreset"),
        "proxy": lambda route: route.fulfill(status=502, body="<html>"),
    }

    def answer(route: Route) -> None:
        answers[route.request.url.rpartition("=")[2]](route)

    sign_in(page)
    page.goto("/ui/files")
    page.route("**/ui/files?name=*", answer)
    page.get_by_label("Store a file").set_input_files(
        [put(tmp_path, each, b"12") for each in answers]
    )
    says = page.get_by_label("Uploads").locator(".failed .says")
    expect(says).to_have_text(
        [
            f"a file may have <b>1 byte{', no more' * 20}",
            "the connection was lost",
            "the bank answered 502",
        ]
    )
    is_whole = "each => each.scrollHeight <= each.clientHeight"
    assert says.first.evaluate(is_whole)


def test_who_is_signed_out_meanwhile_is_led_to_the_door_and_back(page: Page, watch: Watch) -> None:
    watch.allowed = (REFUSED,)  # the stream of events, where it is asked for before
    sign_in(page)
    page.goto("/ui/jobs")
    page.context.clear_cookies()
    page.get_by_label("State").select_option("success")
    page.get_by_label("Key").fill(ALL)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()


def test_an_upload_without_a_session_leads_to_the_door(
    page: Page, watch: Watch, tmp_path: Path
) -> None:
    watch.allowed = (REFUSED,)
    sign_in(page)
    page.goto("/ui/files")
    page.context.clear_cookies()
    page.get_by_label("Store a file").set_input_files(put(tmp_path, "late", b"12"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_what_a_search_cannot_find_is_told_beside_the_list_and_goes_away(
    page: Page, watch: Watch
) -> None:
    watch.allowed = (REFUSED,)
    sign_in(page)
    page.goto("/ui/jobs")
    page.evaluate("document.querySelector('#state').options[1].value = 'odd'")
    page.get_by_label("State").select_option("odd")
    expect(page.get_by_role("alert")).to_contain_text("State must be of queued")
    page.get_by_label("State").select_option("success")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_page_follows_again_after_its_stream_was_cut(page: Page, house: House) -> None:
    sign_in(page)
    job_id = house.ping(3, "through a cut")
    asked: list[str] = []

    def cut_the_first(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(content_type="text/event-stream", body="retry: 100\n\n")
        else:
            route.continue_()

    page.route("**/ui/events?*", cut_the_first)
    page.goto(f"/ui/jobs/{job_id}")
    expect(page.locator(".state")).to_have_text("success")
    assert len(asked) > 1
