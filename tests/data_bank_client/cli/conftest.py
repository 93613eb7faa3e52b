"""A fake bank behind a real connection, and the command line in this process."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest

from data_bank_client.cli.main import run
from tests.data_bank_client.fake_bank import KEY, FakeBank
from tests.data_bank_client.local_server import local_server, serve


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command line ended."""

    exit_code: int
    out: bytes
    err: str

    @property
    def records(self) -> list[dict[str, object]]:
        """The JSON lines on stdout."""
        return [msgspec.json.decode(each, type=dict[str, object]) for each in self.out.splitlines()]


UNDECODABLE = os.fsdecode(b"\xff.txt")  # a name that is not UTF-8
SHOWN = "\\udcff.txt"


class CommandLine:
    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self._capture = capture

    def __call__(self, *tokens: object) -> Ran:
        exit_code = run([str(each) for each in tokens])
        out, err = self._capture.readouterr()
        return Ran(exit_code, out, err.decode())


@pytest.fixture
def databank(
    bank: FakeBank,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[CommandLine]:
    with local_server(serve(bank)) as server:
        monkeypatch.setenv("DATA_BANK_URL", f"{server.url}/prefix")
        monkeypatch.setenv("DATA_BANK_KEY", KEY)
        monkeypatch.delenv("DATA_BANK_KEY_FILE", raising=False)
        yield CommandLine(capfdbinary)
