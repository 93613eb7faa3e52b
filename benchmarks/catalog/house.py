"""A whole Data Bank with two API workers beside a stand-in Hub that has very many datasets."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from benchmarks.errors import BenchmarkError
from benchmarks.soak.jobs import Household
from data_bank_client import DataBankClient
from tests.running_bank import DATABANK, UPLOAD_KEY, RunningBank

PATIENCE = 60.0
SETTINGS = {"WORKERS": "2", "API_READ_KEYS": "", "API_DELETE_KEYS": ""}


@dataclass(frozen=True, slots=True)
class House:
    """`worker` and `redis` are processes; `client` and `cache` are connected to it."""

    bank: RunningBank
    client: DataBankClient
    cache: "redis.Redis"
    worker: int
    redis: int
    socket: Path


@contextmanager
def stand_in(datasets: int) -> Iterator[dict[str, str]]:
    """A Hub in a process of its own; the settings that lead to it."""
    command = [sys.executable, "-m", "tests.fakes.hub.serve", "100000", "0", "0", str(datasets)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        told = json.loads(process.stdout.readline() if process.stdout else b"null")
        yield {"HF_ENDPOINT": str(told["endpoint"]), "HF_TOKEN": str(told["token"])}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


@contextmanager
def house(folder: Path, settings: dict[str, str]) -> Iterator[House]:
    """By `databank up`, with its own Redis. Raises BenchmarkError where it does not start."""
    folder.mkdir()
    data = folder / "data"
    bank = RunningBank(folder, [DATABANK, "up", "--data", str(data)], {**SETTINGS, **settings})
    try:
        bank.wait()
        socket = data / "redis" / "redis.sock"
        parts = Household(bank)
        with (
            DataBankClient(bank.address, UPLOAD_KEY) as client,
            redis.Redis(unix_socket_path=str(socket)) as cache,
        ):
            yield House(bank, client, cache, parts.part("worker"), parts.part("redis"), socket)
    except AssertionError as error:
        raise BenchmarkError(str(error)) from error
    finally:
        bank.stop(signal.SIGINT)
