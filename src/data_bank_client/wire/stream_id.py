"""Where an event stands in the stream: `1795247200996-0`, as Redis counts.

Later ones are greater. `0` stands before all of them.
"""

import re
from dataclasses import dataclass
from typing import Self

_FORM = re.compile(r"([0-9]{1,20})(?:-([0-9]{1,20}))?")
_MOST = 2**64 - 1


@dataclass(frozen=True, slots=True, order=True)
class StreamId:
    milliseconds: int
    number: int

    def __str__(self) -> str:
        return f"{self.milliseconds}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError("not the id of an event, such as 1795247200996-0")
        parts = int(found[1]), int(found[2] or 0)
        if max(parts) > _MOST:
            raise ValueError("larger than the id of any event")
        return cls(*parts)


BEGINNING = StreamId(0, 0)
