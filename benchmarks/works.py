"""The table of works: what is measured, of whom, in which unit, and how.

A work is a block of rows; a part is what is asked for on the command line and may measure
several works at once.
"""

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
    FIRST_100,
    FIRST_1000,
    FULL,
    HASHLIB,
    HYPERCORN,
    HYPERCORN_UNVERIFIED,
    MIDDLE_100,
    MIDDLE_1000,
    MIRROR,
    NGINX,
    RCLONE,
    REGISTRY,
    UVICORN,
    UVICORN_UNVERIFIED,
)

PER_SECOND = "requests/s"
MEGABYTES_PER_SECOND = "MB/s"


@dataclass(frozen=True, slots=True)
class Work:
    part: str
    title: str
    unit: str
    who: tuple[str, ...]
    how: str


STORING = (UVICORN, HYPERCORN, RCLONE, REGISTRY)
SMALL = (UVICORN, HYPERCORN, NGINX, RCLONE, REGISTRY)
LARGE = (UVICORN, UVICORN_UNVERIFIED, HYPERCORN, HYPERCORN_UNVERIFIED, NGINX, RCLONE, REGISTRY)
STORES = (FULL, ALMOST_EMPTY)
PAGES = (FIRST_100, MIDDLE_100, FIRST_1000, MIDDLE_1000)

GET_SMALL = Work(
    "get-4k",
    "GET 4 KiB",
    PER_SECOND,
    (*SMALL, BARE_ASGI),
    "many files in random order, 16 connections of wrk kept alive; the bare ASGI application "
    "answers 4 KiB from memory, with as many headers and as many workers",
)
GET_HOT = Work(
    "get-4k-hot",
    "GET 4 KiB, one file",
    PER_SECOND,
    (*SMALL, BARE_ASGI),
    "as GET 4 KiB, always the same file",
)
GET_LARGE = Work(
    "get-1g",
    "GET 1 GiB",
    MEGABYTES_PER_SECOND,
    LARGE,
    "one `curl -o /dev/null`, the file in the page cache",
)
PUT_SMALL = Work(
    "put-4k",
    "PUT 4 KiB",
    PER_SECOND,
    (*STORING, BARE_WRITES),
    "a new content each time, 16 connections of wrk kept alive; docker-registry takes two requests "
    "for each file, which count as one; the bare script does the write protocol without HTTP",
)
PUT_LARGE = Work(
    "put-1g",
    "PUT 1 GiB",
    MEGABYTES_PER_SECOND,
    STORING,
    "one `curl -T`, a new content each time; the disk is synced before",
)
CLIENT = Work(
    "client",
    "Verified download of 1 GiB",
    MEGABYTES_PER_SECOND,
    (DOWNLOAD, CURL_SHA256SUM),
    "both from the bank on uvicorn, to the same disk, which is synced before",
)
MEMORY = Work(
    "memory",
    "Memory, eight uploads of 1 GiB",
    "MB",
    (UVICORN, HYPERCORN),
    "one worker, all eight in parallel; its highest proportional set size, less that "
    "after the start",
)
HUB_LARGE = Work(
    "hub-1g",
    "Mirror download of 1 GiB",
    MEGABYTES_PER_SECOND,
    (MIRROR, CURL, CURL_SYNC, CURL_SHA256SUM_SYNC, HASHLIB),
    "from the stand-in Hub of the tests on the same machine, which answers by sendfile from the "
    "page cache, by its redirect, to the same disk, which is synced before; the mirror's time ends "
    "when the file is verified and durable, that of `curl -o` when its bytes are in the page "
    "cache; a file's SHA-256 is a chain that one core works through: hashlib alone, of as many "
    "bytes in memory, is the most that anybody who verifies can reach",
)
HUB_MEMORY = Work(
    "hub-1g",
    "Memory, mirror download of 1 GiB",
    "MB",
    (MIRROR,),
    "as the download; the process's highest proportional set size, less that before it",
)
MANY_GET = Work(
    "million", "GET 4 KiB, many files", PER_SECOND, STORES, "as GET 4 KiB, of both stores"
)
MANY_PUT = Work(
    "million", "PUT 4 KiB, many files", PER_SECOND, STORES, "as PUT 4 KiB, into both stores"
)
MANY_START = Work(
    "million",
    "Start-up, many files",
    "ms",
    STORES,
    "from the start of the process to the first 200 of /healthz, two workers",
)
MANY_PAGE = Work(
    "million",
    "A page of GET /files",
    "ms",
    PAGES,
    "of the full store, one connection, each the median of 20",
)

WORKS = (
    GET_SMALL,
    GET_HOT,
    GET_LARGE,
    PUT_SMALL,
    PUT_LARGE,
    CLIENT,
    MEMORY,
    HUB_LARGE,
    HUB_MEMORY,
    MANY_GET,
    MANY_PUT,
    MANY_START,
    MANY_PAGE,
)
