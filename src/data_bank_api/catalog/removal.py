"""Generations that nobody reads any more are removed, each with its own keys and no other's.

Redis frees what UNLINK names in a thread of its own: a hash of a million fields holds up nobody.
"""

import redis

from data_bank_api.broker.failures import redis_errors
from data_bank_api.catalog.keys import RETIRED, GenerationKeys


def remove_retired(client: redis.Redis) -> int:
    """All of them, also those that others have begun with: how many there were."""
    with redis_errors():
        names = [_text(each) for each in client.smembers(RETIRED)]
        for name in names:
            for key in GenerationKeys(name).all:
                client.unlink(key)
            client.srem(RETIRED, name)
    return len(names)


def _text(found: bytes | str) -> str:
    return found.decode() if isinstance(found, bytes) else found
