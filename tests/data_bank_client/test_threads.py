"""Blocking work beside an event loop."""

import asyncio
import threading

import pytest

from data_bank_client.threads import in_thread


def test_a_cancelled_task_waits_for_its_work_however_often_it_is_cancelled() -> None:
    started, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go_on.wait()
        ended.set()
        raise ValueError("nobody asks for this any more")

    async def cancel_twice() -> None:
        task = asyncio.create_task(in_thread(work))
        await asyncio.to_thread(started.wait)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0)
        assert not ended.is_set()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(cancel_twice())


def test_work_raises_what_it_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_thread(divmod, 1, 0))
