"""`ping`: a job that proves the way through, for as long as it is told to."""

import time
from typing import Annotated, ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.blobs.receive import Declared
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_client.wire.files import FileInfo
from data_bank_client.wire.jobs import JobResult

_STEPS = 100
_LEAST_STEP = 0.05  # seconds


class Ping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wait `seconds`, then answer with `message`; with `store` it is stored as a file."""

    name: ClassVar[str] = "ping"
    scope: ClassVar[Scope] = Scope.UPLOAD

    message: Annotated[str, msgspec.Meta(max_length=1000)] = "pong"
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    store: bool = False

    def run(self, shop: Shop, work: Work) -> JobResult:
        self._wait(work)
        details: dict[str, object] = {"message": self.message}
        if not self.store:
            return JobResult(result_id=None, result_bytes=0, details=details)
        stored = self._store(shop)
        return JobResult(result_id=stored.digest.hex, result_bytes=stored.size, details=details)

    def _wait(self, work: Work) -> None:
        step = max(self.seconds / _STEPS, _LEAST_STEP)
        begun = time.monotonic()
        while (gone := time.monotonic() - begun) < self.seconds:
            work.progress(100 * gone / self.seconds, f"{gone:.1f} of {self.seconds:.1f} seconds")
            time.sleep(min(step, self.seconds - gone))

    def _store(self, shop: Shop) -> FileInfo:
        content = self.message.encode()
        intake = shop.receiver.begin(Declared(size=len(content)))
        try:
            intake.open()
            intake.write(content)
            return intake.finish("text/plain; charset=utf-8").info
        finally:
            intake.discard()
