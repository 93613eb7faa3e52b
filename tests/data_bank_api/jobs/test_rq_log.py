"""RQ's log names no address."""

import logging

import pytest
import redis

from data_bank_api.jobs.rq_log import name_no_address

ERROR = redis.ConnectionError("Error 2 connecting to unix socket: /run/secret.sock.")
logger = logging.getLogger("like-rq")


@pytest.fixture(autouse=True)
def _filtered() -> None:
    logger.addFilter(name_no_address)


def test_an_error_of_redis_is_told_by_its_class(caplog: pytest.LogCaptureFixture) -> None:
    logger.error("Worker %s: could not connect: %s retrying in %d s", "a", ERROR, 1)
    assert caplog.messages == ["Worker a: could not connect: ConnectionError retrying in 1 s"]


def test_a_traceback_of_one_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    logger.error("Worker %s: quitting", "a", exc_info=ERROR)
    assert "quitting (ConnectionError)" in caplog.text
    assert "secret" not in caplog.text


def test_other_errors_and_lines_stay_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    logger.error("quitting", exc_info=ValueError("odd"))
    logger.error("%(a)s", {"a": 1})
    assert "ValueError: odd" in caplog.text
    assert caplog.messages == ["quitting", "1"]
