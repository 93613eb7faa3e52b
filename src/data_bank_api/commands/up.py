"""`databank up`: everything that the bank needs, in one folder, with a key made on the first start.

.databank/
    key       the key, for the owner's eyes
    files/    DATA_ROOT
    state/    STATE_ROOT
"""

import os
import secrets
import shlex
import shutil
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from data_bank_api.commands.listening import address_of
from data_bank_api.commands.places import variables_of
from data_bank_api.commands.serve import USAGE_EXIT, options, run

DATA = Path(".databank")


def up(
    *,
    data: Path = DATA,
    host: str | None = None,
    port: int | None = None,
    server: str | None = None,
    workers: int | None = None,
) -> None:
    """Run a bank in one folder: made, with a key, on the first start.

    It listens on this machine only, unless HOST or --host says otherwise. With
    API_UPLOAD_KEYS set those keys count, and none is made.

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
    """
    environment = dict(os.environ)
    environment["HOST"] = environment.get("HOST") or "127.0.0.1"
    environment |= variables_of(data)
    environment |= options(HOST=host, PORT=port, SERVER=server, WORKERS=workers)
    key_file = (data / "key").absolute()
    has_own_keys = bool(environment.get("API_UPLOAD_KEYS", "").strip())
    if not has_own_keys:
        environment["API_UPLOAD_KEYS"] = _ensure_key(key_file)
    run(
        environment,
        lambda listening: _announce(listening, data, None if has_own_keys else key_file),
    )


def _announce(listening: socket.socket, data: Path, key_file: Path | None) -> None:
    """What the person at the terminal, and at the next one, needs to know."""
    address = address_of(listening)
    command = "databank" if shutil.which("databank") else shlex.quote(sys.argv[0])
    key = "" if key_file is None else f' DATA_BANK_KEY="$(cat {shlex.quote(str(key_file))})"'
    hint = "" if key_file is not None else "  (and DATA_BANK_KEY, one of your API_UPLOAD_KEYS)\n"
    sys.stdout.write(
        f"Data Bank is at {address}, its files are in {data}\n"
        f"\n"
        f"  export DATA_BANK_URL={address}{key}\n"
        f"{hint}"
        f"  {command} put FILE\n"
        f"\n"
        f"Ctrl-C stops it.\n"
    )
    sys.stdout.flush()


def _ensure_key(path: Path) -> str:
    """The key in the file, which is made, for its owner only, when it is not there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _make_key(path)
        key = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        _refuse(f"--data: {path}: {error.strerror}")
    if not key:
        _refuse(f"{path} is empty: remove it, and a new key is made")
    return key


def _make_key(path: Path) -> None:
    draft = path.with_name(f"key.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(secrets.token_urlsafe(32) + "\n", encoding="utf-8")
        with suppress(FileExistsError):  # another start was first: its key is the key
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def _refuse(says: str) -> NoReturn:
    sys.stderr.write(f"databank: {says}\n")
    raise SystemExit(USAGE_EXIT)
