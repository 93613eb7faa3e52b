"""How much a dataset matters: by its size, else by its downloads, else by its likes.

    what              high          medium        low           method
    size_bytes        >= 10 GiB     >= 1 GiB      >= 100 MiB    large_size medium_size small_size
    downloads         >= 100 000    >= 10 000     >= 1 000      downloads
    likes             >= 1 000      >= 100        >= 10         likes

The first line that gives an answer gives it. Where none does, the impact is `not_available`. The
table is of the system that this catalog continues.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["high", "medium", "low", "not_available"]
Metric = Literal["size_bytes", "downloads", "likes"]
Steps = Mapping[Level, int]

UNKNOWN = "size_and_downloads_and_likes_unknown"

_MIB = 2**20
# From the highest on: the first one that is reached counts.
THRESHOLDS: Mapping[Metric, Steps] = {
    "size_bytes": {"high": 10 * 1024 * _MIB, "medium": 1024 * _MIB, "low": 100 * _MIB},
    "downloads": {"high": 100_000, "medium": 10_000, "low": 1_000},
    "likes": {"high": 1_000, "medium": 100, "low": 10},
}
_BY_SIZE: Mapping[Level, str] = {
    "high": "large_size",
    "medium": "medium_size",
    "low": "small_size",
}


@dataclass(frozen=True, slots=True)
class Impact:
    """`method` is by what it was judged."""

    level: Level
    method: str


def judge_impact(size_bytes: int | None, downloads: int, likes: int) -> Impact:
    """`size_bytes` is None where nobody knows it."""
    by_size = _reached("size_bytes", size_bytes or 0)
    if by_size is not None:
        return Impact(by_size, _BY_SIZE[by_size])
    by_downloads = _reached("downloads", downloads)
    if by_downloads is not None:
        return Impact(by_downloads, "downloads")
    by_likes = _reached("likes", likes)
    if by_likes is not None:
        return Impact(by_likes, "likes")
    return Impact("not_available", UNKNOWN)


def _reached(metric: Metric, value: int) -> Level | None:
    return next((level for level, least in THRESHOLDS[metric].items() if value >= least), None)
