"""Kinds of jobs that fail, hold, write, and do not let themselves be ended.

They tell by files in `folder` that they are there: `NAME-ATTEMPT`.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.blobs.receive import Declared
from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.jobs.ending import RunEnded
from data_bank_api.jobs.kind import Kind
from data_bank_api.jobs.kinds.table import KINDS, Kinds
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.jobs import JobResult

NOTHING = JobResult(result_id=None, result_bytes=0, details={})
ERRORS: dict[str, Exception] = {
    "temporary": DatabaseAwayError(),
    "bad": InvalidInputError("no such dataset"),
    "defect": KeyError("/data/files/secret"),
}


def tell(folder: str, name: str, work: Work) -> None:
    Path(folder, f"{name}-{work.job.attempts}").touch()


class Fail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Raises one of ERRORS."""

    name: ClassVar[str] = "fail"
    scope: ClassVar[Scope] = Scope.UPLOAD
    how: str

    def run(self, _shop: Shop, _work: Work) -> JobResult:
        raise ERRORS[self.how]


class Odd(msgspec.Struct, frozen=True):
    """Gives a result that is no JSON."""

    name: ClassVar[str] = "odd"
    scope: ClassVar[Scope] = Scope.UPLOAD

    def run(self, _shop: Shop, _work: Work) -> JobResult:
        return JobResult(result_id=None, result_bytes=0, details={"odd": object()})


class Hold(msgspec.Struct, frozen=True):
    """Works until there is a file `go` in the folder; then it fails, if that says `fail`."""

    name: ClassVar[str] = "hold"
    scope: ClassVar[Scope] = Scope.UPLOAD
    folder: str

    def run(self, _shop: Shop, work: Work) -> JobResult:
        tell(self.folder, "began", work)
        go = Path(self.folder, "go")
        while not go.exists():
            work.progress(50, "half")
            time.sleep(0.01)
        if go.read_text() == "fail":
            raise ERRORS["temporary"]
        tell(self.folder, "ended", work)
        return NOTHING


class Write(msgspec.Struct, frozen=True):
    """Writes a draft that has no end."""

    name: ClassVar[str] = "write"
    scope: ClassVar[Scope] = Scope.UPLOAD
    folder: str

    def run(self, shop: Shop, work: Work) -> JobResult:
        intake = shop.receiver.begin(Declared())
        try:
            intake.open()
            while True:
                intake.write(b"more of it")
                tell(self.folder, "began", work)
                time.sleep(0.01)
        finally:
            intake.discard()
            tell(self.folder, "cleared", work)


class Deaf(msgspec.Struct, frozen=True):
    """Holds a draft, and does not end."""

    name: ClassVar[str] = "deaf"
    scope: ClassVar[Scope] = Scope.UPLOAD
    folder: str

    def run(self, shop: Shop, work: Work) -> JobResult:
        intake = shop.receiver.begin(Declared())
        intake.open()
        while True:
            try:
                tell(self.folder, "began", work)
                time.sleep(1000)
            except RunEnded:
                tell(self.folder, "heard", work)


class Sulk(msgspec.Struct, frozen=True):
    """Fails when it is ended."""

    name: ClassVar[str] = "sulk"
    scope: ClassVar[Scope] = Scope.UPLOAD
    folder: str

    def run(self, _shop: Shop, work: Work) -> JobResult:
        try:
            tell(self.folder, "began", work)
            time.sleep(1000)
        except RunEnded as ended:
            raise ERRORS["defect"] from ended
        return NOTHING


class Hasten(msgspec.Struct, frozen=True):
    """Comes to its end when it is ended."""

    name: ClassVar[str] = "hasten"
    scope: ClassVar[Scope] = Scope.UPLOAD
    folder: str

    def run(self, _shop: Shop, work: Work) -> JobResult:
        with suppress(RunEnded):
            tell(self.folder, "began", work)
            time.sleep(1000)
        return NOTHING


class Die(msgspec.Struct, frozen=True):
    """Is killed in its first attempt, as by the system where memory is short."""

    name: ClassVar[str] = "die"
    scope: ClassVar[Scope] = Scope.UPLOAD

    def run(self, _shop: Shop, work: Work) -> JobResult:
        if work.job.attempts == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return NOTHING


ODD: tuple[type[Kind], ...] = (Fail, Odd, Hold, Write, Deaf, Sulk, Hasten, Die)
ODD_KINDS: Kinds = {**KINDS, **{kind.name: kind for kind in ODD}}
