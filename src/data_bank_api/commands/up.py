"""`databank up`: everything that the bank needs, in one folder, with a key made on the first start.

.databank/
    key       the key, for the owner's eyes
    files/    DATA_ROOT
    state/    STATE_ROOT: what is not a file, the database among it
    redis/    its own Redis, where REDIS_URL names no other

One runs on a folder at a time. In it the server runs, beside it, as processes of their own, Redis
and a worker: a part that is lost is started again, all end with this process, however it ends.
At a stop the server goes first, then the worker, then Redis.
"""

import os
import shlex
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import structlog

from data_bank_api.commands.file_lock import try_lock
from data_bank_api.commands.keeper import Keeper
from data_bank_api.commands.key_file import ensure_key
from data_bank_api.commands.listening import address_of
from data_bank_api.commands.own_redis import OwnRedis
from data_bank_api.commands.own_worker import OwnWorker
from data_bank_api.commands.part import Part, StartError
from data_bank_api.commands.places import variables_of
from data_bank_api.commands.redis_binary import find_redis
from data_bank_api.commands.serve import USAGE_EXIT, options, run
from data_bank_api.commands.servers import STOP_SECONDS
from data_bank_api.config import REDIS_URL, Settings, SettingsError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

DATA = Path(".databank")
_NO_REDIS = "no Redis was found; install redis-server or valkey-server, or set REDIS_URL"


def up(
    *,
    data: Path = DATA,
    host: str | None = None,
    port: int | None = None,
    server: str | None = None,
    workers: int | None = None,
    processes: int | None = None,
) -> None:
    """Run a bank in one folder: made, with a key, on the first start.

    Jobs run there too, by a worker and a Redis of its own; REDIS_URL and DATABASE_URL
    name others. It listens on this machine only, unless HOST or --host says otherwise.
    With API_UPLOAD_KEYS set those keys count, and none is made.

    Parameters
    ----------
    data
        The folder that everything lives in.
    host
        The address to listen on.
    port
        The port to listen on.
    server
        uvicorn or hypercorn.
    workers
        How many processes serve.
    processes
        How many jobs are done at once.
    """
    environment = dict(os.environ)
    environment["HOST"] = environment.get("HOST") or "127.0.0.1"
    environment |= variables_of(data)
    environment |= options(
        HOST=host, PORT=port, SERVER=server, WORKERS=workers, WORKER_PROCESSES=processes
    )
    try:
        with _held(data):
            _run(environment, data)
    except (SettingsError, StartError) as error:
        sys.stderr.write(f"databank: {error}\n")
        raise SystemExit(USAGE_EXIT) from error


@contextmanager
def _held(data: Path) -> Iterator[None]:
    """The folder, which is made when it is not there, is this process's own."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = try_lock(data)
    except OSError as error:
        raise SettingsError(f"--data: {data}: {error.strerror}") from error
    if lock is None:
        raise SettingsError(f"--data: {data} is in use: another databank up runs on it")
    try:
        yield
    finally:
        os.close(lock)


def _run(environment: dict[str, str], data: Path) -> None:
    """Until stopped; then ends the process."""
    key_file = _find_key(environment, data)
    parts, jobs_say = _find_parts(environment, data)
    keeper = Keeper(parts)

    def begin(listening: socket.socket) -> None:
        if not parts:
            log.warning("jobs do not run", reason=_NO_REDIS)
        keeper.start()
        _announce(listening, data, key_file, jobs_say)

    # The server takes them over while it runs.
    _on_signals(_leave)
    try:
        run(environment, begin)
    finally:
        _on_signals(lambda _number, _frame: keeper.hurry())
        keeper.stop()


def _find_key(environment: dict[str, str], data: Path) -> Path | None:
    """The file of the key, which is put into the environment; None where that has keys."""
    if environment.get("API_UPLOAD_KEYS", "").strip():
        return None
    key_file = (data / "key").absolute()
    environment["API_UPLOAD_KEYS"] = ensure_key(key_file)
    return key_file


def _find_parts(environment: dict[str, str], data: Path) -> tuple[list[Part], str]:
    """What runs beside the server, and a sentence on that. Redis is put into the environment."""
    settings = Settings.read(environment)
    # The worker has its own patience with its jobs, which ends first.
    worker = OwnWorker(environment, settings.grace_seconds + 2 * STOP_SECONDS)
    if settings.redis_url is not None:
        return [worker], "Jobs run here too, by the Redis of REDIS_URL."
    binary = find_redis()
    if binary is None:
        return [], f"Jobs do not run: {_NO_REDIS}."
    own = OwnRedis(binary, data / "redis")
    environment[REDIS_URL.name] = own.url
    return [own, worker], "Jobs run here too."


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, handler)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _announce(listening: socket.socket, data: Path, key_file: Path | None, jobs_say: str) -> None:
    """What the person at the terminal, and at the next one, needs to know."""
    address = address_of(listening)
    command = "databank" if shutil.which("databank") else shlex.quote(sys.argv[0])
    key = "" if key_file is None else f' DATA_BANK_KEY="$(cat {shlex.quote(str(key_file))})"'
    hint = "" if key_file is not None else "  (and DATA_BANK_KEY, one of your API_UPLOAD_KEYS)\n"
    sys.stdout.write(
        f"Data Bank is at {address}, its files are in {data}\n"
        f"{jobs_say}\n"
        f"In a browser it has pages, to sign in to with the key.\n"
        f"\n"
        f"  export DATA_BANK_URL={address}{key}\n"
        f"{hint}"
        f"  {command} put FILE\n"
        f"\n"
        f"Ctrl-C stops it.\n"
    )
    sys.stdout.flush()
