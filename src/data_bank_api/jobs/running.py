"""What the kind of a running job sees of the bank: its job, its progress and its log."""

from data_bank_api.events.gate import ProgressGate
from data_bank_api.jobs.ending import Cause, RunEnded
from data_bank_api.queue.claims import Claim
from data_bank_api.queue.job import Job
from data_bank_api.queue.new_events import Payload, read_progress


class RunningWork:
    """See Work (jobs/work)."""

    def __init__(self, claim: Claim, gate: ProgressGate) -> None:
        self._claim = claim
        self._gate = gate

    @property
    def job(self) -> Job:
        return self._claim.job

    def progress(
        self, percent: float, message: str | None = None, payload: Payload | None = None
    ) -> None:
        self._gate.offer(read_progress(percent, message, payload))

    def log(self, text: str) -> None:
        if not self._claim.log("info", text):
            raise RunEnded(Cause.OVER)
