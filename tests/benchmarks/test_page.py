"""The page, and that docs/benchmarks.md is one."""

import re
from pathlib import Path

import pytest

from benchmarks.claims import CLAIMS, Claim
from benchmarks.contestants import NGINX, RCLONE, UVICORN
from benchmarks.figures import Figures
from benchmarks.page import (
    CLAIM_HEAD,
    FIGURE_HEAD,
    claim_row,
    figure_row,
    markdown_table,
    render,
    show_number,
    unreached,
)
from benchmarks.works import GET_SMALL, MEMORY, WORKS

PAGE = (Path(__file__).parents[2] / "docs/benchmarks.md").read_text(encoding="utf-8")


def rows_under(text: str, title: str) -> list[list[str]]:
    """The cells of the table below `## title`, without its head."""
    section = text.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]
    rows = re.findall(r"^\| (.*) \|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in rows[2:]]


def some_figures() -> Figures:
    figures = Figures()
    for value in (30_000.0, 29_000.0, 35_000.0):
        figures.add_round(GET_SMALL, {UVICORN: value, NGINX: 200_000.0})
    return figures


@pytest.mark.parametrize(
    ("value", "shown"),
    [(123456.7, "123,457"), (99.96, "100.0"), (12.34, "12.3"), (0.215, "0.21"), (0.0, "0.00")],
)
def test_a_number_shows_what_can_be_known(value: float, shown: str) -> None:
    assert show_number(value) == shown


def test_a_row_of_figures_has_the_median_and_the_range() -> None:
    row = figure_row(GET_SMALL, UVICORN, some_figures())
    assert row == ("GET 4 KiB", UVICORN, "30,000", "29,000", "35,000", "requests/s", "3")


def test_who_is_missing_is_said_to_be() -> None:
    assert figure_row(GET_SMALL, RCLONE, some_figures())[2] == "missing"
    claim = Claim(GET_SMALL, UVICORN, RCLONE, at_least=1.3)
    assert claim_row(claim, some_figures())[3:] == ("missing", ">= 1.3 x", "")


def test_what_is_not_reached_is_marked() -> None:
    claim = Claim(GET_SMALL, UVICORN, NGINX, at_least=0.2)
    assert claim_row(claim, some_figures())[3:] == ("0.15 x", ">= 0.2 x", "**no**")
    assert claim in unreached(some_figures())


def test_what_is_reached_is_said_in_its_unit() -> None:
    figures = Figures()
    figures.add(MEMORY, UVICORN, 20.0)
    claim = Claim(MEMORY, UVICORN, at_most=64)
    assert claim_row(claim, figures)[2:] == ("", "20.0 MB", "<= 64 MB", "yes")
    assert unreached(figures) == []


def test_a_table_is_markdown() -> None:
    assert markdown_table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_a_page_has_every_row_the_machine_and_the_notes() -> None:
    page = render(some_figures(), {"cores": "2"}, "Rounds: 3.", ["nginx is not durable."])
    assert len(rows_under(page, "Targets")) == len(CLAIMS)
    assert rows_under(page, "Machine") == [["cores", "2"]]
    assert "\n- nginx is not durable.\n" in page
    assert "\nRounds: 3.\n" in page


def test_the_rows_of_the_page_in_docs_are_those_of_the_tables() -> None:
    claimed = [row[:3] for row in rows_under(PAGE, "Targets")]
    assert claimed == [[claim.work.title, claim.who, claim.beside] for claim in CLAIMS]
    figured = [row[:2] for row in rows_under(PAGE, "Figures")]
    assert figured == [[work.title, who] for work in WORKS for who in work.who]


def test_the_bounds_of_the_page_in_docs_are_those_of_the_table() -> None:
    bounds = [row[CLAIM_HEAD.index("to reach")] for row in rows_under(PAGE, "Targets")]
    assert bounds == [claim_row(claim, Figures())[4] for claim in CLAIMS]
    assert f"| {' | '.join(FIGURE_HEAD)} |" in PAGE
