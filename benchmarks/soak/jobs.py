"""Jobs whose processes are killed with -9 in the middle, under a `databank up`.

    worker      all of `databank worker` at once: the one that watches, the dispatcher, the run
    child       the process that runs the job
    parent      the worker that forked it, and nothing else
    dispatcher  the process that brings jobs and events to where they belong
    redis       with every event that was on its way

Promised each time: the job runs again within 15 seconds and succeeds; each step of it, the last
one once, is seen in the stream of events and by `databank jobs watch`, and by who listens to the
channel unless Redis itself was killed; a crowd of other jobs succeeds too, each once.
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis

from benchmarks.soak.census import family
from data_bank_client import DataBankClient
from data_bank_client.wire.events import CHANNEL, EVENT_TYPES, JobEvent, decode_event, type_of
from tests.running_bank import DATABANK, UPLOAD_KEY, RunningBank, until

KILLS = 50
AGAIN_SECONDS = 15.0
RUN_SECONDS = 2.0  # of each job
END_SECONDS = 20.0
CROWD = 3  # other jobs that are queued beside each
SETTINGS = {"API_READ_KEYS": "", "API_DELETE_KEYS": "", "GRACE_SECONDS": "2"}
STARTED, PROGRESS, COMPLETED, FAILED = EVENT_TYPES


class Household:
    """A `databank up` and its processes, by what its log tells of them."""

    def __init__(self, bank: RunningBank) -> None:
        self.bank = bank

    def part(self, name: str) -> int:
        """The process that `up` has started last for this part."""
        started = {"event": "a part was started", "part": name}
        found = [each["process"] for each in self.bank.log() if started.items() <= each.items()]
        return int(str(found[-1]))

    def child(self) -> int:
        """The process that runs a job."""
        return self._run()[1]

    def parent(self) -> int:
        return self._run()[0]

    def dispatcher(self) -> int:
        """Of the two that the worker has begun, the one that forks nothing."""
        there = set(self._spawned()) - {self.parent()}
        return there.pop()

    def _run(self) -> tuple[int, int]:
        found = [(each, below) for each in self._spawned() for below in list(family(each))[1:]]
        assert len(found) == 1, f"{len(found)} runs at once"
        return found[0]

    def _spawned(self) -> list[int]:
        worker = self.part("worker")
        below = list(family(worker))[1:]
        return [each for each in below if status(each)["PPid"] == str(worker)]


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


KINDS: Mapping[str, Callable[[Household], list[int]]] = {
    "worker": lambda house: list(family(house.part("worker"))),
    "child": lambda house: [house.child()],
    "parent": lambda house: [house.parent()],
    "dispatcher": lambda house: [house.dispatcher()],
    "redis": lambda house: [house.part("redis")],
}


@dataclass(slots=True)
class Seen:
    """Events by job, as one who listens has them; each `event_id` counts once."""

    events: dict[str, dict[str, JobEvent]] = field(default_factory=dict)

    def add(self, event: JobEvent) -> None:
        self.events.setdefault(event.job_id, {})[event.event_id] = event

    def of(self, job_id: str) -> Counter[str]:
        return Counter(map(type_of, list(self.events.get(job_id, {}).values())))

    def wait_for_end(self, job_id: str) -> None:
        """For some seconds: an end that does not come is told by what was seen."""
        deadline = time.monotonic() + END_SECONDS
        while not self.of(job_id)[COMPLETED] and time.monotonic() < deadline:
            time.sleep(0.05)


@contextmanager
def listening(socket: Path) -> Iterator[Seen]:
    """To the channel, again and again where Redis goes away."""
    seen, is_over = Seen(), threading.Event()

    def listen() -> None:
        while not is_over.is_set():
            with suppress(redis.RedisError), redis.Redis(unix_socket_path=str(socket)) as client:
                channel = client.pubsub(ignore_subscribe_messages=True)
                channel.subscribe(CHANNEL)
                while not is_over.is_set():
                    message = channel.get_message(timeout=0.5)
                    if message is not None:
                        seen.add(decode_event(message["data"]))
            is_over.wait(0.1)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


@contextmanager
def following(client: DataBankClient) -> Iterator[Seen]:
    """The stream of events over HTTP, from its first."""
    seen, is_over = Seen(), threading.Event()

    def follow() -> None:
        for each in client.events(last_event_id="0"):
            seen.add(each.event)
            if is_over.is_set():
                return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        client.start_job("ping", {"message": "over"})  # of which it hears, and looks up
        thread.join(END_SECONDS)


class Watch:
    """`databank jobs watch --json` of one job."""

    def __init__(self, bank: RunningBank, job_id: str) -> None:
        self._process = subprocess.Popen(
            [DATABANK, "jobs", "watch", job_id, "--json", "--url", bank.address],
            env={**os.environ, "DATA_BANK_KEY": UPLOAD_KEY},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self) -> tuple[int, Counter[str]]:
        """The exit code, and the types of the events that it has told."""
        out, _ = self._process.communicate(timeout=120)
        steps = [json.loads(line) for line in out.splitlines()]
        return self._process.returncode, Counter(each["type"] for each in steps if "type" in each)


@dataclass(slots=True)
class Outcome:
    """`again`: the seconds from each kill to the job's next run, by the kind of kill."""

    again: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    jobs: int = 0

    @property
    def kills(self) -> int:
        return sum(map(len, self.again.values()))

    @property
    def is_good(self) -> bool:
        return not self.faults and self.kills > 0

    def __str__(self) -> str:
        longest = ", ".join(f"{kind} {max(each):.1f} s" for kind, each in self.again.items())
        faults = "; ".join(self.faults) or "no faults"
        return (
            f"{self.kills} kills under {self.jobs} jobs; longest until again: {longest}; {faults}"
        )


def kill_under_jobs(folder: Path, kills: int, kinds: tuple[str, ...] = tuple(KINDS)) -> Outcome:
    outcome = Outcome()
    command = [DATABANK, "up", "--data", str(folder / "data")]
    bank = RunningBank(folder, command, SETTINGS)
    try:
        bank.wait()
        house = Household(bank)
        with (
            DataBankClient(bank.address, UPLOAD_KEY) as client,
            listening(socket_of(folder)) as channel,
            following(client) as stream,
        ):
            for number in range(kills):
                kind = kinds[number % len(kinds)]
                Round(house, client, channel, stream, outcome).go(kind, number)
    finally:
        if bank.stop(signal.SIGINT) != 0:
            outcome.faults.append("it did not stop cleanly")
    return outcome


def socket_of(folder: Path) -> Path:
    return folder / "data" / "redis" / "redis.sock"


@dataclass(frozen=True, slots=True)
class Round:
    """One job, one kill in the middle of it, and what is seen of that."""

    house: Household
    client: DataBankClient
    channel: Seen
    stream: Seen
    outcome: Outcome

    def go(self, kind: str, number: int) -> None:
        job_id = self._start(f"round {number}", RUN_SECONDS)
        crowd = [self._start(f"crowd {number} {each}", 0.1) for each in range(CROWD)]
        watch = Watch(self.house.bank, job_id)
        until(lambda: self.client.get_job(job_id)["progress"] > 0)
        kill(*KINDS[kind](self.house))
        killed_at = time.monotonic()
        if kind in {"worker", "child", "parent"}:
            until(lambda: self.client.get_job(job_id)["attempts"] > 1)
        self.outcome.again.setdefault(kind, []).append(time.monotonic() - killed_at)
        for each in (job_id, *crowd):
            self._judge(kind, each)
        self._judge_watch(kind, watch)
        self.outcome.jobs += 1 + CROWD

    def _start(self, message: str, seconds: float) -> str:
        arguments = {"message": message, "seconds": seconds, "store": True}
        return self.client.start_job("ping", arguments)["job_id"]

    def _judge(self, kind: str, job_id: str) -> None:
        ended = self.client.wait_for_job(job_id, 120)
        self._expect(ended["state"] == "success", f"{kind}: a job is {ended['state']}")
        found = ended["result"] and ended["result"]["result_id"]
        self._expect(bool(found and self.client.head(found)), f"{kind}: no file was stored")
        listeners = {"stream": self.stream, "channel": self.channel}
        if kind == "redis":
            del listeners["channel"]
        for name, seen in listeners.items():
            seen.wait_for_end(job_id)
            self._judge_steps(f"{kind}: {name}", seen.of(job_id), ended["attempts"])

    def _judge_steps(self, who: str, steps: Counter[str], attempts: int) -> None:
        self._expect(steps[STARTED] == attempts, f"{who}: {steps[STARTED]} of {attempts} starts")
        self._expect(steps[COMPLETED] == 1, f"{who}: {steps[COMPLETED]} ends")
        self._expect(steps[FAILED] == 0, f"{who}: {steps[FAILED]} failures")

    def _judge_watch(self, kind: str, watch: Watch) -> None:
        code, steps = watch.end()
        self._expect(code == 0, f"{kind}: watch ended with {code}")
        self._expect(steps[STARTED] > 0 and steps[PROGRESS] > 0, f"{kind}: watch saw {steps}")
        self._expect(steps[COMPLETED] == 1, f"{kind}: watch saw {steps[COMPLETED]} ends")

    def _expect(self, holds: bool, fault: str) -> None:
        if not holds:
            self.outcome.faults.append(fault)


def run(say: Callable[[str], None], kills: float) -> bool:
    """Whether all went well, each job running again in time."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_under_jobs(Path(folder), int(kills))
    slow = [kind for kind, each in outcome.again.items() if max(each) > AGAIN_SECONDS]
    is_good = outcome.is_good and not slow
    say(f"{'ok' if is_good else 'FAILED'}: {outcome}")
    return is_good
