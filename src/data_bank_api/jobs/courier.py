"""The courier: takes what is due to webhooks to where it belongs.

The dispatcher calls `tick` again and again. A try runs in a thread of its own, of which there are
up to PLACES, and up to SHARE for one webhook: who is slow, or has much to come, holds up nobody
else for long. At a stop tries have LAST_SECONDS; what is left then is made again later.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable

import structlog

from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.jobs.webhook_outcome import after_reply, after_silence
from data_bank_api.jobs.webhook_post import Post, UnansweredError
from data_bank_api.queue.deliveries import Deliveries, DueCall, Outcome, WebhookCall

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

PLACES = 8
SHARE = 2
LAST_SECONDS = 5.0


class Courier:
    """`chance` gives numbers from 0 to 1."""

    def __init__(
        self, deliveries: Deliveries, post: Post, chance: Callable[[], float] = random.random
    ) -> None:
        self._deliveries = deliveries
        self._post = post
        self._chance = chance
        self._turn = threading.Condition()
        self._under_way: dict[int, str] = {}  # letters, and the webhooks they go to
        self._is_closed = False

    def tick(self) -> None:
        """Begin what is due, as far as there is room; back at once. Raises DatabaseAwayError."""
        with self._turn:
            room = PLACES - len(self._under_way)
            if room == 0 or self._is_closed:
                return
            full = [each for each, count in self._shares().items() if count >= SHARE]
            for due in self._deliveries.due(full, room):
                self._begin(due)

    def close(self, patience: float = LAST_SECONDS) -> None:
        """Begin nothing more, and wait a little for the tries under way."""
        with self._turn:
            self._is_closed = True
            self._turn.wait_for(lambda: not self._under_way, patience)

    def _shares(self) -> Counter[str]:
        """How many tries of each webhook are under way."""
        return Counter(self._under_way.values())

    def _begin(self, due: DueCall) -> None:
        """With the turn, without which a try does not leave its place again."""
        if due.letter_id in self._under_way or self._shares()[due.webhook_id] >= SHARE:
            return
        # A daemon: who answers slowly does not hold up the end of this process.
        run = threading.Thread(target=self._run, args=(due.letter_id,), name="courier", daemon=True)
        run.start()  # first: a try that cannot begin must take no place
        self._under_way[due.letter_id] = due.webhook_id

    def _run(self, letter_id: int) -> None:
        """Whatever goes wrong here, the letter comes back when its rest is over."""
        try:
            self._deliver(letter_id)
            self.tick()  # there is room again: no need to wait for the dispatcher
        except DatabaseAwayError:
            log.warning("a webhook waits for the database")
        except Exception:
            log.exception("a webhook's delivery failed")

    def _deliver(self, letter_id: int) -> None:
        try:
            call = self._deliveries.claim(letter_id)
            if call is not None:
                self._deliveries.end(call, self._try(call))
        finally:
            with self._turn:
                del self._under_way[letter_id]
                self._turn.notify_all()

    def _try(self, call: WebhookCall) -> Outcome:
        try:
            return after_reply(self._post(call), call.tries, self._chance())
        except UnansweredError as error:
            return after_silence(str(error), call.tries, self._chance())
