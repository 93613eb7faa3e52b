"""What every command knows: where the bank is, what opens it, and how to speak."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from data_bank_client.cli.show import printable
from data_bank_client.client import DataBankClient
from data_bank_client.errors import AuthorizationError, DataBankClientError, InvalidInputError

DEFAULT_URL = "http://127.0.0.1:8000"
KEY_VARIABLE = "DATA_BANK_KEY"
QUIET = 60.0


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Session:
    """The options that every command takes. A key is never one: others see command lines.

    Parameters
    ----------
    url
        The bank's address.
    key_file
        A file that holds the key, instead of DATA_BANK_KEY in the environment.
    json
        Print JSON, a line for each thing that is told of, and errors as JSON on stderr.
    """

    url: Annotated[str, Parameter(env_var="DATA_BANK_URL")] = DEFAULT_URL
    key_file: Annotated[Path | None, Parameter(env_var="DATA_BANK_KEY_FILE")] = None
    json: Annotated[bool, Parameter(negative="")] = False

    def client(self) -> DataBankClient:
        """A client of the bank. Raises AuthorizationError where there is no key."""
        on_retry = None if self.json else _Retries().tell
        return DataBankClient(self.url, self._key(), on_retry=on_retry)

    def hint(self, text: str) -> None:
        """Say on stderr what a person may want to know next."""
        if not self.json:
            print(printable(f"databank: {text}"), file=sys.stderr)

    def _key(self) -> str:
        if self.key_file is not None:
            return _read_key(self.key_file)
        key = os.environ.get(KEY_VARIABLE, "").strip()
        if not key:
            raise AuthorizationError(f"no key: set {KEY_VARIABLE}, or name a file by --key-file")
        return key


DEFAULT = Session()


def _read_key(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:  # which holds the file's content
        raise InvalidInputError(f"{path} holds no key: it is not UTF-8") from None


class _Retries:
    """Told on stderr; what is said of try after try is said once in QUIET seconds."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def tell(self, error: DataBankClientError, _: float) -> None:
        now = time.monotonic()
        self._said = {text: at for text, at in self._said.items() if now - at < QUIET}
        if error.message not in self._said:
            self._said[error.message] = now
            print(printable(f"databank: {error}; trying again"), file=sys.stderr)
