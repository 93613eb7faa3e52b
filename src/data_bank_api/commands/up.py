"""`databank up`: everything that the bank needs, in one folder, with a key made on the first start.

.databank/
    key       the key, for the owner's eyes
    files/    DATA_ROOT
    state/    STATE_ROOT
"""

import os
import secrets
import shutil
import socket
import sys
from pathlib import Path

from data_bank_api.commands.listening import address_of
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
    data: The folder that everything lives in.
    host: The address to listen on.
    port: The port to listen on.
    server: uvicorn or hypercorn.
    workers: How many processes serve.
    """
    environment = dict(os.environ)
    environment["HOST"] = environment.get("HOST") or "127.0.0.1"
    environment |= {"DATA_ROOT": str(data / "files"), "STATE_ROOT": str(data / "state")}
    environment |= options(HOST=host, PORT=port, SERVER=server, WORKERS=workers)
    key_file = (data / "key").absolute()
    has_own_keys = bool(environment.get("API_UPLOAD_KEYS"))
    if not has_own_keys:
        environment["API_UPLOAD_KEYS"] = _ensure_key(key_file)

    def announce(listening: socket.socket) -> None:
        command = "databank" if shutil.which("databank") else sys.argv[0]
        key = "one of API_UPLOAD_KEYS" if has_own_keys else f'"$(cat {key_file})"'
        sys.stdout.write(
            f"Data Bank is at {address_of(listening)}, its files are in {data}\n"
            f"\n"
            f"  export DATA_BANK_URL={address_of(listening)} DATA_BANK_KEY={key}\n"
            f"  {command} put FILE\n"
            f"\n"
            f"Ctrl-C stops it.\n"
        )
        sys.stdout.flush()

    run(environment, announce)


def _ensure_key(path: Path) -> str:
    """The key in the file, which is made for its owner only when it is not there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            draft = path.with_name(f"key.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(32) + "\n")
            draft.rename(path)
        return path.read_text().strip()
    except OSError as error:
        sys.stderr.write(f"databank: --data: {path}: {error.strerror}\n")
        raise SystemExit(USAGE_EXIT) from error
