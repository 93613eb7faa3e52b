"""What every test shares: its servers, and hypothesis without deadlines on a busy machine."""

import os
import signal
import sys

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.fakes.databases",
    "tests.fakes.hub.judge",
    "tests.fakes.hub.stand_in",
    "tests.fakes.otlp_receiver",
    "tests.fakes.redis_server",
    "tests.fakes.full_scrape",  # it imports what the others are made of
]

settings.register_profile("bank", deadline=None, max_examples=100)
settings.load_profile("bank")

# A shell has what it runs in the background ignore Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """For `-n auto`: two on each core, since many tests wait for processes, peers and clocks."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return 2 * cores
