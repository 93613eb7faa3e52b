"""Memory that is no longer used goes back to the system."""

import ctypes
import threading
from pathlib import Path

import pytest

from data_bank_api.api.memory import Memory
from tests.running_bank import until

MIB = 1024 * 1024


class Library:
    """A C library that counts what it is asked to give back."""

    def __init__(self) -> None:
        self.trimmed = threading.Semaphore(0)

    def malloc_trim(self, _pad: int) -> None:
        self.trimmed.release()


def test_memory_is_given_back_again_and_again_until_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    memory = Memory(seconds=0.01)
    memory.start()
    assert library.trimmed.acquire(timeout=30)
    assert library.trimmed.acquire(timeout=30)
    memory.stop()
    assert "memory" not in [thread.name for thread in threading.enumerate()]


def test_another_c_library_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    memory = Memory(seconds=0.01)
    memory.start()
    until(lambda: "memory" not in [thread.name for thread in threading.enumerate()])
    memory.stop()


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_what_was_freed_is_no_longer_resident() -> None:
    """Many small pieces, of which one at the end of each run stays in use."""
    pieces = [bytes(2000) for _ in range(100_000)]
    del pieces[:-1]
    held = resident()
    memory = Memory(seconds=0.01)
    memory.start()
    until(lambda: resident() < held - 50 * MIB)
    memory.stop()
