"""How much is measured: a frozen value, the whole run's and the smoke's."""

from dataclasses import dataclass

GIBIBYTE = 1024**3
CONNECTIONS = 16
SMALL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Options:
    rounds: int = 3
    seconds: int = 5  # of one measurement of small requests
    large_bytes: int = GIBIBYTE
    small_files: int = 1000  # of which one is fetched
    files: int = 1_000_000  # in the full store


QUICK = Options(rounds=1, seconds=1, large_bytes=64 * 1024**2, small_files=100, files=5_000)
