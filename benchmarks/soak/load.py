"""Everything that users do, at once and for minutes: the server must not grow.

Eight users, each with files of its own, store, fetch, fetch parts, list and remove. Promised:
every answer is right, and in the last quarter of the time memory, descriptors and threads are
what they were in the first.
"""

import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.soak.census import MIB, Census, count
from data_bank_client import DataBankClient
from data_bank_client.wire.digest import Digest
from tests.running_bank import UPLOAD_KEY, RunningBank, running

SECONDS = 180.0
USERS = 8
MOST_BYTES = 3_000_000
MOST_FILES = 40
LOOK_SECONDS = 0.5
WARM_UP = 0.1  # of the time: threads and caches come on demand
SPARE_BYTES = 16 * MIB  # what an allocator may keep without leaking
SPARE_DESCRIPTORS = 16  # each user has a connection and a file open, or not
SPARE_THREADS = 8  # the workers' threads come on demand, up to a number


class LoadError(Exception):
    """An answer that is not the right one."""


@dataclass(slots=True)
class User:
    """Knows what it stored, so every answer can be compared."""

    client: DataBankClient
    random: random.Random
    files: dict[str, bytes] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def act(self) -> None:
        name = self.random.choice(list(ACTIONS)) if self.files else "put"
        if len(self.files) >= MOST_FILES:
            name = "delete"
        if not ACTIONS[name](self):
            raise LoadError(f"{name} was answered wrongly")
        self.done[name] += 1

    def any(self) -> str:
        return self.random.choice(list(self.files))


def put(user: User) -> bool:
    content = user.random.randbytes(int(MOST_BYTES ** user.random.random()) + 16)
    digest = user.client.upload("load.bin", content)["file_id"]
    user.files[digest] = content
    return digest == Digest.of(content).hex


def get(user: User) -> bool:
    digest = user.any()
    return b"".join(user.client.stream(digest)) == user.files[digest]


def get_part(user: User) -> bool:
    digest = user.any()
    content = user.files[digest]
    start = user.random.randrange(len(content) - 1)
    stop = user.random.randrange(start + 1, len(content))
    return user.client.read_range(digest, start, stop) == content[start:stop]


def list_files(user: User) -> bool:
    digest = user.any()
    return [each["file_id"] for each in user.client.list(prefix=digest)["items"]] == [digest]


def delete(user: User) -> bool:
    digest = user.any()
    user.client.delete(digest)
    del user.files[digest]
    return True


ACTIONS: dict[str, Callable[[User], bool]] = {
    "put": put,
    "get": get,
    "part": get_part,
    "list": list_files,
    "delete": delete,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    done: Counter[str]
    first: Census
    last: Census

    @property
    def is_good(self) -> bool:
        return (
            self.last.memory <= self.first.memory + SPARE_BYTES
            and self.last.descriptors <= self.first.descriptors + SPARE_DESCRIPTORS
            and self.last.threads <= self.first.threads + SPARE_THREADS
        )

    def __str__(self) -> str:
        done = ", ".join(f"{number} {name}" for name, number in sorted(self.done.items()))
        return f"{done}; first quarter {self.first}; last quarter {self.last}"


def middle(found: Sequence[Census]) -> Census:
    return Census(
        memory=int(statistics.median(each.memory for each in found)),
        descriptors=int(statistics.median(each.descriptors for each in found)),
        threads=int(statistics.median(each.threads for each in found)),
    )


def quarters(found: Sequence[Census]) -> tuple[Census, Census]:
    """The first and the last, without the warm-up."""
    warm = found[int(len(found) * WARM_UP) :]
    size = max(1, len(warm) // 4)
    return middle(warm[:size]), middle(warm[-size:])


def bear(bank: RunningBank, seconds: float) -> Outcome:
    """Raises LoadError and what the client raises."""
    deadline = time.monotonic() + seconds
    is_over = threading.Event()

    def use(number: int) -> Counter[str]:
        with DataBankClient(bank.address, UPLOAD_KEY) as client:
            user = User(client, random.Random(number))
            try:
                while time.monotonic() < deadline and not is_over.is_set():
                    user.act()
            finally:
                is_over.set()  # also where one failed
        return user.done

    looks: list[Census] = []
    with ThreadPoolExecutor(USERS) as pool:
        users = [pool.submit(use, number) for number in range(USERS)]
        while not is_over.wait(LOOK_SECONDS):
            looks.append(count(bank.process.pid))
        done = sum((user.result() for user in users), Counter[str]())
    return Outcome(done, *quarters(looks))


def run(say: Callable[[str], None], seconds: float) -> bool:
    """On each server, with two workers. Whether all went well."""
    is_well = True
    for server in ("uvicorn", "hypercorn"):
        with (
            tempfile.TemporaryDirectory() as folder,
            running(
                Path(folder), server, WORKERS="2", API_READ_KEYS="", API_DELETE_KEYS=""
            ) as bank,
        ):
            outcome = bear(bank, seconds)
        say(f"{server}: {'ok' if outcome.is_good else 'FAILED'}: {outcome}")
        is_well = is_well and outcome.is_good
    return is_well
