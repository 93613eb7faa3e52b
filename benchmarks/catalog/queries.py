"""What people ask a catalog for, made of the datasets that it has: the same each time.

`PEOPLE` says how many of a hundred ask so.
"""

import random
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from benchmarks.catalog.works import KINDS
from tests.fakes.hub.many_datasets import WORDS, Json, ManyDatasets

PEOPLE = dict(zip(KINDS, (22, 12, 18, 6, 8, 5, 2, 4, 3, 8, 2, 5, 5), strict=True))
SIGNS = ("++", "#", "_-", "…", "(", "()", "%", "🙂", "*", "?", "'", '"', "AND OR", "\\")
SCRIPTS = (
    "数据",
    "中文",
    "日本語",
    "набор",
    "данных",
    "größe",
    "straßen",
    "한국어",
    "عربية",
    "données",
)
TAGS = ("language:de", "license:mit", "task_categories:robotics", "synthetic", "region:us", "C++")


class Queries:
    """Paths of searches, by kind."""

    def __init__(self, many: ManyDatasets, seed: int = 1) -> None:
        self._many = many
        self._dice = random.Random(seed)
        self._table: Mapping[str, Callable[[], Mapping[str, str]]] = dict(
            zip(
                KINDS,
                (
                    lambda: {"search": self._word()},
                    lambda: {"search": self._word()[: self._dice.randint(2, 4)]},
                    lambda: {"search": f"{self._word()} {self._word()}"},
                    lambda: {"search": str(self._dataset()["author"] or "nobody")},
                    lambda: {"search": str(self._dataset()["id"])},
                    lambda: {"search": self._part()},
                    lambda: {"search": self._dice.choice(SIGNS)},
                    lambda: {"search": self._dice.choice(SCRIPTS)},
                    lambda: {"search": f"{self._dice.getrandbits(64):x}"},
                    lambda: {"search": self._word(), "sort_by": "downloads"},
                    lambda: {"search": self._word(), "offset": str(self._dice.randint(10, 2000))},
                    lambda: {"search": self._word(), "impact": "high"},
                    lambda: {"tag": self._dice.choice(TAGS)},
                ),
                strict=True,
            )
        )

    def of(self, kind: str, count: int) -> list[str]:
        """So many paths of one kind."""
        return [f"/api/datasets?{urlencode(self._table[kind]())}" for _ in range(count)]

    def as_people_ask(self, count: int) -> list[str]:
        kinds = self._dice.choices(list(PEOPLE), weights=list(PEOPLE.values()), k=count)
        return [path for kind in kinds for path in self.of(kind, 1)]

    def _word(self) -> str:
        """Some are said often: the earlier a word is in the list, the more."""
        place = int(len(WORDS.stems) * self._dice.random() ** 1.5)
        return WORDS.stems[place]

    def _dataset(self) -> Json:
        # Of few blocks: each is made anew where it is not the one before.
        number = self._dice.randrange(min(len(self._many), 3000))
        return self._many.between(number, number + 1)[0]

    def _part(self) -> str:
        """Around the slash, or where there is none an end of the id."""
        author, slash, name = str(self._dataset()["id"]).rpartition("/")
        return f"{author[-4:]}{slash or '/'}{name[:5]}"
