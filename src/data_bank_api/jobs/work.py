"""What a running job talks to: it says how far it is, and leaves lines for who waits for it."""

from typing import Protocol

from data_bank_api.queue.job import Job


class Work(Protocol):
    """One run of one job."""

    @property
    def job(self) -> Job:
        """As it was when this run began: `attempts` is the number of the run."""
        ...

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None:
        """How far the job is, 0 to 100, in words, and what programs may want to know besides.

        It costs nothing: the newest is told once a second. It never falls: less than before is
        told as before. Raises ValueError for a payload that is not JSON, or too large.
        """
        ...

    def log(self, text: str) -> None:
        """A line of the job's log. Raises DatabaseAwayError; RunEnded where the run is over."""
        ...
