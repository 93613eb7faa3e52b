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

_LIMITS = """\
- How fast the Hub gives its pages, and what its rate limit leaves: the stand-in is on this machine,
  and has none.
- How words are spread in the Hub's names: these are made of some eighty, so that a word is in more
  datasets than it would be there; and descriptions, in ten languages, end after 300 characters.
- What a Redis on another machine adds: here it is asked over a socket of this one.
- What it does on a machine of its own: who has to wait for a core is counted with what it
  waited, whoever had that.
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
            "## What this does not tell of the catalog\n",
            _LIMITS,
            "## Notes on the catalog\n",
            "".join(f"- {line}\n" for line in notes),
        ]
    )
