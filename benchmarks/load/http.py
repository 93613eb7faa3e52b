"""One HTTP client for all that is stored and checked outside the measurements."""

from functools import cache

import httpx2

PATIENCE = 120.0


@cache
def http() -> httpx2.Client:
    return httpx2.Client(trust_env=False, timeout=PATIENCE)
