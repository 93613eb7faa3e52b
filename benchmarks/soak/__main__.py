"""`make soak`: every part, or those that are named. 0 when nothing was lost, leaked or slow.

python -m benchmarks.soak [crowd ...]
"""

import sys
from collections.abc import Callable

from benchmarks.soak import crowd

PARTS: dict[str, Callable[[Callable[[str], None]], bool]] = {"crowd": crowd.run}


def main(names: list[str]) -> int:
    unknown = set(names) - set(PARTS)
    if unknown:
        sys.stderr.write(f"soak: there is no part {', '.join(sorted(unknown))}\n")
        return 2
    outcomes = [PARTS[name](teller(name)) for name in names or PARTS]
    return 0 if all(outcomes) else 1


def teller(name: str) -> Callable[[str], None]:
    def say(line: str) -> None:
        sys.stdout.write(f"{name}: {line}\n")
        sys.stdout.flush()

    return say


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
