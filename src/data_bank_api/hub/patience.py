"""How long a download waits, and how often it tries."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, but for `tries`: so many without a byte, then the error is told.

    `pauses`: before the second try, the third, ...; the last one again for all that follow.
    `longest_asked`: who asks for a longer pause is not waited for, the error says how long.
    """

    tries: int = 6
    pauses: tuple[float, ...] = (0.2, 1.0, 2.0, 4.0, 8.0)
    longest_asked: float = 60.0
    connect: float = 10.0
    read: float = 30.0

    def pause(self, fruitless: int) -> float:
        """After so many tries without a byte."""
        return self.pauses[min(max(fruitless - 1, 0), len(self.pauses) - 1)]
