"""What is measured of the catalog, of whom, in which unit, and what is to be reached."""

from benchmarks.claims import Claim
from benchmarks.works import Work

MILLISECONDS = "ms"
P50, P99 = "p50", "p99"

# Where a page of 10 begins.
FIRST, SECOND, MIDDLE, LAST = "offset 0", "offset 1,000", "offset in the middle", "the last 10"
OFFSETS = (FIRST, SECOND, MIDDLE, LAST)
BY_DOWNLOADS, HUNDRED = "by downloads, in the middle", "100 in the middle"
BUSY, WHILE_REFRESHED = "16 connections", "while it is refreshed"
ALL = "all of them"
FIRST_REFRESH, NEXT_REFRESH = "the first refresh", "a refresh over a full catalog"
FLIP = "from the flip until the old generation is gone"
LOG = "when Redis begins its log anew"


def of(what: str, percentile: str) -> str:
    """Who a row is of."""
    return f"{what}, {percentile}"


def both(*names: str) -> tuple[str, ...]:
    return tuple(of(name, percentile) for name in names for percentile in (P50, P99))


KINDS = (
    "a word",
    "the beginning of a word",
    "two words",
    "an author",
    "an exact id",
    "a part of an id, with a slash",
    "signs",
    "other scripts",
    "what there is not",
    "a word, by downloads",
    "a word, deep in its pages",
    "a word of high impact",
    "a tag",
)

LIST = Work(
    "catalog",
    "GET /api/datasets",
    MILLISECONDS,
    both(*OFFSETS, BY_DOWNLOADS, HUNDRED, BUSY, WHILE_REFRESHED),
    "10 datasets, without filters, 2 connections of wrk kept alive unless another number is named",
)
SEARCH = Work(
    "catalog",
    "Search",
    MILLISECONDS,
    both(ALL, *KINDS),
    "10 datasets that fit, 2 connections of wrk kept alive; all of them: the kinds by how often "
    "people ask so",
)
STALL = Work(
    "catalog",
    "Longest wait for Redis",
    MILLISECONDS,
    (FIRST_REFRESH, NEXT_REFRESH, FLIP, LOG),
    "of another client that asks for a key every millisecond, over the unix socket. Redis goes "
    "before all others meanwhile, where the system lets it. When it begins its log on the disk "
    "anew, forks and syncs, is told apart",
)
SLOWEST = Work(
    "catalog",
    "Longest command of Redis",
    MILLISECONDS,
    (FIRST_REFRESH, NEXT_REFRESH),
    "by the clock of Redis itself, of all commands of a refresh",
)
MEMORY = Work(
    "catalog",
    "Memory of the worker over idle",
    "MB",
    (FIRST_REFRESH, NEXT_REFRESH),
    "all its processes, the highest proportional set size, less that when it has nothing to do",
)
TIME = Work(
    "catalog",
    "Time of a full refresh",
    "s",
    (FIRST_REFRESH, NEXT_REFRESH),
    "from its start to its end, the listing made up by a stand-in Hub on the same two cores",
)
INDEX_TIME = Work(
    "catalog",
    "Time to make the index",
    "s",
    (FIRST_REFRESH, NEXT_REFRESH),
    "a part of the refresh",
)

WORKS = (LIST, SEARCH, SLOWEST, STALL, MEMORY, TIME, INDEX_TIME)

CLAIMS = (
    *(Claim(LIST, of(each, P50), at_most=3) for each in OFFSETS),
    *(Claim(LIST, of(each, P99), at_most=20) for each in OFFSETS),
    Claim(SEARCH, of(ALL, P50), at_most=10),
    Claim(SEARCH, of(ALL, P99), at_most=100),
    *(Claim(SLOWEST, each, at_most=50) for each in SLOWEST.who),
    *(Claim(STALL, each, at_most=50) for each in STALL.who),
    *(Claim(MEMORY, each, at_most=300) for each in MEMORY.who),
)
