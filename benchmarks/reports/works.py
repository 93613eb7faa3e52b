"""What `make bench-reports` measures, and what is to be reached."""

from benchmarks.claims import Claim
from benchmarks.works import Work

REPORT, BY_HAND = "a report", "SQL by hand"
YDATA = "ydata-profiling, minimal"
ALL = "all processes"


def _beside_sql(title: str, how: str) -> Work:
    return Work("reports", title, "s", (REPORT, BY_HAND), how)


CSV = _beside_sql(
    "Report of a plain CSV",
    "the child's start included; by hand: a process of its own with DuckDB, told all names and "
    "types, with the same threads and memory; what both tell must agree",
)
RAGGED = _beside_sql(
    "Report of a ragged CSV",
    "the same with rows that are too short or too long; the report has their lines too, the SQL by "
    "hand fills up and cuts off without a word",
)
JSON = _beside_sql("Report of a JSON array", "as of the CSV, of objects")
MEMORY = Work(
    "reports",
    "Memory of a report",
    "MB",
    (CSV.title, RAGGED.title, JSON.title),
    "the highest resident size of the child, as wait4 has it, and that of who asks for the report",
)
SMALL = Work(
    "reports",
    "Report of 13 MB of CSV",
    "s",
    (REPORT, YDATA),
    "from the start of a Python to its end; ydata-profiling reads by pandas.read_csv and writes "
    "JSON, in an environment of its own",
)
FILES = (CSV, RAGGED, JSON)
WORKS = (*FILES, MEMORY, SMALL)
CLAIMS = (
    *(Claim(work, REPORT, BY_HAND, at_most=1.3) for work in FILES),
    *(Claim(MEMORY, who, at_most=512) for who in MEMORY.who),
    Claim(SMALL, YDATA, REPORT, at_least=10),
)
