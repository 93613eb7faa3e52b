"""What the kind of a running job sees of the bank: its job, its progress and its log."""

import msgspec

from data_bank_api.events.gate import Progress, ProgressGate
from data_bank_api.jobs.ending import Cause, RunEnded
from data_bank_api.queue.claims import Claim
from data_bank_api.queue.job import Job

MESSAGE_LENGTH = 2000  # characters
_JSON = dict[str, object]


class RunningWork:
    """See Work (jobs/work)."""

    def __init__(self, claim: Claim, gate: ProgressGate) -> None:
        self._claim = claim
        self._gate = gate

    @property
    def job(self) -> Job:
        return self._claim.job

    def progress(
        self, percent: float, message: str | None = None, payload: _JSON | None = None
    ) -> None:
        words = None if message is None else _short(message)
        self._gate.offer(Progress(percent, words, None if payload is None else _plain(payload)))

    def log(self, text: str) -> None:
        if not self._claim.log("info", text):
            raise RunEnded(Cause.OVER)


def _plain(payload: _JSON) -> _JSON:
    """As JSON has it: what the table and the listeners cannot take fails here."""
    return msgspec.json.decode(msgspec.json.encode(payload), type=_JSON)


def _short(message: str) -> str:
    # PostgreSQL has no NUL in text.
    return message.replace("\0", "\N{REPLACEMENT CHARACTER}")[:MESSAGE_LENGTH]
