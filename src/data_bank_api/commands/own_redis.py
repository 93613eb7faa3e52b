"""The Redis of one data folder, for the bank in it and nobody else.

redis/               0700
    lock             held by the Redis that runs; its text is where the socket is
    redis.sock       the only way in; in a temporary folder where the path is none for a socket
    log              what the last one wrote
    appendonlydir/   what it knows: a kill loses nothing of it, a power cut the last second

Two never run on one folder, also when the first was left over by a kill: it is shut down.
"""

import os
import re
import signal
import tempfile
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import redis

from data_bank_api.broker.connect import connect
from data_bank_api.commands import leash
from data_bank_api.commands.file_lock import try_lock
from data_bank_api.commands.leash import Leashed
from data_bank_api.commands.part import StartError

START_SECONDS = 120.0  # it may have much to read
STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.05
# A socket's path has at most 107 bytes on Linux, 103 on macOS.
_LONGEST_PATH = 100
_TEMPORARY = "databank-redis-"
_LOG_PREFIX = re.compile(r"^\d+:\w \d+ \w+ \d+ [\d:.]+ \S ")


class OwnRedis:
    """Not running before `start`; `url` is where it is to be found then."""

    name = "redis"
    patience = STOP_SECONDS

    def __init__(self, binary: Path, folder: Path) -> None:
        """Makes the folder. Raises StartError where it cannot be made."""
        self._binary = binary
        self._folder = folder.absolute()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            self._socket = _socket_in(self._folder)
        except OSError as error:
            raise StartError(f"{self._folder}: {error.strerror}") from error
        self.url = _address_of(self._socket)

    def start(self) -> Leashed:
        """From a thread that lives as long as it shall. Raises StartError."""
        try:
            lock = self._take_lock()
            try:
                with (self._folder / "log").open("wb") as output:
                    return leash.start(
                        self._command(),
                        signal.SIGTERM,
                        folder=self._folder,
                        output=output.fileno(),
                        inherited=[lock],
                    )
            finally:
                os.close(lock)
        except OSError as error:
            raise StartError(f"Redis cannot be started: {error.strerror}") from error

    def wait(self, process: Leashed, stop: threading.Event) -> None:
        """Until it answers, or `stop` is set. Raises StartError where it never does."""
        deadline = time.monotonic() + START_SECONDS
        while not (stop.is_set() or _answers(self._socket)):
            if process.poll() is not None:
                raise StartError(f"Redis ended at its start: {self.last_words()}")
            if time.monotonic() > deadline:
                raise StartError(f"Redis does not answer: {self.last_words()}")
            stop.wait(_LOOK_SECONDS)

    def last_words(self) -> str:
        """The last line that it wrote, but for warnings of the system that come at each start."""
        try:
            lines = (self._folder / "log").read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        said = [_LOG_PREFIX.sub("", line) for line in lines if line.strip()]
        counting = [line for line in said if not line.startswith("WARNING")]
        return counting[-1] if counting else "it said nothing"

    def close(self) -> None:
        """After its end: nothing of it is left outside of its folder."""
        _remove(self._socket)

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "aof-use-rdb-preamble": "no",  # so that any other version can read it
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        given = [word for name, value in options.items() for word in (f"--{name}", value)]
        return [str(self._binary), *given]

    def _take_lock(self) -> int:
        """The descriptor that holds it, for Redis to inherit."""
        path = self._folder / "lock"
        deadline = time.monotonic() + STOP_SECONDS
        while (lock := try_lock(path, os.O_RDWR | os.O_CREAT)) is None:
            if time.monotonic() > deadline:
                raise StartError(
                    f"a Redis of an earlier start runs in {self._folder} and does not end"
                )
            _shut_down(Path(os.fsdecode(path.read_bytes())))
            time.sleep(_LOOK_SECONDS)
        before = Path(os.fsdecode(os.pread(lock, 4096, 0)))
        if before != self._socket:
            _remove(before)
        os.ftruncate(lock, 0)
        os.pwrite(lock, os.fsencode(self._socket), 0)
        return lock


def _socket_in(folder: Path) -> Path:
    usual = folder / "redis.sock"
    if len(os.fsencode(usual)) <= _LONGEST_PATH and str(usual).isprintable():
        return usual
    return Path(tempfile.mkdtemp(prefix=_TEMPORARY)) / usual.name


def _remove(path: Path) -> None:
    """A socket whose Redis is gone, with the folder that was made for it."""
    if path.parent.name.startswith(_TEMPORARY):
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()


def _address_of(path: Path) -> str:
    return f"unix://{quote(str(path))}"


def _answers(path: Path) -> bool:
    with closing(connect(_address_of(path), retries=0)) as connection, suppress(redis.RedisError):
        return bool(connection.ping())
    return False


def _shut_down(path: Path) -> None:
    with closing(connect(_address_of(path), retries=0)) as connection, suppress(redis.RedisError):
        connection.shutdown()
