"""When Redis began its log on the disk anew: then it forks, writes and syncs, and answers nobody.

That is no command's doing, and rare: the log doubles before. It is told apart.
"""

import re
from collections.abc import Sequence
from datetime import datetime

NEAR = 1.5  # seconds after or before a line of what Redis says of it
_LINE = re.compile(r"^\d+:\w (\d+ \w+ \d+ [\d:.]+) \S .*(?:AOF|append only)", re.MULTILINE)


def rewritings(log: str) -> list[float]:
    """The moments of these lines, by the clock of the machine."""
    return [_moment(each) for each in _LINE.findall(log)]


def is_near(at: float, moments: Sequence[float]) -> bool:
    return any(abs(at - each) < NEAR for each in moments)


def _moment(told: str) -> float:
    # In the zone of the machine, as Redis writes it.
    return datetime.strptime(told, "%d %b %Y %H:%M:%S.%f").astimezone().timestamp()
