"""The figures as text: the rows of the two tables, for the terminal and for docs/benchmarks.md."""

import re
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.claims import CLAIMS, Claim
from benchmarks.figures import Figures
from benchmarks.works import WORKS, Work

MISSING = "missing"
CLAIM_HEAD = ("work", "Data Bank", "beside", "it is", "to reach", "reached")
FIGURE_HEAD = ("work", "who", "median", "lowest", "highest", "unit", "rounds")
_REACHED = {True: "yes", False: "**no**"}

_OPENING = """\
Written by `make bench`, which starts all contestants on one machine, lets them take turns in each
round, and removes what it made. A ratio is the median of the rounds' ratios.
"""

Cells = tuple[str, ...]


def show_number(value: float) -> str:
    """Three significant figures or all before the point."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def claim_row(claim: Claim, figures: Figures) -> Cells:
    unit = "x" if claim.beside else claim.work.unit
    value = claim.measure(figures)
    bound = ""
    if claim.at_least is not None:
        bound = f">= {claim.at_least:g} {unit}"
    elif claim.at_most is not None:
        bound = f"<= {claim.at_most:g} {unit}"
    is_reached = claim.is_reached(figures)
    return (
        claim.work.title,
        claim.who,
        claim.beside,
        MISSING if value is None else f"{show_number(value)} {unit}",
        bound,
        "" if is_reached is None else _REACHED[is_reached],
    )


def figure_row(work: Work, who: str, figures: Figures) -> Cells:
    values = figures.of(work, who)
    middle = figures.median(work, who)
    if middle is None:
        return (work.title, who, MISSING, "", "", work.unit, "0")
    shown = (show_number(each) for each in (middle, min(values), max(values)))
    return (work.title, who, *shown, work.unit, str(len(values)))


def claim_rows(
    figures: Figures, works: Sequence[Work] = WORKS, claims: Sequence[Claim] = CLAIMS
) -> list[Cells]:
    return [claim_row(claim, figures) for claim in claims if claim.work in works]


def figure_rows(figures: Figures, works: Sequence[Work] = WORKS) -> list[Cells]:
    return [figure_row(work, who, figures) for work in works for who in work.who]


def markdown_table(head: Cells, rows: Iterable[Cells]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def put_part(page: str, part: str) -> str:
    """The page with this part, which begins with `# title`, instead of the one of that title.

    What several runs write lies in one page; a part that is not there yet is added.
    """
    title = part.partition("\n")[0]
    parts = [each for each in re.split(r"^(?=# )", page, flags=re.MULTILINE) if each.strip()]
    is_there = any(each.partition("\n")[0] == title for each in parts)
    kept = [part if each.partition("\n")[0] == title else each for each in parts]
    return "\n".join(each.strip("\n") + "\n" for each in (kept if is_there else [*kept, part]))


def unreached(figures: Figures) -> list[Claim]:
    return [claim for claim in CLAIMS if claim.is_reached(figures) is False]


def render(figures: Figures, machine: Mapping[str, str], amounts: str, notes: Sequence[str]) -> str:
    """The page; `amounts` says how much was measured, `notes` what was found on the way."""
    how = [f"{work.title}: {work.how}." for work in WORKS]
    return "\n".join(
        [
            "# Benchmarks\n",
            _OPENING,
            f"{amounts}\n",
            "## Targets\n",
            markdown_table(CLAIM_HEAD, claim_rows(figures)),
            "## Figures\n",
            markdown_table(FIGURE_HEAD, figure_rows(figures)),
            "## Machine\n",
            markdown_table(("what", "which"), machine.items()),
            "## How\n",
            "".join(f"- {line}\n" for line in how),
            "## Notes\n",
            "".join(f"- {line}\n" for line in notes),
        ]
    )
