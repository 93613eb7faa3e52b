"""The documentation is one: made from the code where it can be, linked, and without dead ends."""

import re
from pathlib import Path

import pytest

from data_bank_client.cli.main import build_app
from scripts.reference import PAGE, every_command, write

HOME = Path(__file__).parent.parent
PAGES = [*sorted(HOME.glob("*.md")), *sorted((HOME / "docs").glob("*.md"))]
INDEX = HOME / "docs" / "README.md"
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_the_reference_is_what_the_code_makes_of_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == write(), "run: make docs"


def links_of(page: Path) -> list[str]:
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [each for each in _LINK.findall(prose) if not each.startswith(("http:", "https:"))]


def anchors_of(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOME)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


def test_every_page_is_in_the_index() -> None:
    named = {(INDEX.parent / link.partition("#")[0]).resolve() for link in links_of(INDEX)}
    assert set(PAGES) - named - {INDEX} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOME)))
def test_every_command_that_a_page_shows_is_there(page: Path) -> None:
    """By its first word, and where that holds others by its second."""
    there = {path for path, _ in every_command(build_app(are_loaded=True))}
    groups = {path[0] for path in there if len(path) == 2}
    for code in _CODE.findall(page.read_text(encoding="utf-8")):
        for first, second in re.findall(r"\bdatabank ([a-z]+)(?: ([a-z]+))?", code):
            if first in groups:
                assert not second or (first, second) in there, (first, second)
            else:
                assert (first,) in there, first
