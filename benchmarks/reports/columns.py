"""The columns of a table made up to be as dirty as those that people upload.

Each column makes its cells by the thousand, from a seed: the same table for the same seed. Most
cells of a column are what it should hold; some, here and there, are what happens to it.

| what happens | where |
| --- | --- |
| nothing, blanks, `N/A` | quantity, discount, age, email, comment |
| numbers in odd syntax: ` 7 `, `+5`, `1e3`; `1_000`, `0x1F`, `1,5` | discount; weight |
| dates that are none | shipped |
| quoted line breaks, quotes, delimiters; 20 KB | comment |
| a few values most of the time | country, status |
| a value for each row | id, key |
| far from all others | score |
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

Cells = list[str]
_WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbor",
    "island",
    "jasper",
    "kernel",
    "lumen",
    "meadow",
    "nectar",
    "orchid",
    "prairie",
    "quartz",
    "river",
    "summit",
    "tundra",
    "umbra",
    "valley",
    "willow",
    "xenon",
    "yarrow",
    "zephyr",
]
_COUNTRIES = [
    "DE",
    "FR",
    "US",
    "GB",
    "NL",
    "IT",
    "ES",
    "PL",
    "SE",
    "CH",
    "AT",
    "BE",
    "DK",
    "NO",
    "FI",
    "PT",
    "IE",
    "CZ",
    "HU",
    "GR",
]


@dataclass(frozen=True, slots=True)
class Column:
    """`make` takes the rows' numbers; `is_text`: JSON has it in quotes."""

    name: str
    make: Callable[[Random, range], Cells]
    is_text: bool = True


def _strewn(rng: Random, cells: Cells, dirt: Sequence[str], one_in: int) -> Cells:
    for _ in range(max(1, len(cells) // one_in)):
        cells[rng.randrange(len(cells))] = rng.choice(dirt)
    return cells


def _ids(_: Random, rows: range) -> Cells:
    return [str(row) for row in rows]


def _keys(rng: Random, rows: range) -> Cells:
    return [f"{rng.getrandbits(96):024x}" for _ in rows]


def _names(rng: Random, rows: range) -> Cells:
    firsts, seconds = rng.choices(_WORDS, k=len(rows)), rng.choices(_WORDS, k=len(rows))
    return [
        f"{first.title()} {second.title()}" for first, second in zip(firsts, seconds, strict=True)
    ]


def _emails(rng: Random, rows: range) -> Cells:
    words = rng.choices(_WORDS, k=len(rows))
    cells = [f"{word}{row % 90_000}@example.org" for word, row in zip(words, rows, strict=True)]
    return _strewn(rng, cells, ["", "N/A", "none"], 12)


def _countries(rng: Random, rows: range) -> Cells:
    weights = [1 / place**2 for place in range(1, len(_COUNTRIES) + 1)]
    cells = rng.choices(_COUNTRIES, weights, k=len(rows))
    return _strewn(rng, cells, ["de", " DE", "Germany", ""], 60)


def _statuses(rng: Random, rows: range) -> Cells:
    return rng.choices(["done", "open", "failed", "Done"], [90, 8, 1, 1], k=len(rows))


def _quantities(rng: Random, rows: range) -> Cells:
    cells = [str(int(rng.expovariate(0.05))) for _ in rows]
    return _strewn(rng, cells, ["", "  ", ""], 15)


def _ages(rng: Random, rows: range) -> Cells:
    cells = [str(rng.randrange(18, 95)) for _ in rows]
    return _strewn(rng, cells, ["N/A", "", "unknown", "-1"], 25)


def _prices(rng: Random, rows: range) -> Cells:
    return [f"{rng.lognormvariate(3, 1):.2f}" for _ in rows]


def _discounts(rng: Random, rows: range) -> Cells:
    cells = [f"{rng.random():.3f}" for _ in rows]
    return _strewn(rng, cells, [" 7 ", "+5", "1e3", ".5", "0", "", "\t1"], 20)


def _weights(rng: Random, rows: range) -> Cells:
    cells = [f"{rng.uniform(0.1, 900):.1f}" for _ in rows]
    return _strewn(rng, cells, ["1_000", "0x1F", "1,5", "NaN", "inf", "\u0663", "1e400"], 200)


def _days(rng: Random, rows: range) -> Cells:
    return [_day(rng) for _ in rows]


def _day(rng: Random) -> str:
    return f"{rng.randrange(2015, 2025)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"


def _times(rng: Random, rows: range) -> Cells:
    return [
        f"{_day(rng)}T{rng.randrange(24):02}:{rng.randrange(60):02}:{row % 60:02}Z" for row in rows
    ]


def _shipped(rng: Random, rows: range) -> Cells:
    return _strewn(rng, _days(rng, rows), ["2023-02-30", "soon", "", "01.02.2023"], 50)


def _truths(rng: Random, rows: range) -> Cells:
    return rng.choices(["true", "false", "TRUE", ""], [60, 35, 4, 1], k=len(rows))


def _comments(rng: Random, rows: range) -> Cells:
    cells = [" ".join(rng.choices(_WORDS, k=rng.randrange(3, 9))) for _ in rows]
    odd = ["two\nlines", 'he said "no"', "a, b; c", "", "   ", "caf\u00e9 \U0001f600", "x\r\ny"]
    return _strewn(rng, _strewn(rng, cells, odd, 30), ["long " * 4000], 2000)


def _degrees(rng: Random, rows: range) -> Cells:
    return [f"{rng.uniform(-90, 90):.6f}" for _ in rows]


def _scores(rng: Random, rows: range) -> Cells:
    cells = [f"{rng.gauss(50, 10):.4f}" for _ in rows]
    return _strewn(rng, cells, ["9999", "-5000.5"], 1000)


def _same(_: Random, rows: range) -> Cells:
    return ["v1"] * len(rows)


COLUMNS: Sequence[Column] = (
    Column("id", _ids, is_text=False),
    Column("key", _keys),
    Column("name", _names),
    Column("email", _emails),
    Column("country", _countries),
    Column("status", _statuses),
    Column("quantity", _quantities),
    Column("age", _ages),
    Column("price", _prices, is_text=False),
    Column("discount", _discounts),
    Column("weight", _weights),
    Column("ordered", _days),
    Column("changed", _times),
    Column("shipped", _shipped),
    Column("active", _truths),
    Column("comment", _comments),
    Column("latitude", _degrees, is_text=False),
    Column("longitude", _degrees, is_text=False),
    Column("score", _scores, is_text=False),
    Column("version", _same),
)


def cells_of(rng: Random, rows: range) -> Iterable[tuple[str, ...]]:
    """Row by row."""
    return zip(*(column.make(rng, rows) for column in COLUMNS), strict=True)
