"""What somebody does with the bank in a browser, from signing in to signing out."""

import hashlib
import os
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.house import ALL, House, Watch, put, sign_in
from tests.running_bank import READ_KEY

MARKUP = "<img src=x onerror=alert(1)><b>"


def test_a_file_that_is_stored_with_the_bar_is_listed_and_downloads_as_it_was(
    page: Page, tmp_path: Path
) -> None:
    content = os.urandom(3_000_000)
    digest = hashlib.sha256(content).hexdigest()
    sign_in(page)
    page.get_by_role("link", name="Files").click()
    page.get_by_label("Store a file").set_input_files(put(tmp_path, "rows.parquet", content))
    expect(page.get_by_role("listitem").filter(has_text="stored, 3.00 MB")).to_be_visible()
    bar = page.get_by_role("progressbar", name="Upload of rows.parquet")
    expect(bar).to_have_attribute("value", "3000000")
    page.get_by_label("Id begins with").fill(digest[:10])
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("Id begins with").fill("0" * 64)
    expect(page.get_by_text("id begins so.")).to_be_visible()
    page.get_by_label("Id begins with").fill(digest)
    page.get_by_role("link", name=digest).click()
    expect(page.get_by_text("application/vnd.apache.parquet")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    assert downloading.value.path().read_bytes() == content


def test_several_files_are_sent_one_after_the_other_and_one_may_be_stopped(
    page: Page, tmp_path: Path
) -> None:
    sign_in(page)
    page.goto("/ui/files")
    page.route("**/ui/files?name=slow", lambda _: None)  # it stays under way
    files = [put(tmp_path, name, name.encode()) for name in ("first", "slow", "never", "last")]
    page.get_by_label("Store a file").set_input_files(files)
    lines = page.get_by_label("Uploads").get_by_role("listitem")
    expect(lines.nth(0)).to_contain_text("stored, 5 bytes")
    expect(lines.nth(3)).to_contain_text("waiting, 4 bytes")
    lines.nth(2).get_by_role("button", name="Stop").click()
    lines.nth(1).get_by_role("button", name="Stop").click()
    expect(lines.nth(3)).to_contain_text("stored, 4 bytes")
    assert [lines.nth(each).locator(".says").inner_text() for each in (1, 2)] == ["stopped"] * 2


def test_a_job_is_watched_to_its_end(page: Page, house: House) -> None:
    sign_in(page)
    job_id = house.ping(2, "live")
    page.goto(f"/ui/jobs/{job_id}")
    expect(page.locator(".state")).to_have_text("success")
    expect(page.get_by_role("region", name="Result")).to_contain_text("live")


def test_the_list_of_jobs_follows_what_happens(page: Page, house: House) -> None:
    sign_in(page)
    page.goto("/ui/jobs")
    job_id = house.ping(1, "listed live")
    row = page.locator(f"#job-{job_id}")
    expect(row).to_contain_text("success")
    page.get_by_label("State").select_option("failure")
    expect(row).to_have_count(0)
    expect(page).to_have_url(f"{house.address}/ui/jobs?state=failure&kind=")


def test_a_job_is_cancelled_and_retried(page: Page, house: House) -> None:
    sign_in(page)
    job_id = house.ping(600, "long")
    page.goto(f"/ui/jobs/{job_id}")
    for _ in range(2):
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".state")).to_have_text("cancelled")
        if page.get_by_role("button", name="Retry").is_visible():
            page.get_by_role("button", name="Retry").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".state")).to_have_text("cancelled")


def test_markup_in_names_is_text(page: Page, house: House, tmp_path: Path) -> None:
    sign_in(page)
    page.goto("/ui/files")
    page.get_by_label("Store a file").set_input_files(put(tmp_path, f"{MARKUP}.csv", b"1"))
    expect(page.get_by_role("link", name=f"{MARKUP}.csv")).to_be_visible()
    page.goto(f"/ui/jobs/{house.ping(0, MARKUP)}")
    expect(page.locator(".facts")).to_contain_text(MARKUP)
    assert page.locator("img").count() == 0


def test_all_of_it_can_be_done_by_keyboard(page: Page, house: House) -> None:
    page.goto("/")
    page.keyboard.type(ALL)  # the field has the focus
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Overview").wait_for()
    page.keyboard.press("Tab")
    assert focused(page) == "To the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    job_id = house.ping(600, "by keyboard")
    page.goto(f"/ui/jobs/{job_id}")
    tab_to(page, "Cancel")
    page.keyboard.press("Enter")
    expect(page.locator(".state")).to_have_text("cancelled")
    tab_to(page, "Sign out")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText ?? ''")).strip()


def tab_to(page: Page, text: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if focused(page) == text:
            return
    raise AssertionError(f"{text} cannot be reached")


def test_without_scripts_files_are_stored_and_found_and_jobs_cancelled(
    browser: Browser, house: House, watch: Watch, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=house.address, java_script_enabled=False)
    page = context.new_page()
    watch.follow(page)
    sign_in(page)
    page.get_by_role("link", name="Files").click()
    page.get_by_label("Store a file").set_input_files(put(tmp_path, "a.csv", b"no,script\n"))
    page.get_by_role("button", name="Store", exact=True).click()
    digest = hashlib.sha256(b"no,script\n").hexdigest()
    expect(page).to_have_url(f"{house.address}/ui/files/{digest}")
    expect(page.get_by_text("text/csv")).to_be_visible()
    page.goto(f"/ui/jobs/{house.ping(600, 'no script')}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".state")).to_have_text("cancelled")
    context.close()
    assert watch.seen == []


def test_a_file_is_removed_after_a_question(page: Page, house: House) -> None:
    sign_in(page)
    page.goto(f"/ui/files/{house.bank.put(b'to be removed')}")
    page.get_by_role("link", name="Remove this file").click()
    page.get_by_role("button", name="Remove").click()
    expect(page).to_have_url(f"{house.address}/ui/files")


def test_what_a_key_may_not_do_is_not_offered(page: Page, house: House) -> None:
    file_id = house.bank.put(b"look only")
    sign_in(page, READ_KEY)
    page.goto("/ui/files")
    expect(page.get_by_label("Store a file")).to_have_count(0)
    page.goto(f"/ui/files/{file_id}")
    expect(page.get_by_role("link", name="Remove this file")).to_have_count(0)


def test_a_wrong_key_and_a_wrong_address_are_told_on_a_page(page: Page, watch: Watch) -> None:
    watch.allowed = ("403 (Forbidden)", "404 (Not Found)")
    page.goto("/ui/files")
    page.get_by_label("Key").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This key is not known here.")
    page.get_by_label("Key").fill(READ_KEY)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Files")).to_be_visible()
    page.goto("/ui/nothing")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_who_signs_out_has_to_sign_in_again(page: Page) -> None:
    sign_in(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    page.goto("/ui/files")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_going_back_shows_the_page_before_as_it_is_now(page: Page) -> None:
    sign_in(page)
    page.goto("/ui/jobs")
    page.get_by_label("State").select_option("failure")
    expect(page).to_have_url("/ui/jobs?state=failure&kind=")
    page.get_by_role("link", name="Files").click()
    expect(page.get_by_role("heading", name="Files")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    expect(page.get_by_role("navigation", name="Parts")).to_have_count(1)
