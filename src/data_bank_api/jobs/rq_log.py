"""What RQ logs, without the addresses that Redis' errors tell."""

import logging

import redis


def name_no_address(record: logging.LogRecord) -> bool:
    """A filter of a logger: of an error of Redis its class alone is told."""
    if isinstance(record.args, tuple):
        record.args = tuple(map(_plain, record.args))
    if record.exc_info and isinstance(record.exc_info[1], redis.RedisError):
        record.msg = f"{record.msg} ({_plain(record.exc_info[1])})"
        record.exc_info = None
    return True


def _plain(value: object) -> object:
    return type(value).__name__ if isinstance(value, redis.RedisError) else value
