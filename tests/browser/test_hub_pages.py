"""What somebody does with the catalog and the mirror in a browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House, sign_in
from tests.browser.hub_sample import ARMS, MARKUP, MODEL, wait_for_catalog

LONG = 60_000  # milliseconds: that a job may take on a busy machine


@pytest.fixture(autouse=True)
def _catalog(house: House) -> None:
    wait_for_catalog(house)


def test_a_dataset_is_found_as_it_is_typed_and_mirrored_to_its_end(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Catalog").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(25)
    page.get_by_role("searchbox", name="Find").press_sequentially("robot kitch", delay=20)
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(r"search=robot(\+|%20)kitch"))
    page.get_by_role("checkbox", name="low").check()
    expect(page.get_by_text("No dataset is so.")).to_be_visible()
    page.get_by_role("checkbox", name="high").check()
    page.get_by_role("link", name=ARMS).click()
    expect(page.get_by_role("region", name="Files")).to_contain_text("data/train.parquet")
    expect(page.get_by_role("region", name="Commits")).to_contain_text("initial commit")
    page.get_by_role("button", name="Mirror").click()
    shown = page.get_by_role("region", name="Progress")
    expect(shown).to_contain_text("100 %", timeout=LONG)
    expect(shown).to_contain_text("3 of 3 files")
    expect(page.get_by_role("region", name="Jobs")).to_contain_text("success", timeout=LONG)
    expect(page.get_by_role("region", name="Snapshots").locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="data/train.parquet").click()
    expect(page.get_by_text("300 kB")).to_be_visible()


def test_the_list_of_the_catalog_goes_on_and_comes_back(page: Page) -> None:
    sign_in(page)
    page.goto("/ui/catalog")
    page.get_by_label("Sort by").select_option("likes")
    page.get_by_label("Order").select_option("least first")
    expect(page).to_have_url(re.compile("sort_order=asc"))
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    expect(page.get_by_label("Order")).to_have_value("asc")
    page.go_back()
    expect(page.get_by_text("Page 1 of 2")).to_be_visible()


def test_a_repository_is_registered_downloaded_and_removed(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Hub", exact=True).click()
    page.get_by_role("link", name="Register a repository").click()
    page.get_by_label("Id").fill(MODEL)
    page.get_by_label("But not these").fill("old/\n*.md")
    page.get_by_label("Download all of it at once").uncheck()
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name=MODEL).wait_for()
    download = page.get_by_role("button", name="Download")
    expect(download).to_be_visible(timeout=LONG)
    files = page.get_by_role("region", name="Files")
    files.get_by_label("State").select_option("pending")
    expect(files.locator("tbody tr")).to_have_count(1)
    expect(files).to_contain_text("model.safetensors")
    expect(page).to_have_url(re.compile("status=pending"))
    download.click()
    expect(page.get_by_role("region", name="Progress")).to_contain_text("100 %", timeout=LONG)
    expect(files).to_contain_text(f"{MARKUP}/x.txt")
    expect(page.get_by_role("region", name="Jobs")).to_contain_text("hub.download")
    page.get_by_role("link", name="Stop mirroring it").click()
    page.get_by_role("button", name="Stop mirroring it").click()
    expect(page.get_by_role("heading", name="Mirrored repositories")).to_be_visible()
    expect(page.get_by_role("link", name=MODEL)).to_have_count(0)


def test_markup_of_the_hub_is_text(page: Page) -> None:
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    sign_in(page)
    page.goto("/ui/catalog?search=odd/markup")
    expect(page.get_by_text(MARKUP)).to_be_visible()
    page.get_by_role("link", name="odd/markup").click()
    expect(page.get_by_role("region", name="Files")).to_contain_text(MARKUP)
    expect(page.get_by_text(MARKUP)).to_have_count(3)  # description, tag, path
    expect(page.locator("main img, main b")).to_have_count(0)
    assert said == []


def test_without_scripts_all_of_it_works_by_forms_and_links(browser: Browser, house: House) -> None:
    context = browser.new_context(base_url=house.address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.goto("/ui/catalog")
    page.get_by_role("searchbox", name="Find").fill("speech northlab")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a").click()
    page.get_by_role("link", name="As the Hub has them now").click()
    expect(page.get_by_role("region", name="Files")).to_contain_text("a.csv")
    page.goto("/ui/hub/registration")
    page.get_by_label("Id").fill("org/not here")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_contain_text("owner/name")
    expect(page.get_by_label("Id")).to_have_value("org/not here")
    context.close()
