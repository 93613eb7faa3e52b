"""The server is killed with -9 under uploads and started again, many times over.

    killed      now its first process, now all of its processes, now one worker alone
    uploaders   eight, of files from a byte to some megabytes, each new

Promised at the end: every file that was answered for with 200 or 201 is there and is fetched as
it was sent; what is listed was sent, and is whole; the next start leaves no temporary file.
"""

import hashlib
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from benchmarks.soak.census import family
from data_bank_client import DataBankClient, DataBankClientError
from tests.running_bank import UPLOAD_KEY, RunningBank, running, until

KILLS = 50
UPLOADERS = 8
MOST_BYTES = 4_000_000
# One key for everything: who uploads also lists and fetches.
SETTINGS = {"WORKERS": "2", "API_READ_KEYS": "", "API_DELETE_KEYS": ""}


@dataclass(slots=True)
class Sent:
    """Digests of what was begun to be sent, and of what was answered for."""

    begun: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    unexpected: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Outcome:
    kills: int
    sent: Sent
    listed: frozenset[str]
    broken: frozenset[str]
    drafts: int

    @property
    def lost(self) -> set[str]:
        return self.sent.acknowledged - self.listed

    @property
    def invented(self) -> set[str]:
        return set(self.listed) - self.sent.begun

    @property
    def is_good(self) -> bool:
        faults = self.lost | self.invented | self.broken | self.sent.unexpected
        return not faults and self.drafts == 0 and bool(self.sent.acknowledged)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills; {len(self.sent.begun)} files begun, "
            f"{len(self.sent.acknowledged)} acknowledged, {len(self.listed)} listed, "
            f"{len(self.lost)} lost, {len(self.broken)} broken, {len(self.invented)} invented, "
            f"{self.drafts} temporary files; "
            f"{'; '.join(sorted(self.sent.unexpected)) or 'no unexpected answer'}"
        )


def upload_on(address: str, sent: Sent, is_over: threading.Event) -> None:
    """One file after another, on a new connection where the last was lost."""
    with httpx2.Client(timeout=20, trust_env=False) as client:
        while not is_over.is_set():
            content = os.urandom(int(MOST_BYTES ** random.random()))
            digest = hashlib.sha256(content).hexdigest()
            sent.begun.add(digest)
            try:
                answer = client.put(
                    f"{address}/files/{digest}", content=content, headers={"X-API-Key": UPLOAD_KEY}
                )
            except httpx2.TransportError:
                is_over.wait(0.1)  # it was killed
                continue
            if answer.status_code in {200, 201}:
                sent.acknowledged.add(digest)
            else:
                sent.unexpected.add(f"{answer.status_code} {answer.text[:200]}")


@contextmanager
def uploading(address: str, sent: Sent) -> Iterator[None]:
    is_over = threading.Event()
    threads = [
        threading.Thread(target=upload_on, args=(address, sent, is_over)) for _ in range(UPLOADERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def kill_parent(bank: RunningBank) -> None:
    bank.process.kill()


def kill_all(bank: RunningBank) -> None:
    for pid in reversed(list(family(bank.process.pid))):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_worker(bank: RunningBank) -> None:
    """One of them, as the log has them; its place is taken by another, and the server goes on."""
    workers = {int(str(each["process"])) for each in bank.log() if each["event"] == "serving"}
    there = sorted(workers & set(family(bank.process.pid)))
    os.kill(random.choice(there), signal.SIGKILL)


KINDS = (kill_worker, kill_parent, kill_all)


def kill_under_uploads(folder: Path, kills: int) -> Outcome:
    sent = Sent()
    with running(folder, **SETTINGS) as first:
        port = str(httpx2.URL(first.address).port)
    done = 0
    with uploading(first.address, sent):
        while done < kills:
            with running(folder, PORT=port, **SETTINGS) as bank:
                done += _kill_until_it_is_gone(bank, done, kills)
    with running(folder, PORT=port, **SETTINGS) as bank:
        drafts = len(bank.drafts())
        listed, broken = fetch_all(bank.address)
    return Outcome(done, sent, listed, broken, drafts)


def _kill_until_it_is_gone(bank: RunningBank, done: int, kills: int) -> int:
    """Kill in turn by each kind, up to one that ends the server. How many kills that took."""
    for number in range(done, kills):
        time.sleep(random.uniform(0.05, 0.6))
        kind = KINDS[number % len(KINDS)]
        everyone = list(family(bank.process.pid))
        kind(bank)
        if kind is not kill_worker:
            bank.process.wait()
            _wait_until_gone(everyone)
            return number + 1 - done
    return kills - done


def _wait_until_gone(pids: list[int]) -> None:
    until(lambda: not any(map(is_running, pids)))


def is_running(pid: int) -> bool:
    return Path("/proc", str(pid)).exists()


def fetch_all(address: str) -> tuple[frozenset[str], frozenset[str]]:
    """The ids that are listed, and of these the ones that are not fetched whole."""
    broken = set()
    with DataBankClient(address, UPLOAD_KEY) as client:
        listed = {each["file_id"]: each["size"] for each in client.iter_files()}
        for digest, size in listed.items():
            found, length = hashlib.sha256(), 0
            with suppress(DataBankClientError):
                for chunk in client.stream(digest):
                    found.update(chunk)
                    length += len(chunk)
            if (found.hexdigest(), length) != (digest, size):
                broken.add(digest)
    return frozenset(listed), frozenset(broken)


def run(say: Callable[[str], None], kills: float) -> bool:
    """Whether all went well."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        outcome = kill_under_uploads(Path(folder), int(kills))
    verdict = "ok" if outcome.is_good else "FAILED"
    say(f"{verdict} after {time.monotonic() - started:.0f} s: {outcome}")
    return outcome.is_good
