"""The parts of a run, by the name that the command line takes, in their order."""

from collections.abc import Callable

from benchmarks.bench import Bench
from benchmarks.parts import (
    client,
    get_large,
    get_small,
    hub_download,
    many_files,
    memory,
    put_large,
    put_small,
)

PARTS: dict[str, Callable[[Bench], None]] = {
    "get-4k": get_small.measure_set,
    "get-4k-hot": get_small.measure_hot,
    "get-1g": get_large.measure,
    "put-4k": put_small.measure,
    "put-1g": put_large.measure,
    "client": client.measure,
    "memory": memory.measure,
    "hub-1g": hub_download.measure,
    "million": many_files.measure,
}
