"""The table of claims: what Data Bank is to reach, and beside whom; without a bound, shown only."""

from dataclasses import dataclass

from benchmarks.contestants import (
    ALMOST_EMPTY,
    BARE_ASGI,
    BARE_WRITES,
    CURL,
    CURL_SHA256SUM,
    CURL_SHA256SUM_SYNC,
    CURL_SYNC,
    DOWNLOAD,
    FULL,
    HASHLIB,
    HYPERCORN,
    HYPERCORN_UNVERIFIED,
    MIRROR,
    NGINX,
    RCLONE,
    REGISTRY,
    UVICORN,
    UVICORN_UNVERIFIED,
)
from benchmarks.figures import Figures
from benchmarks.works import (
    CLIENT,
    GET_HOT,
    GET_LARGE,
    GET_SMALL,
    HUB_LARGE,
    HUB_MEMORY,
    MANY_GET,
    MANY_PAGE,
    MANY_PUT,
    MANY_START,
    MEMORY,
    PAGES,
    PUT_LARGE,
    PUT_SMALL,
    Work,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """`who` is at least or at most so many times `beside`, or, without that, so many units."""

    work: Work
    who: str
    beside: str = ""
    at_least: float | None = None
    at_most: float | None = None

    def measure(self, figures: Figures) -> float | None:
        """None where something is missing."""
        if self.beside:
            return figures.ratio(self.work, self.who, self.beside)
        return figures.median(self.work, self.who)

    def is_reached(self, figures: Figures) -> bool | None:
        """None where there is nothing to reach, or nothing was measured."""
        value = self.measure(figures)
        if value is None or self.at_least == self.at_most is None:
            return None
        lowest = float("-inf") if self.at_least is None else self.at_least
        highest = float("inf") if self.at_most is None else self.at_most
        return lowest <= value <= highest


CLAIMS = (
    Claim(GET_SMALL, UVICORN, RCLONE, at_least=1.3),
    Claim(GET_SMALL, UVICORN, NGINX, at_least=0.2),
    Claim(GET_SMALL, UVICORN, BARE_ASGI),
    Claim(GET_SMALL, HYPERCORN, REGISTRY, at_least=8),
    Claim(GET_HOT, UVICORN, RCLONE),
    Claim(GET_HOT, UVICORN, NGINX),
    Claim(GET_LARGE, UVICORN_UNVERIFIED, NGINX, at_least=0.9),
    Claim(GET_LARGE, UVICORN, NGINX, at_least=0.6),
    Claim(GET_LARGE, HYPERCORN_UNVERIFIED, NGINX),
    Claim(GET_LARGE, HYPERCORN, NGINX),
    Claim(PUT_SMALL, UVICORN, REGISTRY, at_least=3),
    Claim(PUT_SMALL, UVICORN, BARE_WRITES, at_least=0.7),
    Claim(PUT_SMALL, HYPERCORN, REGISTRY),
    Claim(PUT_SMALL, HYPERCORN, BARE_WRITES),
    Claim(PUT_LARGE, UVICORN, REGISTRY, at_least=1.3),
    Claim(PUT_LARGE, HYPERCORN, REGISTRY),
    Claim(CLIENT, DOWNLOAD, CURL_SHA256SUM, at_least=0.6),
    Claim(MEMORY, UVICORN, at_most=64),
    Claim(MEMORY, HYPERCORN, at_most=64),
    Claim(HUB_LARGE, MIRROR, CURL, at_least=0.8),
    Claim(HUB_LARGE, MIRROR, CURL_SYNC, at_least=0.8),
    Claim(HUB_LARGE, MIRROR, CURL_SHA256SUM_SYNC, at_least=0.8),
    Claim(HUB_LARGE, MIRROR, HASHLIB),
    Claim(HUB_LARGE, HASHLIB, CURL),
    Claim(HUB_MEMORY, MIRROR, at_most=64),
    Claim(MANY_GET, FULL, ALMOST_EMPTY, at_least=0.9),
    Claim(MANY_PUT, FULL, ALMOST_EMPTY, at_least=0.9),
    Claim(MANY_START, FULL, ALMOST_EMPTY, at_most=1.1),
    *(Claim(MANY_PAGE, page, at_most=20) for page in PAGES),
)
