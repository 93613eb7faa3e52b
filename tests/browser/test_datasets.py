"""What somebody does with datasets in a browser: uploads one, watches it, reads its report."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import ALL, House, Watch, put, sign_in
from tests.fakes.dataset_forms import FORM, file_part, form
from tests.fakes.reported import homes, table
from tests.running_bank import until

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"><b>bold</b>',
    "{{ 7 * 7 }}",
    "x" * 250,
    "\u202egnp.exe",
)
SLOW = 120_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def content() -> bytes:
    return homes(900)


def add(house: House, content: bytes, filename: str = "a.csv") -> str:
    """The id of a dataset that has a report."""
    answer = house.bank.request("POST", "/datasets", ALL, form(file_part(content, filename)), FORM)
    dataset_id = str(answer.json()["id"])
    until(lambda: house.bank.get(f"/datasets/{dataset_id}").json()["status"] == "done")
    return dataset_id


def test_a_dataset_is_uploaded_watched_and_its_report_read(
    page: Page, tmp_path: Path, content: bytes
) -> None:
    sign_in(page)
    page.get_by_role("link", name="Datasets").click()
    page.get_by_label("Upload a dataset").set_input_files(put(tmp_path, "homes.csv", content))
    page.get_by_label("Name", exact=True).fill("Homes of May")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Homes of May")).to_be_visible()
    page.get_by_role("link", name="Read the report").click(timeout=SLOW)
    expect(page.get_by_role("heading", name="Report of Homes of May")).to_be_visible()
    expect(page.get_by_text("909", exact=True).first).to_be_visible()
    page.locator("#list").get_by_role("link", name="energy_kwh_m2").click()
    expect(
        page.get_by_role("img", name="How the numbers of energy_kwh_m2 are spread")
    ).to_be_visible()
    page.get_by_role("link", name="Next column").click()
    expect(page.get_by_role("heading", name="monthly_cost", exact=True)).to_be_visible()
    page.get_by_role("link", name="Report", exact=True).click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download as JSON").click()
    assert downloading.value.suggested_filename == "homes-report.json"
    assert json.loads(downloading.value.path().read_bytes())["row_count"] == 909


def test_the_list_follows_what_happens(page: Page, house: House) -> None:
    sign_in(page)
    page.goto("/ui/datasets")
    dataset_id = add(house, table(("a", "b"), [(uuid4(), 1)]))
    row = page.locator(f"#dataset-{dataset_id}")
    expect(row).to_contain_text("done", timeout=SLOW)
    page.get_by_label("Status").select_option("failed")
    expect(row).to_have_count(0)


def test_several_datasets_are_sent_one_after_the_other_and_what_is_none_is_told(
    page: Page, watch: Watch, tmp_path: Path
) -> None:
    watch.allowed = ("415 (Unsupported Media Type)",)
    sign_in(page)
    page.goto("/ui/datasets")
    files = [put(tmp_path, f"{name}.csv", f"{name},{uuid4()}\n1,2\n".encode()) for name in "ab"]
    page.get_by_label("Upload a dataset").set_input_files([*files, put(tmp_path, "c.png", b"x")])
    page.get_by_role("button", name="Upload", exact=True).click()
    lines = page.get_by_label("Uploads").get_by_role("listitem")
    expect(lines.nth(1)).to_contain_text("stored")
    expect(lines.nth(2)).to_contain_text("its content type is not told")
    lines.nth(0).get_by_role("link", name="a.csv").click()
    expect(page.get_by_role("heading", name="a.csv")).to_be_visible()


def test_one_that_cannot_be_read_says_in_which_line(page: Page, tmp_path: Path) -> None:
    sign_in(page)
    page.goto("/ui/datasets")
    broken = f'id,name\n1,{uuid4()}\n2,"b\n'.encode()
    page.get_by_label("Upload a dataset").set_input_files(put(tmp_path, "broken.csv", broken))
    page.get_by_role("button", name="Upload", exact=True).click()
    told = page.get_by_text("Line 3: a quote is opened and not closed")
    expect(told).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Process again").click()
    expect(told).to_be_visible(timeout=SLOW)


def test_columns_are_found_as_somebody_types(page: Page, house: House, content: bytes) -> None:
    dataset_id = add(house, content)
    sign_in(page)
    page.goto(f"/ui/datasets/{dataset_id}/report")
    page.get_by_label("Find").press_sequentially("cost")
    expect(page.locator("table.columns tbody tr")).to_have_count(1)
    page.locator("#list").get_by_role("link", name="monthly_cost").click()
    expect(page.get_by_role("heading", name="monthly_cost", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1120])
def test_hostile_names_are_text_and_fit(page: Page, house: House, width: int) -> None:
    rows = [[f"<b>{'long ' * 60}</b>", uuid4(), at, at * 2, -at] for at in range(9)]
    dataset_id = add(house, table(HOSTILE, rows), f"{HOSTILE[0]}.csv")
    page.set_viewport_size({"width": width, "height": 760})
    sign_in(page)
    for path in ("", *(f"/columns/{at}" for at in range(1, 6))):
        page.goto(f"/ui/datasets/{dataset_id}/report{path}")
        assert page.locator("img, b").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.goto("/ui/datasets")
    expect(page.get_by_role("link", name=f"{HOSTILE[0]}.csv", exact=True).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_report_is_read_by_keyboard(page: Page, house: House, content: bytes) -> None:
    dataset_id = add(house, content)
    sign_in(page)
    page.goto(f"/ui/datasets/{dataset_id}/report")
    tab_to(page, page.locator("summary").first.inner_text())
    page.keyboard.press("Enter")
    expect(page.locator("details[open] .alerts")).to_be_visible()
    tab_to(page, "price")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="price", exact=True)).to_be_visible()
    tab_to(page, "As a table")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="The bars as a table")).to_be_visible()


def tab_to(page: Page, text: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if str(page.evaluate("document.activeElement.innerText ?? ''")).strip() == text:
            return
    raise AssertionError(f"{text} cannot be reached")


def test_without_scripts_a_dataset_is_uploaded_and_removed(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=house.address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.get_by_role("link", name="Datasets").click()
    file = put(tmp_path, "plain.csv", f"a,b\n{uuid4()},2\n".encode())
    page.get_by_label("Upload a dataset").set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="plain.csv")).to_be_visible()
    page.get_by_role("link", name="Remove this dataset").click()
    page.get_by_role("button", name="Remove").click()
    expect(page).to_have_url(f"{house.address}/ui/datasets")
    context.close()
