"""What somebody does with the bank in a browser, from signing in to signing out."""

import hashlib
import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.house import House, put, sign_in


def test_a_file_that_is_stored_with_the_bar_is_listed_and_downloads_as_it_was(
    page: Page, tmp_path: Path
) -> None:
    content = os.urandom(3_000_000)
    digest = hashlib.sha256(content).hexdigest()
    sign_in(page)
    page.get_by_role("link", name="Files").click()
    page.get_by_label("Store a file").set_input_files(put(tmp_path, "rows.parquet", content))
    expect(page.get_by_role("listitem").filter(has_text="stored, 3.0 MB")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Upload of rows.parquet")).to_have_attribute(
        "value", "3000000"
    )
    page.get_by_role("link", name=digest).click()
    expect(page.get_by_text("application/vnd.apache.parquet")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    assert downloading.value.path().read_bytes() == content


def test_a_job_is_watched_to_its_end(page: Page, house: House) -> None:
    sign_in(page)
    job_id = house.ping(2, "live")
    page.goto(f"/ui/jobs/{job_id}")
    expect(page.locator(".state")).to_have_text("success", timeout=60_000)
    expect(page.get_by_role("region", name="Result")).to_contain_text("live")


def test_a_job_is_cancelled_and_retried(page: Page, house: House) -> None:
    sign_in(page)
    job_id = house.ping(600, "long")
    page.goto(f"/ui/jobs/{job_id}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".state")).to_have_text("cancelled")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".state")).to_have_text("cancelled")


def test_who_signs_out_has_to_sign_in_again(page: Page) -> None:
    sign_in(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/ui/files")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
