"""The service's settings: one table, read once from the environment into a frozen value.

An unset variable and an empty one mean the same: the default. A wrong or missing value
raises SettingsError, whose text is the one line that the operator reads.
"""

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from data_bank_api.tracing.exporting import can_trace

T_co = TypeVar("T_co", covariant=True)

GIGABYTE = 10**9
MEBIBYTE = 2**20
_ORIGIN = re.compile(r"\A(\*|https?://[a-z0-9\[]([a-z0-9.:\]-]*[a-z0-9\]])?)\Z")
_HOST = re.compile(r"\A(\*\.)?[a-z0-9]([a-z0-9.:-]*[a-z0-9])?\Z")


class SettingsError(Exception):
    """A setting, or what it points to, cannot be used. The text names the variable."""


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """A line of the table. `default` is in the form that the environment has; None: required."""

    name: str
    parse: Callable[[str], T_co]
    default: str | None
    says: str

    def read(self, environment: Mapping[str, str]) -> T_co:
        text = environment.get(self.name, "").strip() or self.default
        if text is None:
            raise SettingsError(f"{self.name} is required: {self.says}")
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingsError(f"{self.name}: {error}") from error


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 20):
            raise ValueError("must be a whole number")
        if not lowest <= int(text) <= highest:
            raise ValueError(f"must be from {lowest} to {highest}")
        return int(text)

    return parse


def _amount(lowest: float, highest: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not lowest <= number <= highest:  # nan is in no range
            raise ValueError(f"must be a number from {lowest:,g} to {highest:,g}")
        return number

    return parse


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text.lower()

    return parse


def _flag(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError("must be true or false")
    return words[text.lower()]


def _key_digests(text: str) -> tuple[bytes, ...]:
    """The SHA-256 of each key: the keys themselves are kept nowhere."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if not keys:
        raise ValueError("holds no key")
    if not all(key.isascii() and key.isprintable() and " " not in key for key in keys):
        raise ValueError("a key may hold visible ASCII characters only")
    return tuple(hashlib.sha256(key.encode()).digest() for key in keys)


def _optional_keys(text: str) -> tuple[bytes, ...]:
    return () if text == PUBLIC else _key_digests(text)


def _optional_folder(text: str) -> Path | None:
    return None if text == NONE else Path(text).absolute()


def _inherited_keys(text: str) -> tuple[bytes, ...] | None:
    return None if text == INHERIT else _key_digests(text)


def _redis_address(text: str) -> str | None:
    if text == NONE:
        return None
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    try:
        _ = urlsplit(text).port
    except ValueError:  # it holds what may be a part of a password
        raise ValueError("cannot be read as an address") from None
    return text


def _hub_address(text: str) -> str:
    """Whoever opens it judges the rest."""
    if not text.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return text


def _hub_token(text: str) -> str | None:
    if text == NONE:
        return None
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("a token may hold visible ASCII characters only")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    if text == NONE:
        return ()
    hosts = tuple(each.strip().lower() for each in text.split(","))
    if not all(_HOST.match(each) for each in hosts):
        raise ValueError("must be hosts such as cdn.example.org or *.example.org")
    return hosts


def _places(text: str) -> tuple[str, ...]:
    """Whoever opens them judges each."""
    return () if text == NONE else tuple(each.strip().lower() for each in text.split(","))


def _folders(text: str) -> tuple[Path, ...]:
    if text == NONE:
        return ()
    folders = tuple(Path(each.strip()) for each in text.split(":"))
    if not all(each.is_absolute() and ".." not in each.parts for each in folders):
        raise ValueError("must be absolute folders, separated by colons")
    if Path("/") in folders:
        raise ValueError("must not be all of the disk")
    return folders


def _collector(text: str) -> str | None:
    if text == NONE:
        return None
    if not text.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    if not can_trace():
        raise ValueError("traces need what pip install 'data-bank[traces]' brings")
    return text


def _origins(text: str) -> tuple[str, ...]:
    """As browsers write them: no path, the host in small letters, no port that is the usual one."""
    if text == NONE:
        return ()
    origins = tuple(each.strip() for each in text.split(","))
    if not all(_ORIGIN.match(each) for each in origins):
        raise ValueError("must be origins such as https://app.example.org, or * for every one")
    return origins


def _database_address(text: str) -> str | None:
    if text == IN_STATE:
        return None
    if not text.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return text


def _address_of(file: Path) -> str:
    """The database in a file. Of what means something in an address, nothing does here."""
    escaped = str(file).replace("%", "%25").replace("?", "%3F").replace("#", "%23")
    return f"sqlite:///{escaped}"


INHERIT = "(API_UPLOAD_KEYS)"
INSIDE = "(DATA_ROOT)/state"
PUBLIC = "(public)"
NONE = "(none)"
IN_STATE = "(STATE_ROOT)/databank.sqlite3"

DATA_ROOT = Setting("DATA_ROOT", Path, "/data/files", "the folder that the files live in")
STATE_ROOT = Setting(
    "STATE_ROOT", str, INSIDE, "the folder for what is not a file: locks, the database"
)
MIN_FREE_GB = Setting(
    "MIN_FREE_GB", _amount(0, 10**9), "1", "gigabytes (10^9) that uploads leave free on the disk"
)
MAX_FILE_BYTES = Setting(
    "MAX_FILE_BYTES", _whole(0, 2**63), "0", "the largest file taken, in bytes; 0 is no limit"
)
DELETE_STRICT_404 = Setting(
    "DELETE_STRICT_404", _flag, "false", "whether deleting a missing file is 404 instead of 204"
)
HOST = Setting("HOST", str, "::", "the address to listen on; `::` is IPv6 and IPv4")
PORT = Setting("PORT", _whole(0, 65535), "8000", "the port to listen on; 0 picks a free one")
SERVER = Setting("SERVER", _choice("uvicorn", "hypercorn"), "uvicorn", "uvicorn or hypercorn")
WORKERS = Setting("WORKERS", _whole(1, 64), "1", "how many processes serve")
API_UPLOAD_KEYS = Setting(
    "API_UPLOAD_KEYS", _key_digests, None, "keys that may upload, separated by commas"
)
API_READ_KEYS = Setting("API_READ_KEYS", _inherited_keys, INHERIT, "keys that may read")
API_DELETE_KEYS = Setting("API_DELETE_KEYS", _inherited_keys, INHERIT, "keys that may delete")
METRICS_KEY = Setting(
    "METRICS_KEY", _optional_keys, PUBLIC, "the key that `/metrics` asks for, if any"
)
PROMETHEUS_MULTIPROC_DIR = Setting(
    "PROMETHEUS_MULTIPROC_DIR",
    _optional_folder,
    NONE,
    "the folder in which several processes count together; `databank` makes one below it",
)
MAX_CONNECTIONS = Setting(
    "MAX_CONNECTIONS",
    _whole(10, 100_000),
    "1000",
    "how many connections a process has at once, on Hypercorn how many requests",
)
MAX_TRANSFERS_PER_KEY = Setting(
    "MAX_TRANSFERS_PER_KEY",
    _whole(1, 100_000),
    "256",
    "how many uploads, and how many downloads over 1 MiB, a key has under way at once in a process",
)
SESSION_HOURS = Setting(
    "SESSION_HOURS", _whole(1, 8760), "12", "how long somebody stays signed in to the pages"
)
OTEL_EXPORTER_OTLP_ENDPOINT = Setting(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    _collector,
    NONE,
    "where traces are sent, by OTLP over HTTP: `http://collector:4318`; without one there are none",
)
CORS_ORIGINS = Setting(
    "CORS_ORIGINS",
    _origins,
    NONE,
    "pages of which sites may call from a browser: `https://app.example.org`, several by commas",
)
LOG_LEVEL = Setting(
    "LOG_LEVEL", _choice("debug", "info", "warning", "error"), "info", "the least level logged"
)
VERIFY_READS = Setting(
    "VERIFY_READS", _flag, "true", "whether a file is checked again each time it is fetched whole"
)
STALL_SECONDS = Setting(
    "STALL_SECONDS",
    _amount(0.1, 3600),
    "30",
    "how long a sender or a reader may keep the bank waiting",
)
GRACE_SECONDS = Setting(
    "GRACE_SECONDS", _whole(0, 3600), "10", "how long requests and jobs may go on after a stop"
)
REDIS_URL = Setting(
    "REDIS_URL", _redis_address, NONE, "the Redis for jobs and events; without one there are none"
)
DATABASE_URL = Setting(
    "DATABASE_URL", _database_address, IN_STATE, "the SQL database: SQLite or PostgreSQL"
)
WORKER_PROCESSES = Setting(
    "WORKER_PROCESSES", _whole(1, 64), "1", "how many jobs a `databank worker` does at once"
)
JOB_RETENTION_DAYS = Setting(
    "JOB_RETENTION_DAYS", _whole(1, 36500), "30", "how long a job that has ended is kept"
)
EVENTS_KEPT = Setting(
    "EVENTS_KEPT", _whole(100, 10**7), "10000", "how many events can be read again"
)
WEBHOOKS_TO_PRIVATE = Setting(
    "WEBHOOKS_TO_PRIVATE", _flag, "false", "whether webhooks may lead to private addresses"
)
HF_ENDPOINT = Setting(
    "HF_ENDPOINT", _hub_address, "https://huggingface.co", "the Hub that repositories come from"
)
HF_TOKEN = Setting("HF_TOKEN", _hub_token, NONE, "who asks the Hub; it is sent nowhere else")
HF_API_TOKEN = Setting("HF_API_TOKEN", _hub_token, NONE, "the same, where `HF_TOKEN` is not set")
HUB_HOSTS = Setting(
    "HUB_HOSTS",
    _hosts,
    NONE,
    "hosts besides its own that the Hub may lead to, private ones too, separated by commas",
)
HUB_FILES = Setting(
    "HUB_FILES", _whole(1, 64), "8", "how many files a job fetches from the Hub at once"
)
HUB_BYTE_BUDGET = Setting(
    "HUB_BYTE_BUDGET",
    _whole(1, 2**40),
    "67108864",
    "how many bytes a job has asked the Hub for at once, over all files",
)
CORPUS_HOSTS = Setting(
    "CORPUS_HOSTS",
    _places,
    NONE,
    "hosts that files are ingested from by their https addresses, separated by commas",
)
SCAN_ROOTS = Setting(
    "SCAN_ROOTS",
    _folders,
    NONE,
    "folders of the server that may be scanned, with all below them, separated by colons",
)
CATALOG_FULL_DAYS = Setting(
    "CATALOG_FULL_DAYS",
    _whole(1, 36500),
    "7",
    "after how many days the catalog is crawled anew as a whole",
)
REPORT_MEMORY_MB = Setting(
    "REPORT_MEMORY_MB",
    _whole(64, 2**20),
    "256",
    "how many megabytes (2^20) a report's tables may take, beside some 130 of its process",
)
REPORT_DISK_GB = Setting(
    "REPORT_DISK_GB",
    _amount(0.1, 10**6),
    "32",
    "gigabytes (10^9) of the disk that a report may take while it is made",
)
REPORT_SECONDS = Setting("REPORT_SECONDS", _amount(1, 10**6), "3600", "how long a report may take")

SETTINGS: tuple[Setting[object], ...] = (
    API_UPLOAD_KEYS,
    API_READ_KEYS,
    API_DELETE_KEYS,
    METRICS_KEY,
    DATA_ROOT,
    STATE_ROOT,
    MIN_FREE_GB,
    MAX_FILE_BYTES,
    DELETE_STRICT_404,
    HOST,
    PORT,
    SERVER,
    WORKERS,
    VERIFY_READS,
    STALL_SECONDS,
    GRACE_SECONDS,
    MAX_CONNECTIONS,
    MAX_TRANSFERS_PER_KEY,
    SESSION_HOURS,
    REDIS_URL,
    DATABASE_URL,
    WORKER_PROCESSES,
    JOB_RETENTION_DAYS,
    EVENTS_KEPT,
    WEBHOOKS_TO_PRIVATE,
    HF_ENDPOINT,
    HF_TOKEN,
    HF_API_TOKEN,
    HUB_HOSTS,
    HUB_FILES,
    HUB_BYTE_BUDGET,
    CORPUS_HOSTS,
    SCAN_ROOTS,
    CATALOG_FULL_DAYS,
    REPORT_MEMORY_MB,
    REPORT_DISK_GB,
    REPORT_SECONDS,
    CORS_ORIGINS,
    OTEL_EXPORTER_OTLP_ENDPOINT,
    LOG_LEVEL,
    PROMETHEUS_MULTIPROC_DIR,
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the bank's files lie, and what is not a file: absolute."""

    data_root: Path
    state_root: Path

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Places":
        data_root = DATA_ROOT.read(environment).absolute()
        state = STATE_ROOT.read(environment)
        return cls(data_root, data_root / "state" if state == INSIDE else Path(state).absolute())


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. The four tuples of keys hold SHA-256 digests."""

    data_root: Path
    state_root: Path
    min_free_bytes: int
    max_file_bytes: int
    is_delete_strict: bool
    host: str
    port: int
    server: str
    workers: int
    upload_keys: tuple[bytes, ...] = field(repr=False)
    read_keys: tuple[bytes, ...] = field(repr=False)
    delete_keys: tuple[bytes, ...] = field(repr=False)
    metrics_keys: tuple[bytes, ...] = field(repr=False)
    is_verifying: bool
    stall_seconds: float
    grace_seconds: int
    max_connections: int
    max_transfers_per_key: int
    session_hours: int
    log_level: str
    metrics_folder: Path | None
    redis_url: str | None = field(repr=False)
    database_url: str = field(repr=False)
    worker_processes: int
    job_retention_days: int
    events_kept: int
    are_private_webhooks_allowed: bool
    hub_endpoint: str = field(repr=False)
    hub_token: str | None = field(repr=False)
    hub_hosts: tuple[str, ...]
    hub_files: int
    hub_byte_budget: int
    scan_roots: tuple[Path, ...]
    corpus_hosts: tuple[str, ...]
    catalog_full_days: int
    report_memory_bytes: int
    report_disk_bytes: int
    report_seconds: float
    cors_origins: tuple[str, ...]
    traces_endpoint: str | None = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises SettingsError for the first wrong or missing value."""
        places = Places.read(environment)
        upload_keys = API_UPLOAD_KEYS.read(environment)
        return cls(
            data_root=places.data_root,
            state_root=places.state_root,
            min_free_bytes=int(MIN_FREE_GB.read(environment) * GIGABYTE),
            max_file_bytes=MAX_FILE_BYTES.read(environment),
            is_delete_strict=DELETE_STRICT_404.read(environment),
            host=HOST.read(environment),
            port=PORT.read(environment),
            server=SERVER.read(environment),
            workers=WORKERS.read(environment),
            upload_keys=upload_keys,
            read_keys=API_READ_KEYS.read(environment) or upload_keys,
            delete_keys=API_DELETE_KEYS.read(environment) or upload_keys,
            metrics_keys=METRICS_KEY.read(environment),
            is_verifying=VERIFY_READS.read(environment),
            stall_seconds=STALL_SECONDS.read(environment),
            grace_seconds=GRACE_SECONDS.read(environment),
            max_connections=MAX_CONNECTIONS.read(environment),
            max_transfers_per_key=MAX_TRANSFERS_PER_KEY.read(environment),
            session_hours=SESSION_HOURS.read(environment),
            log_level=LOG_LEVEL.read(environment),
            metrics_folder=PROMETHEUS_MULTIPROC_DIR.read(environment),
            redis_url=REDIS_URL.read(environment),
            database_url=DATABASE_URL.read(environment)
            or _address_of(places.state_root / "databank.sqlite3"),
            worker_processes=WORKER_PROCESSES.read(environment),
            job_retention_days=JOB_RETENTION_DAYS.read(environment),
            events_kept=EVENTS_KEPT.read(environment),
            are_private_webhooks_allowed=WEBHOOKS_TO_PRIVATE.read(environment),
            hub_endpoint=HF_ENDPOINT.read(environment),
            hub_token=HF_TOKEN.read(environment) or HF_API_TOKEN.read(environment),
            hub_hosts=HUB_HOSTS.read(environment),
            hub_files=HUB_FILES.read(environment),
            hub_byte_budget=HUB_BYTE_BUDGET.read(environment),
            scan_roots=SCAN_ROOTS.read(environment),
            corpus_hosts=CORPUS_HOSTS.read(environment),
            catalog_full_days=CATALOG_FULL_DAYS.read(environment),
            report_memory_bytes=REPORT_MEMORY_MB.read(environment) * MEBIBYTE,
            report_disk_bytes=int(REPORT_DISK_GB.read(environment) * GIGABYTE),
            report_seconds=REPORT_SECONDS.read(environment),
            cors_origins=CORS_ORIGINS.read(environment),
            traces_endpoint=OTEL_EXPORTER_OTLP_ENDPOINT.read(environment),
        )
