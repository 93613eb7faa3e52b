"""A listing of as many datasets as are asked for, shaped as the Hub's are, made as it is read.

    hub.list_many(ManyDatasets(1_000_000))      instead of the repositories of datasets there are
    ManyDatasets(1000, seed=7).between(5, 6)    number 5, as JSON would be: the same whoever asks
    many.touch(5, downloads=3)                  it was modified just now, by time it is the first

Few authors have very many, most have one; downloads and likes are 0 for most and reach a million;
sizes go from bytes to terabytes, and some are unknown; descriptions are in many languages, or the
beginning of a card, or missing. Number 0 is the newest. A block of them is made at
once: what is read in order costs some 40 us each.
"""

import itertools
import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

Json = dict[str, object]

BLOCK = 1000
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
STEP = timedelta(seconds=90)  # between one change and the one before it
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Words(msgspec.Struct):
    """What names, tags and descriptions are made of; sentences by their languages."""

    endings: list[str]
    formats: list[str]
    free_tags: list[str]
    languages: list[str]
    licenses: list[str]
    sentences: list[list[str]]
    sizes: list[str]
    stems: list[str]
    syllables: list[str]
    tasks: list[str]


WORDS = msgspec.json.decode(Path(__file__).with_name("dataset_words.json").read_bytes(), type=Words)


class ManyDatasets:
    """What the Hub would tell of each, everything that `expand` can name."""

    def __init__(self, count: int, *, seed: int = 1) -> None:
        self._count = count
        self._seed = seed
        self._touched: dict[int, Json] = {}
        self._block = lru_cache(maxsize=4)(self._made)

    def __len__(self) -> int:
        return self._count

    def between(self, start: int, stop: int) -> list[Json]:
        """Those of these numbers."""
        return [self._one(number) for number in range(start, min(stop, self._count))]

    def newest(self, start: int, stop: int) -> list[Json]:
        """As `between`, counted in the order of their last changes."""
        ahead = [*reversed(self._touched)][start:stop]
        left = range(max(0, start - len(self._touched)), max(0, stop - len(self._touched)))
        rest = _without(sorted(self._touched), left.start, len(left))
        return [self._one(number) for number in [*ahead, *rest] if number < self._count]

    def touch(self, number: int, **changed: object) -> None:
        """It changes now: what is told of it, and when it was modified."""
        moment = NOW + timedelta(seconds=len(self._touched) + 1)
        known = self._one(number)
        self._touched.pop(number, None)
        self._touched[number] = {**known, "lastModified": _date(moment), **changed}

    def _one(self, number: int) -> Json:
        found = self._touched.get(number)
        return found or self._block(number // BLOCK)[number % BLOCK]

    def _made(self, block: int) -> list[Json]:
        dice = random.Random(f"{self._seed}:{block}")
        numbers = range(block * BLOCK, min((block + 1) * BLOCK, self._count))
        return [_dataset(dice, number, self._count) for number in numbers]


def _without(left_out: Sequence[int], start: int, count: int) -> list[int]:
    """So many numbers, of all those that are not left out, from a place among them on."""
    number = start
    for each in left_out:
        if each <= number:
            number += 1
    following = (each for each in itertools.count(number) if each not in set(left_out))
    return list(itertools.islice(following, max(0, count)))


def _dataset(dice: random.Random, number: int, count: int) -> Json:
    author, name = _author(dice, count), _name(dice, number)
    modified = NOW - STEP * number - STEP * dice.random() * 0.9
    created = modified - timedelta(days=_heavy(dice, 3, 0.5, 1500))
    downloads, likes = _heavy(dice, 4, 0.9), _heavy(dice, 0.4, 0.75)
    size = None if dice.random() < 0.08 else int(dice.lognormvariate(15.5, 3.2))
    told: Json = {
        "_id": f"{number:024x}",
        "id": f"{author}/{name}" if author else name,
        "author": author,
        "sha": f"{dice.getrandbits(160):040x}",
        "lastModified": _date(modified),
        "createdAt": _date(created),
        "private": False,
        "gated": dice.choice(("auto", "manual")) if dice.random() < 0.03 else False,
        "disabled": dice.random() < 0.001,
        "downloads": downloads,
        "downloadsAllTime": downloads * 12,
        "likes": likes,
        "trendingScore": likes // 50,
        "tags": _tags(dice),
    }
    if size is not None:
        told["usedStorage"] = size + size // 10
    if size is not None and dice.random() < 0.9:
        told["mainSize"] = size
    if dice.random() < 0.62:
        told["description"] = _description(dice, name)
    return told


def _author(dice: random.Random, count: int) -> str | None:
    """None: one of the few that lie in no namespace."""
    if dice.random() < 0.001:
        return None
    rank = int(math.exp(dice.random() * math.log(max(2, count))))
    parts = [
        WORDS.syllables[(rank * 7 + place * 13) % 61 % len(WORDS.syllables)] for place in (0, 1)
    ]
    return f"{''.join(parts)}{WORDS.endings[rank % len(WORDS.endings)]}{_short(rank)}"


def _name(dice: random.Random, number: int) -> str:
    """No two are the same: the number is in it, after something that is not of a number."""
    joint = dice.choice("--__.")
    stem = joint.join(dice.choices(WORDS.stems, k=dice.choice((1, 2, 2, 3))))
    odd = dice.random()
    if odd < 0.002:
        return f"{number}{joint}{stem}"
    if odd < 0.004:
        return f"{(stem + joint) * 8}"[:56].rstrip("-_.") + f"_{number}"
    if odd < 0.05:
        return f"{stem.title()}.{number}"
    return f"{stem}_{number}" if odd < 0.6 else f"{stem}-v{_short(number)}"


def _short(number: int) -> str:
    found = ""
    while number:
        number, digit = divmod(number, 36)
        found = DIGITS[digit] + found
    return found or "0"


def _heavy(dice: random.Random, scale: float, tail: float, most: int = 10**9) -> int:
    """Small for most, and very large for few."""
    return min(most, int(scale * ((1 - dice.random()) ** -tail - 1)))


def _tags(dice: random.Random) -> list[str]:
    found = [dice.choice(WORDS.sizes), dice.choice(WORDS.formats), "library:datasets"]
    if dice.random() < 0.45:
        found.append(f"task_categories:{dice.choice(WORDS.tasks)}")
    if dice.random() < 0.5:
        found += [f"language:{each}" for each in set(dice.choices(WORDS.languages, k=2))]
    if dice.random() < 0.55:
        found.append(f"license:{dice.choice(WORDS.licenses)}")
    if dice.random() < 0.08:
        found.append(f"arxiv:{dice.randint(1901, 2611)}.{dice.randint(1, 20000):05}")
    found += dice.choices(WORDS.free_tags, k=dice.choice((0, 0, 0, 1, 2, 4)))
    return [*dict.fromkeys(found), "region:us"]


def _description(dice: random.Random, name: str) -> str:
    """Some words, some lines, or the beginning of a card, cut as the Hub cuts it."""
    sentences = dice.choice(WORDS.sentences)
    told = " ".join(dice.choices(sentences, k=dice.choice((1, 1, 2, 3, 6))))
    if dice.random() < 0.5:
        told = f"\n\t\n\t\t\n\t\tDataset Card for {name}\n\t\n\n{told}"
    return told if len(told) < 300 else f"{told[:300]}… See the full description on the page."


def _date(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"
