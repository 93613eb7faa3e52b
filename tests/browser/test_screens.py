"""Every page in narrow and wide windows, light and dark; `make screens` keeps some for the docs.

What is shown is made here, so that the pictures are of a small bank at work.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.house import ALL, House, Watch, sign_in
from tests.browser.hub_sample import SHOWN, wait_for_catalog
from tests.fakes.dataset_forms import FORM, file_part, form, name_part
from tests.fakes.reported import homes
from tests.running_bank import until

# Where pictures are kept; they are not where it is not set.
FOLDER = os.environ.get("SCREENS", "")

WIDE, NARROW = ViewportSize(width=1120, height=700), ViewportSize(width=390, height=760)
# As WCAG 2.2 asks, 1.4.10: what is 1280 wide, four times as large.
TINY = ViewportSize(width=320, height=640)
WINDOWS = [(TINY, "light"), (WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")]
PATHS = {
    "sign-in": "/ui/sign-in",
    "overview": "/ui",
    "files": "/ui/files",
    "file": "/ui/files/{file}",
    "removal": "/ui/files/{file}/removal",
    "catalog": "/ui/catalog",
    "found": "/ui/catalog?search=many&tag=language:en",
    "dataset": "/ui/catalog/datasets/robotics/arms",
    "contents": "/ui/catalog/contents/robotics/arms",
    "hub": "/ui/hub",
    "registration": "/ui/hub/registration",
    "repository": "/ui/hub/{repository}",
    "repository-removal": "/ui/hub/{repository}/removal",
    "jobs": "/ui/jobs",
    "job": "/ui/jobs/{job}",
    "datasets": "/ui/datasets",
    "homes": "/ui/datasets/{homes}",
    "from-file": "/ui/datasets/from-file?file_id={file}",
    "report": "/ui/datasets/{homes}/report",
    "column": "/ui/datasets/{homes}/report/columns/7",
    "trouble": "/ui/nothing",
}
# Those that the docs show: (page, narrow or wide, light or dark).
KEPT = {
    ("overview", 1120, "light"),
    ("files", 1120, "light"),
    ("files", 390, "dark"),
    ("catalog", 1120, "light"),
    ("dataset", 390, "light"),
    ("repository", 1120, "dark"),
    ("jobs", 1120, "light"),
    ("job", 1120, "dark"),
    ("report", 1120, "light"),
    ("column", 1120, "dark"),
}
# Those of which the docs show more than a window.
TALL = {"report": 1500, "column": 900}
TYPES = ("text/csv", "application/vnd.apache.parquet", "application/json", "text/csv", "image/png")


@dataclass(frozen=True, slots=True)
class Sample:
    file: str
    job: str
    repository: str
    homes: str

    def path(self, name: str) -> str:
        return PATHS[name].format(
            file=self.file, job=self.job, repository=self.repository, homes=self.homes
        )


@pytest.fixture(scope="module")
def sample(house: House) -> Iterator[Sample]:
    files = [
        house.bank.put(bytes([number]) * 40_000 * 3**number, content_type=kind)
        for number, kind in enumerate(TYPES)
    ]
    wait_for_catalog(house)
    repository = house.mirror(SHOWN)
    until(lambda: house.is_listed(repository))
    done, cancelled = house.ping(0.2, "a short one"), house.ping(600, "one too many")
    house.end(cancelled)
    until(lambda: house.state(done) == "success")
    dataset = add_homes(house)
    running, waiting = house.ping(40, "a long one"), house.ping(5, "the next")
    until(lambda: house.progress(running) > (25 if FOLDER else 0))
    yield Sample(files[0], running, repository, dataset)
    house.end(running)
    house.end(waiting)


def add_homes(house: House) -> str:
    """A dataset with its report."""
    parts = (name_part(b"Homes for sale"), file_part(homes(5400), "homes.csv"))
    answer = house.bank.request("POST", "/datasets", ALL, form(*parts), FORM)
    dataset_id = str(answer.json()["id"])
    until(lambda: house.bank.get(f"/datasets/{dataset_id}").json()["status"] == "done")
    return dataset_id


@pytest.mark.parametrize(("size", "scheme"), WINDOWS)
def test_every_page_fits_its_window(
    browser: Browser, house: House, watch: Watch, sample: Sample, size: ViewportSize, scheme: str
) -> None:
    watch.allowed = ("404 (Not Found)",)
    context = browser.new_context(
        base_url=house.address, viewport=size, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    watch.follow(page)
    for name in PATHS:
        if name == "overview":
            sign_in(page, ALL)
        page.goto(sample.path(name))
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"], name
        keep(page, name, size["width"], scheme)
    context.close()
    assert watch.seen == []


def keep(page: Page, name: str, width: int, scheme: str) -> None:
    if FOLDER and (name, width, scheme) in KEPT:
        parts = [
            name,
            *(["narrow"] if width < 500 else []),
            *(["dark"] if scheme == "dark" else []),
        ]
        page.set_viewport_size(ViewportSize(width=width, height=TALL.get(name, 700)))
        page.screenshot(path=Path(FOLDER) / f"{'-'.join(parts)}.png", animations="disabled")
