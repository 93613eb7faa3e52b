"""The courier: takes what is due to webhooks to where it belongs.

The dispatcher calls `tick` again and again. A try runs in one of PLACES threads, of which one
webhook may have SHARE: who is slow, or has much to come, holds up nobody else for long.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.jobs.webhook_outcome import after_reply, after_silence
from data_bank_api.jobs.webhook_post import Post, UnansweredError
from data_bank_api.queue.deliveries import Deliveries, DueCall, Outcome, WebhookCall

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

PLACES = 8
SHARE = 2


class Courier:
    """`chance` gives numbers from 0 to 1."""

    def __init__(
        self, deliveries: Deliveries, post: Post, chance: Callable[[], float] = random.random
    ) -> None:
        self._deliveries = deliveries
        self._post = post
        self._chance = chance
        self._threads = ThreadPoolExecutor(PLACES, thread_name_prefix="courier")
        self._lock = threading.Lock()
        self._under_way: dict[int, str] = {}  # letters, and the webhooks they go to
        self._is_closed = False

    def tick(self) -> None:
        """Begin what is due, as far as there is room; back at once. Raises DatabaseAwayError."""
        with self._lock:
            room = PLACES - len(self._under_way)
            if room == 0 or self._is_closed:
                return
            busy = Counter(self._under_way.values())
            full = [webhook_id for webhook_id, count in busy.items() if count >= SHARE]
            for due in self._deliveries.due(full, room):
                self._begin(due)

    def close(self) -> None:
        """Begin nothing more, and wait for the tries under way."""
        with self._lock:
            self._is_closed = True
        self._threads.shutdown()

    def _begin(self, due: DueCall) -> None:
        has_its_share = list(self._under_way.values()).count(due.webhook_id) >= SHARE
        if has_its_share or due.letter_id in self._under_way:
            return
        self._under_way[due.letter_id] = due.webhook_id
        self._threads.submit(self._deliver, due.letter_id).add_done_callback(_tell_failure)

    def _deliver(self, letter_id: int) -> None:
        try:
            call = self._deliveries.claim(letter_id)
            if call is not None:
                self._deliveries.end(call, self._try(call))
        finally:
            with self._lock:
                del self._under_way[letter_id]
        self.tick()  # there is room again: no need to wait for the dispatcher

    def _try(self, call: WebhookCall) -> Outcome:
        try:
            return after_reply(self._post(call), call.tries, self._chance())
        except UnansweredError as error:
            return after_silence(str(error), call.tries, self._chance())


def _tell_failure(done: "Future[None]") -> None:
    """The letter comes back when its rest is over."""
    error = done.exception()
    if isinstance(error, DatabaseAwayError):
        log.warning("a webhook waits for the database")
    elif error is not None:
        log.error("a webhook's delivery failed", exc_info=error)
