"""The watch over runs: one that gives no sign of life is given up for lost, and tried again."""

from collections.abc import Callable

import structlog

from data_bank_api.jobs.silence import SILENCE, Silence
from data_bank_api.queue.upkeep import Upkeep

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

LOST = f"no sign of life for {SILENCE:.0f} s"


class Watch:
    """`clock` is a monotonic one."""

    def __init__(self, upkeep: Upkeep, clock: Callable[[], float]) -> None:
        self._upkeep = upkeep
        self._clock = clock
        self._silence = Silence()

    def look(self) -> None:
        """To be called about once a second. Raises DatabaseAwayError: call `forget` then."""
        for run in self._silence.look(self._upkeep.running(), self._clock()):
            if self._upkeep.lost(run.job_id, run.attempt, LOST, beat=run.beat):
                log.warning("a run was lost", job_id=run.job_id, attempt=run.attempt, reason=LOST)

    def forget(self) -> None:
        """The runs could not be watched for a while: the silence of all is counted anew."""
        self._silence.forget()
