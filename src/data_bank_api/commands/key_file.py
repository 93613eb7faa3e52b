"""The key of a bank in one folder, in a file for its owner's eyes."""

import secrets
from pathlib import Path

from data_bank_api.config import SettingsError


def ensure_key(path: Path) -> str:
    """The key in the file, which is made when it is not there, by one process at a time.

    Raises SettingsError.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"--data: {path}: {error.strerror}") from error
    if not key:
        raise SettingsError(f"{path} is empty: remove it, and a new key is made")
    return key


def _make_key(path: Path) -> None:
    draft = path.with_name("key.new")
    draft.unlink(missing_ok=True)  # of a start that was killed
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(32) + "\n", encoding="utf-8")
    draft.rename(path)
