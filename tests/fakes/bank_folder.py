"""The folder of a `databank up`, and the operator's commands that work on it."""

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.fakes.disk import Scenario, open_store
from tests.running_bank import DATABANK, PATIENCE


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    exit_code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def record(self) -> dict[str, object]:
        """The one JSON line on stdout."""
        return msgspec.json.decode(self.out, type=dict[str, object])

    @property
    def events(self) -> list[object]:
        """The events of the log on stderr."""
        kind = list[dict[str, object]]
        lines = msgspec.json.decode(f"[{','.join(self.err.splitlines())}]", type=kind)
        return [line["event"] for line in lines]


class BankFolder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root, self.state = folder / "files", folder / "state"
        open_store(self.root)
        self.state.mkdir()

    def hold(self, scenario: Scenario, *contents: bytes) -> None:
        for content in contents:
            scenario(self.root, content)

    def start(self, *tokens: str, stderr: int = subprocess.PIPE) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [DATABANK, *tokens, "--data", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def run_on_terminal(self, *tokens: str) -> Ended:
        """With its stderr on a terminal; `err` is what was written to that."""
        ours, its = os.openpty()
        process = self.start(*tokens, stderr=its)
        os.close(its)
        shown = b""
        with suppress(OSError):  # Linux: EIO when the other side is closed
            while chunk := os.read(ours, 4096):
                shown += chunk
        os.close(ours)
        ended = end(process)
        return Ended(ended.exit_code, ended.out, shown.decode())

    def run(self, *tokens: str) -> Ended:
        return end(self.start(*tokens))


def end(process: "subprocess.Popen[str]") -> Ended:
    with process:
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except BaseException:
            process.kill()
            raise
    return Ended(process.returncode, out, err)


def run_anywhere(*tokens: str, **environment: str) -> Ended:
    """A command whose bank is told by the environment."""
    process = subprocess.Popen(
        [DATABANK, *tokens],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return end(process)
