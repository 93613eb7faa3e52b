"""A real browser on a real bank with a worker; skipped where the system has no Chromium.

page       a new page, not signed in. The test fails where the browser told of an error, or asked
           another host than the bank.
house      the bank that it is on, which knows a stand-in Hub
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.house import KEYS, House, Watch
from tests.browser.hub_sample import fill
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.redis_server import RedisServer
from tests.running_bank import PATIENCE, running
from tests.running_worker import WORKER, RunningWorker

NAMES = ("chromium", "chromium-browser", "google-chrome")
HERE = Path(__file__).parent
# Seconds: a whole house and a browser take their time on a busy machine.
TIMEOUT = 300

expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(TIMEOUT))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where it is."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on the PATH")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Of one file of tests: while it is there, an event loop runs in the tests' own thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def hub(chromium: str) -> Iterator[StandInHub]:
    del chromium  # without one there are no tests
    with StandInHub() as hub:
        fill(hub)
        yield hub


@pytest.fixture(scope="session")
def house(hub: StandInHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    redis = RedisServer(tmp_path_factory.mktemp("redis"))
    redis.start()
    folder = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'databank.sqlite3'}"
    hub_settings = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token}
    shared = {"REDIS_URL": redis.url, "DATABASE_URL": url, **hub_settings, **KEYS}
    try:
        with running(folder, **shared) as bank:
            worker = RunningWorker(folder, redis.url, url, WORKER, **hub_settings)
            yield House(bank)
            worker.stop()
    finally:
        redis.close()


@pytest.fixture
def watch(house: House) -> Watch:
    return Watch(urlsplit(house.address).netloc)


@pytest.fixture
def page(browser: Browser, house: House, watch: Watch) -> Iterator[Page]:
    context = browser.new_context(base_url=house.address, accept_downloads=True)
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    watch.follow(page)
    yield page
    context.close()
    assert watch.seen == []
