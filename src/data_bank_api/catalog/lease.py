"""A lease in Redis: who refreshes the catalog, for SECONDS, and longer as long as it is renewed.

    with Lease(client, FULL_LEASE, job_id).held() as token: ...

Whoever is killed loses it by time; the next run of the same job has it at once. Whatever is
written under a lease is written only while the lease has the holder's token, in one step of Redis:
who was stopped for longer than it lasts changes nothing any more.
"""

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import msgspec
import redis

from data_bank_api.broker.failures import redis_errors
from data_bank_client.errors import ServiceUnavailableError

SECONDS = 30.0
_RENEWALS = 6  # while it would last

# 1: it is had. Else 0, and the milliseconds for which another has it.
_TAKE = """
local holder = redis.call('GET', KEYS[1])
if holder and string.sub(holder, 1, #ARGV[1]) ~= ARGV[1] then
    return {0, redis.call('PTTL', KEYS[1])}
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return {1, 0}
"""
_RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


class LeaseLostError(ServiceUnavailableError):
    """Another refresh has it now, or Redis has lost it."""

    def __init__(self) -> None:
        super().__init__("another refresh of the catalog has taken over, or Redis began anew")


# How a script begins that writes under a lease: KEYS[1] is its key, ARGV[1] what it must hold.
FENCE = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end\n"


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that was taken; `token` is what its key holds."""

    key: str
    token: str

    def step(
        self,
        client: redis.Redis,
        script: str,
        keys: Sequence[str],
        arguments: Sequence[str | bytes | int],
    ) -> int:
        """Run a script that begins with FENCE; its answer is a number. Raises LeaseLostError."""
        run = client.register_script(script)
        with redis_errors():
            told: object = run((self.key, *keys), (self.token, *arguments))
        if not isinstance(told, int):
            raise LeaseLostError
        return told


@dataclass(frozen=True, slots=True)
class Lease:
    """`holder` is a job: its runs take over from each other, since one of them lives at most."""

    client: redis.Redis
    key: str
    holder: str
    seconds: float = SECONDS

    @contextmanager
    def held(self) -> Iterator[Held]:
        """Raises ServiceUnavailableError, which says when to try again, while another has it."""
        held = Held(self.key, f"{self.holder}:{uuid.uuid4().hex}")
        self._take(held)
        over = threading.Event()
        renewing = threading.Thread(
            target=self._keep, args=(held, over), name="catalog lease", daemon=True
        )
        renewing.start()
        try:
            yield held
        finally:
            over.set()
            renewing.join()
            with suppress(redis.RedisError):  # then it ends by itself
                self.client.eval(_RELEASE, 1, held.key, held.token)

    def _take(self, held: Held) -> None:
        with redis_errors():
            told: object = self.client.eval(
                _TAKE, 1, self.key, f"{self.holder}:", held.token, int(self.seconds * 1000)
            )
        is_taken, milliseconds = msgspec.convert(told, tuple[bool, int], strict=False)
        if not is_taken:
            error = ServiceUnavailableError("another refresh of the catalog is under way")
            error.retry_after = milliseconds / 1000
            raise error

    def _keep(self, held: Held, over: threading.Event) -> None:
        while not over.wait(self.seconds / _RENEWALS):
            with suppress(redis.RedisError):  # the next time perhaps
                self.client.eval(_RENEW, 1, held.key, held.token, int(self.seconds * 1000))
