"""The catalog's part of docs/benchmarks.md."""

from collections.abc import Mapping, Sequence

from benchmarks.catalog.works import CLAIMS, WORKS
from benchmarks.figures import Figures
from benchmarks.page import CLAIM_HEAD, FIGURE_HEAD, claim_rows, figure_rows, markdown_table

TITLE = "The catalog"

_OPENING = """\
Written by `make bench-catalog`: a stand-in Hub lists made-up datasets shaped as the Hub's are, and
a `databank up` with two API workers crawls them and is asked. The load, the stand-in, Redis, the
API and the worker share the cores of one machine.
"""


def render(figures: Figures, machine: Mapping[str, str], amounts: str, notes: Sequence[str]) -> str:
    """`amounts` says how much was measured, `notes` what was found on the way."""
    how = [f"{work.title}: {work.how}." for work in WORKS]
    return "\n".join(
        [
            f"# {TITLE}\n",
            _OPENING,
            f"{amounts}\n",
            "## Targets of the catalog\n",
            markdown_table(CLAIM_HEAD, claim_rows(figures, WORKS, CLAIMS)),
            "## Figures of the catalog\n",
            markdown_table(FIGURE_HEAD, figure_rows(figures, WORKS)),
            "## Machine of the catalog\n",
            markdown_table(("what", "which"), machine.items()),
            "## How the catalog was measured\n",
            "".join(f"- {line}\n" for line in how),
            "## Notes on the catalog\n",
            "".join(f"- {line}\n" for line in notes),
        ]
    )
