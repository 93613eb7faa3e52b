"""Twenty uploads that are refused, at once, by each kind of sender: who is refused is told so.

    reasons    no key, a key that may not, too large, an encoding; each with and without
               `Expect: 100-continue`
    senders    a socket that sends everything before it reads, curl, the client of the project

Promised: each gets the answer of its reason, although nobody reads its body; and afterwards
descriptors and threads are as they were, and no temporary file is left.
"""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from benchmarks.soak.census import Census, count, count_until
from data_bank_client import DataBankClient, DataBankClientError
from data_bank_client.wire.problem import STATUSES
from tests.running_bank import READ_KEY, UPLOAD_KEY, RunningBank, running

MEGABYTE = 1_000_000
MEGABYTES = 50
AT_ONCE = 20
BACK_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an upload is refused, with which status, and how it is asked for."""

    reason: str
    status: int
    key: str | None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> list[tuple[str, str]]:
        return [*self.headers, *([("X-API-Key", self.key)] if self.key else [])]


_EXPECT = ("Expect", "100-continue")
_PLAIN = (
    Refusal("no key", 401, None),
    Refusal("a key that may not", 403, READ_KEY),
    Refusal("too large", 413, UPLOAD_KEY),
    Refusal("an encoding", 415, UPLOAD_KEY, (("Content-Encoding", "gzip"),)),
)
REFUSALS = tuple(
    refusal
    for plain in _PLAIN
    for refusal in (
        plain,
        Refusal(f"{plain.reason}, expecting", plain.status, plain.key, (*plain.headers, _EXPECT)),
    )
)

# What was answered: the status as text, or what went wrong instead.
Sender = Callable[[RunningBank, Refusal, Path], str]


def by_socket(bank: RunningBank, refusal: Refusal, body: Path) -> str:
    head = ["POST /files HTTP/1.1", "Host: x", f"Content-Length: {body.stat().st_size}"]
    head += [f"{name}: {value}" for name, value in refusal.fields]
    with bank.connect() as connection, body.open("rb") as content:
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        connection.sendfile(content)
        return _final_status(connection)


def _final_status(connection: socket.socket) -> str:
    """Hypercorn asks who expects `100 Continue` for the body before it asks the application."""
    with connection.makefile("rb") as answer:
        lines = [line.split() for line in answer if line.startswith(b"HTTP/1.1 ")]
    final = [words[1].decode() for words in lines if words[1] != b"100"]
    return final[0] if final else "no answer"


def by_curl(bank: RunningBank, refusal: Refusal, body: Path) -> str:
    command = [
        "curl",
        "-sS",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-X",
        "POST",
        "-T",
        str(body),
    ]
    fields = [f"{name}: {value}" for name, value in refusal.fields]
    if _EXPECT not in refusal.headers:
        fields.append("Expect:")  # left out
    for field in fields:
        command += ["-H", field]
    ended = subprocess.run(
        [*command, f"{bank.address}/files"], capture_output=True, text=True, check=False
    )
    return ended.stdout if ended.returncode == 0 else f"{ended.stdout} and {ended.stderr.strip()}"


def by_client(bank: RunningBank, refusal: Refusal, body: Path) -> str:
    try:
        with DataBankClient(bank.address, refusal.key) as client, body.open("rb") as content:
            client.upload("refused.bin", content)
    except DataBankClientError as error:
        return str(STATUSES.get(type(error), error))
    return "201"


SENDERS: dict[str, tuple[Sender, Sequence[Refusal]]] = {
    "sockets": (by_socket, REFUSALS),
    "curls": (by_curl, REFUSALS),
    "clients": (by_client, _PLAIN[:3]),  # it says no encoding and expects nothing
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who was answered otherwise, and what the server held before and after."""

    wrong: tuple[str, ...]
    drafts: int
    before: Census
    after: Census

    @property
    def is_good(self) -> bool:
        return not self.wrong and self.drafts == 0 and has_let_go(self.before, self.after)

    def __str__(self) -> str:
        wrong = "; ".join(self.wrong) or "each got its answer"
        return f"{wrong}; {self.drafts} temporary files; before {self.before}; after {self.after}"


def has_let_go(before: Census, after: Census) -> bool:
    return after.descriptors <= before.descriptors and after.threads <= before.threads


def refuse(bank: RunningBank, names: Sequence[str], body: Path) -> Outcome:
    """Once by sockets, which starts what is started on demand; then by each of the senders."""
    wrong = _send_all(bank, "sockets", body)
    before = count(bank.process.pid)
    for name in names:
        wrong += _send_all(bank, name, body)
    after = count_until(bank.process.pid, lambda found: has_let_go(before, found), BACK_SECONDS)
    return Outcome(tuple(wrong), len(bank.drafts()), before, after)


def _send_all(bank: RunningBank, name: str, body: Path) -> list[str]:
    send, refusals = SENDERS[name]

    def told(refusal: Refusal) -> str:
        try:
            answer = send(bank, refusal, body)
        except OSError as error:
            answer = str(error)
        right = answer == str(refusal.status)
        return "" if right else f"{name}, {refusal.reason}: {answer} for {refusal.status}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [each for each in pool.map(told, islice(cycle(refusals), AT_ONCE)) if each]


@contextmanager
def refusing(folder: Path, server: str, megabytes: float) -> Iterator[tuple[RunningBank, Path]]:
    """A bank that takes files of a fifth of this size, and a file of it."""
    size = int(megabytes * MEGABYTE)
    body = folder / "body"
    body.write_bytes(bytes(size))
    with running(folder / "bank", server, MAX_FILE_BYTES=str(size // 5)) as bank:
        yield bank, body


def senders_here() -> list[str]:
    return [name for name in SENDERS if name != "curls" or shutil.which("curl")]


def run(say: Callable[[str], None], megabytes: float) -> bool:
    """On each server. Whether all went well."""
    is_well = True
    names = senders_here()
    for server in ("uvicorn", "hypercorn"):
        with (
            tempfile.TemporaryDirectory() as folder,
            refusing(Path(folder), server, megabytes) as (bank, body),
        ):
            outcome = refuse(bank, names, body)
        verdict = "ok" if outcome.is_good else "FAILED"
        say(f"{server}, {AT_ONCE} {', '.join(names)} each: {verdict}: {outcome}")
        is_well = is_well and outcome.is_good
    return is_well
