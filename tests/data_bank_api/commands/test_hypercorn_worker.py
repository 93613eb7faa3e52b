"""What a process of Hypercorn tells of its connections."""

import asyncio

import pytest

from data_bank_api.commands.hypercorn_worker import _tell


@pytest.mark.parametrize(
    ("error", "is_told"), [(asyncio.CancelledError(), False), (ValueError("broken"), True)]
)
def test_a_connection_that_is_ended_is_no_error_and_what_is_broken_is(
    caplog: pytest.LogCaptureFixture, error: BaseException, is_told: bool
) -> None:
    loop = asyncio.new_event_loop()
    _tell(loop, {"message": "in a connection", "exception": error})
    loop.close()
    assert ("in a connection" in caplog.text) is is_told
