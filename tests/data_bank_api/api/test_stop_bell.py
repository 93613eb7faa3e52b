"""A bell that rings when the process is asked to stop. (With real servers: test_events.py.)"""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType

import pytest

from data_bank_api.api import stop_bell
from data_bank_api.api.stop_bell import StopBell


@pytest.fixture
def asked() -> Iterator[list[int]]:
    """What the handlers of a server would have been told."""
    heard: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        heard.append(number)

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(each, handle) for each in numbers]
    yield heard
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


async def endless() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_work_and_reaches_the_server(
    asked: list[int], number: signal.Signals
) -> None:
    bell, handler = StopBell(), signal.getsignal(number)

    async def ring() -> None:
        bell.start()
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), number)
        async with asyncio.timeout(30):
            await bell.until_rung(endless())
        bell.stop()

    asyncio.run(ring())
    assert asked == [number]
    assert signal.getsignal(number) == handler


def test_a_handler_that_is_set_later_is_left_alone(asked: list[int]) -> None:
    bell = StopBell()

    async def start_and_stop() -> None:
        bell.start()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        bell.stop()

    asyncio.run(start_and_stop())
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def test_work_that_ends_by_itself_is_done(asked: list[int]) -> None:
    async def work() -> None:
        bell = StopBell()
        bell.start()
        await bell.until_rung(asyncio.sleep(0))
        bell.stop()

    asyncio.run(work())


def test_what_the_work_raises_is_raised() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(StopBell().until_rung(fail()))


def test_who_is_cancelled_takes_the_work_along() -> None:
    async def cancel() -> None:
        working = asyncio.Event()

        async def work() -> None:
            try:
                await endless()
            finally:
                working.set()

        task = asyncio.create_task(StopBell().until_rung(work()))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert working.is_set()

    asyncio.run(cancel())


@pytest.mark.parametrize("is_beside", [True, False])
def test_where_no_signal_is_heard_the_work_ends_after_a_while(
    monkeypatch: pytest.MonkeyPatch, asked: list[int], is_beside: bool
) -> None:
    monkeypatch.setattr(stop_bell, "DEAF_SECONDS", 0.05)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    ended = threading.Event()

    async def work() -> None:
        bell = StopBell()
        bell.start()
        await bell.until_rung(endless())
        bell.stop()
        ended.set()

    if is_beside:
        thread = threading.Thread(target=asyncio.run, args=(work(),))
        thread.start()
        thread.join()
    else:
        asyncio.run(work())
    assert ended.is_set()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_work_that_loses_a_cancellation_is_ended_all_the_same(asked: list[int]) -> None:
    bell = StopBell()
    lost: list[str] = []

    async def stubborn() -> None:
        with suppress(asyncio.CancelledError):
            await endless()
        lost.append("a cancellation")
        await endless()

    async def ring() -> None:
        bell.start()
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(30):
            await bell.until_rung(stubborn())
        bell.stop()

    asyncio.run(ring())
    assert lost == ["a cancellation"]
