"""Rounds over the store in digest order: where one run ends the next one goes on.

    verify.lock    held by the one verifier that walks the store
    verify.json    the round: what was found, and the last digest looked at

Both lie below STATE_ROOT. A round that was killed goes on from what it last wrote, which is
at most a second and one file old. What is stored behind its back waits for the next round.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.lone import lone
from data_bank_api.blobs.disk.pace import StoppedError
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify import State, Verdict, Verifier, reason
from data_bank_api.blobs.disk.verify_report import (
    VerifyReport,
    read_verify_report,
    write_verify_report,
)
from data_bank_api.blobs.disk.walk import last_in, names_in, walk_shards
from data_bank_client.errors import ConflictError, InvalidInputError
from data_bank_client.wire.digest import Digest

_SAVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Store:
    """What a round works on."""

    root: str
    state: Path
    system: System


class Round:
    """The round under way, or a new one; `tell` is called with each verdict but `missing`."""

    def __init__(
        self,
        store: Store,
        verifier: Verifier,
        tell: Callable[[Verdict], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._verifier = verifier
        self._tell = tell
        self._clock = clock
        self._saved_at = 0.0
        self.report = _new_round(None, clock())

    def run(self, is_over: Callable[[], bool], *, is_new: bool) -> VerifyReport:
        """Verify until the end, or until `is_over` after a file, or until the pace says stop.

        The position is kept however it ends. Raises ConflictError where another one is at it.
        """
        with lone(self._store.state / "verify.lock", self._store.system) as is_ours:
            if not is_ours:
                raise ConflictError("the store is being verified already")
            self._begin(is_new=is_new)
            try:
                self._walk(is_over)
            except StoppedError:
                pass
            finally:
                self._save()
        return self.report

    def _begin(self, *, is_new: bool) -> None:
        last = read_verify_report(self._store.state)
        is_under_way = last is not None and not last.is_complete
        if last is not None and is_under_way and not is_new:
            self.report = last
        else:
            self.report = _new_round(last, self._clock())
        self._save()

    def _walk(self, is_over: Callable[[], bool]) -> None:
        for verdict in self._verify_after(_position_of(self.report)):
            self._add(verdict)
            if is_over():
                return
            if abs(self._clock() - self._saved_at) >= _SAVE_SECONDS:  # it may be set back
                self._save()
        now = self._clock()
        self.report = replace(self.report, is_complete=True, completed_at=now)

    def _verify_after(self, after: Digest | None) -> Iterator[Verdict]:
        layout = Layout(self._store.root)
        for shard in walk_shards(layout, "", "" if after is None else after.hex):
            if after is not None and last_in(shard) <= after:
                continue
            try:
                names = names_in(layout, shard)
            except OSError as error:  # one bad place must not keep the rest from being verified
                yield Verdict(last_in(shard), State.FAILED, 0, reason(error), folder=shard[-5:])
                continue
            for digest, kinds in sorted(names.items()):
                if kinds & {"bin", "bad"} and (after is None or digest > after):
                    yield self._verifier.verify(digest)

    def _add(self, verdict: Verdict) -> None:
        self.report = add(self.report, verdict)
        if verdict.state is not State.MISSING:  # removed since it was seen
            self._tell(verdict)

    def _save(self) -> None:
        self._saved_at = self._clock()
        self.report = replace(self.report, ended_at=self._saved_at)
        write_verify_report(self._store.state, self.report, self._store.system)


def add(report: VerifyReport, verdict: Verdict) -> VerifyReport:
    """The report with one more verdict."""
    state = verdict.state
    return replace(
        report,
        files=report.files + (state in (State.SOUND, State.DAMAGED, State.FAILED)),
        bytes=report.bytes + verdict.size,
        damaged=report.damaged + (state is State.DAMAGED),
        failed=report.failed + (state is State.FAILED),
        quarantined=report.quarantined + (state is State.QUARANTINED),
        position=verdict.digest.hex,
    )


def _new_round(last: VerifyReport | None, now: float) -> VerifyReport:
    return VerifyReport(
        started_at=now,
        ended_at=now,
        files=0,
        bytes=0,
        damaged=0,
        failed=0,
        is_complete=False,
        completed_at=0.0 if last is None else last.completed_at,
    )


def _position_of(report: VerifyReport) -> Digest | None:
    """None for the beginning."""
    try:
        return Digest.parse(report.position)
    except InvalidInputError:
        return None
