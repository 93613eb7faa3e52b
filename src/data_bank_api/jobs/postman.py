"""A postman takes the due letters of a topic where they belong, in the order of their writing.

delivered           removed, a batch in one transaction, with what follows from them
cannot be read      set aside: it comes back after a rest that grows, and blocks no other
Redis is away       nothing is removed, nothing is counted, everything waits
killed anywhere     what was not removed is delivered once more
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from data_bank_api.jobs.destinations import Destination
from data_bank_api.queue.letters import Letter
from data_bank_api.queue.outbox import Outbox

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

BATCH = 100
LONGEST_REST = timedelta(hours=1)
_MOST_DOUBLINGS = 12
_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Postman:
    outbox: Outbox
    to: Destination

    def go(self) -> bool:
        """Deliver a batch at most: whether there may be more.

        Raises ServiceUnavailableError, where Redis or the database is away.
        """
        letters = self.outbox.due(BATCH, (self.to.topic,))
        readable = [each for each in letters if self._is_readable(each)]
        if readable:
            self.to.deliver(readable)
            self._remove(readable)
        return len(letters) == BATCH

    def _is_readable(self, letter: Letter) -> bool:
        try:
            self.to.check(letter)
        except msgspec.ValidationError as error:
            self._set_aside(letter, error)
            return False
        return True

    def _remove(self, letters: Sequence[Letter]) -> None:
        try:
            self._remove_together(letters)
        except SQLAlchemyError:  # the table refuses what follows from one: it alone shall stay
            for letter in letters:
                self._remove_alone(letter)

    def _remove_alone(self, letter: Letter) -> None:
        try:
            self._remove_together([letter])
        except SQLAlchemyError as error:
            self._set_aside(letter, error)

    def _remove_together(self, letters: Sequence[Letter]) -> None:
        with self.outbox.removing([each.letter_id for each in letters]) as session:
            for each in letters:
                self.to.follow(session, each)

    def _set_aside(self, letter: Letter, error: Exception) -> None:
        rest = rest_after(letter.tries)
        log.error(
            "a letter cannot be delivered and is set aside",
            letter=letter.letter_id,
            topic=letter.topic,
            job_id=letter.job_id,
            reason=f"{type(error).__name__}: {error}"[:_REASON_LENGTH],
            rest_seconds=rest.total_seconds(),
        )
        self.outbox.postpone(letter.letter_id, self.outbox.clock() + rest)


def rest_after(tries: int) -> timedelta:
    """How long a letter rests which failed after `tries` failures: doubled, up to an hour."""
    return min(timedelta(seconds=2 ** min(tries, _MOST_DOUBLINGS)), LONGEST_REST)
