"""What holds for every page: who may see it, what it tells browsers, how errors look there."""

from itertools import product

import pytest

from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.api.routes.catalog import CatalogPools
from data_bank_api.api.routes.files import Files
from data_bank_api.api.transfers import Transfers
from data_bank_api.auth.scope import Scope
from data_bank_api.ui.assets import Assets
from data_bank_api.ui.headers import POLICY
from data_bank_api.ui.rooms import windows
from data_bank_api.ui.window import Window
from tests.data_bank_api.api.asked_bank import Asked
from tests.data_bank_api.ui.conftest import Visit
from tests.data_bank_api.ui.visitor import HTMX, OWN, Visitor, attributes_of, tags_of, text_of
from tests.running_bank import DELETE_KEY, READ_KEY, UPLOAD_KEY

HOLDERS = {READ_KEY: Scope.READ, UPLOAD_KEY: Scope.UPLOAD, DELETE_KEY: Scope.DELETE}


@pytest.fixture(scope="module")
def table(asked: Asked) -> list[Window]:
    files = Files(asked.bank, StoragePool(), DatabasePool(), Transfers(1))
    return windows(asked.bank, files, DatabasePool(), CatalogPools(), None)


def address(path: str) -> str:
    """Of something that is not there."""
    digits = 64 if path.startswith("/ui/files/") else 32
    return path.replace("{id:path}", "org/name").replace("{id}", "0" * digits)


@pytest.mark.parametrize("key", [None, *HOLDERS])
def test_every_page_asks_every_session_for_its_scope(
    visit: Visit, table: list[Window], key: str | None
) -> None:
    visitor = visit(key)
    for window, method in product(table, ("GET", "HEAD", "POST", "PUT", "DELETE")):
        view = window.views.get("GET" if method == "HEAD" else method)
        answer = visitor.ask(method, address(window.path), b"" if method == "POST" else None, **OWN)
        if view is None:
            assert answer.status_code == 405
            assert answer.headers["allow"] == ", ".join(window.methods)
        elif view.scopes and key is None:
            assert answer.headers["location"].startswith("/ui/sign-in?next=")
        elif view.scopes and HOLDERS[str(key)] not in view.scopes:
            assert answer.status_code == 403
            assert method == "HEAD" or "it needs a key for" in answer.text
        elif method != "POST":
            assert answer.status_code in (200, 303, 404, 503), (method, window.path)
        assert answer.headers["content-security-policy"] in (POLICY, "default-src 'none'; sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


def test_a_page_has_neither_script_nor_style_of_its_own(person: Visitor) -> None:
    for path in ("/ui", "/ui/files", "/ui/jobs", "/ui/sign-in", "/ui/nothing"):
        page = person.get(path).text
        assert "style" not in tags_of(page)
        attributes = attributes_of(page)
        assert "style" not in attributes
        assert not [each for each in attributes if each.startswith(("on", "hx-on"))]
        assert page.count("<script") == page.count('<script src="/ui/static/') == 3


def test_what_a_page_loads_is_there_and_kept_for_good(visit: Visit) -> None:
    guest = visit(None)
    page = guest.page("/ui/sign-in")
    for asset in Assets.load().by_address.values():
        assert asset.address in page
        answer = guest.get(asset.address)
        assert answer.content == asset.content
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
    old = guest.get("/ui/static/000000000000/pages.css")
    assert (old.status_code, old.headers["cache-control"]) == (404, "no-store")


def test_an_address_without_a_page_is_told_on_a_page(person: Visitor) -> None:
    answer = person.get("/ui/nothing", X_Request_ID="mine.1")
    assert answer.status_code == 404
    text = text_of(answer.text)
    assert "There is nothing here There is nothing at this address." in text
    assert "404 · request mine.1" in text
    assert "Overview" in text


def test_an_error_is_a_part_for_htmx_and_data_for_scripts(person: Visitor) -> None:
    part = person.get("/ui/files?prefix=xyz", **HTMX)
    assert part.status_code == 422
    assert (part.headers["hx-retarget"], part.headers["hx-reselect"]) == ("#notice", "#trouble")
    assert 'id="trouble"' in part.text
    assert "<header" not in part.text
    assert person.get("/ui/nothing", Accept="application/json").json()["code"] == "NOT_FOUND"


def test_what_is_beside_the_pages_is_told_as_ever(person: Visitor) -> None:
    assert person.get("/uix", Accept="text/html").json()["code"] == "NOT_FOUND"


def test_htmx_is_given_a_part_of_a_page_and_a_browser_that_goes_back_all_of_it(
    person: Visitor,
) -> None:
    part = person.page("/ui/jobs", **HTMX)
    assert "<title>Jobs · Data Bank</title>" in part
    assert "<header" not in part
    assert "<header" in person.page("/ui/jobs", **HTMX, HX_History_Restore_Request="true")
