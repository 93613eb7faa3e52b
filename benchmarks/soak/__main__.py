"""`make soak`: every part, or those that are named. 0 when nothing was lost, leaked or slow.

python -m benchmarks.soak [crowd kill=200 ...]

    crowd      slow and silent clients; =seconds of each measurement
    refused    large uploads that are refused; =megabytes of each
    kill       kill -9 under uploads; =kills
    jobs       kill -9 in the middle of jobs; =kills
    stops      SIGTERM under a silent upload, on every Python here; =seconds of grace
    load       everything at once; =seconds
    fuzz       requests made of the description; =requests of each operation and phase
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.soak import crowd, fuzz, jobs, kill, load, refused, stops

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """Says what it finds, and gives whether that is well. `amount` is what is usual."""

    run: Callable[[Say, float], bool]
    amount: float


PARTS = {
    "crowd": Part(crowd.run, crowd.SECONDS),
    "refused": Part(refused.run, refused.MEGABYTES),
    "kill": Part(kill.run, kill.KILLS),
    "jobs": Part(jobs.run, jobs.KILLS),
    "stops": Part(stops.run, stops.GRACE_SECONDS),
    "load": Part(load.run, load.SECONDS),
    "fuzz": Part(fuzz.run, fuzz.EXAMPLES),
}


class SoakError(Exception):
    """What was asked for makes no sense."""


def main(words: list[str]) -> int:
    try:
        asked = [parse(word) for word in words or PARTS]
    except SoakError as error:
        sys.stderr.write(f"soak: {error}\n")
        return 2
    outcomes = [PARTS[name].run(teller(name), amount) for name, amount in asked]
    return 0 if all(outcomes) else 1


def parse(word: str) -> tuple[str, float]:
    """A part and its amount, from `kill` or `kill=200`."""
    name, _, amount = word.partition("=")
    if name not in PARTS:
        raise SoakError(f"there is no part {name}: {', '.join(PARTS)}")
    try:
        return name, float(amount) if amount else PARTS[name].amount
    except ValueError as error:
        raise SoakError(f"{word}: the amount is a number") from error


def teller(name: str) -> Say:
    def say(line: str) -> None:
        sys.stdout.write(f"{name}: {line}\n")
        sys.stdout.flush()

    return say


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
