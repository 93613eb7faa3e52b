"""The reports' part of docs/benchmarks.md."""

from collections.abc import Mapping, Sequence

from benchmarks.figures import Figures
from benchmarks.page import CLAIM_HEAD, FIGURE_HEAD, claim_rows, figure_rows, markdown_table
from benchmarks.reports.works import CLAIMS, WORKS

TITLE = "The reports"

_OPENING = """\
Written by `make bench-reports`: a table of 20 columns, made up from a seed to be as dirty as what
people upload (mixed types, blanks, `N/A`, odd numbers, quoted line breaks, cells of 20 KB, rows
that are there twice), is described by a report and by the same statistics in SQL.
"""


def render(figures: Figures, machine: Mapping[str, str], amounts: str, notes: Sequence[str]) -> str:
    """`amounts` says how much was measured, `notes` what was found on the way."""
    how = [f"{work.title}: {work.how}." for work in WORKS]
    return "\n".join(
        [
            f"# {TITLE}\n",
            _OPENING,
            f"{amounts}\n",
            "## Targets of the reports\n",
            markdown_table(CLAIM_HEAD, claim_rows(figures, WORKS, CLAIMS)),
            "## Figures of the reports\n",
            markdown_table(FIGURE_HEAD, figure_rows(figures, WORKS)),
            "## Machine of the reports\n",
            markdown_table(("what", "which"), machine.items()),
            "## How the reports were measured\n",
            "".join(f"- {line}\n" for line in how),
            *_notes(notes),
        ]
    )


def _notes(notes: Sequence[str]) -> list[str]:
    return ["## Notes on the reports\n", "".join(f"- {line}\n" for line in notes)] if notes else []
