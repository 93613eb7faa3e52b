"""Which files of a repository are mirrored: patterns of what to take and of what to leave out.

As the Hub's own client has it: `*` stands for anything, `/` too, `?` for one character, `[ab]`
for one of them, upper and lower case differ, and a pattern that ends in `/` is a folder's.
A file is taken where no pattern asks for others, or one matches, and none leaves it out.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from typing import Self

from data_bank_api.hub.hub_path import HubPath
from data_bank_client.errors import InvalidInputError

MOST = 100  # patterns of each sort
LONGEST = 1024  # characters


@dataclass(frozen=True, slots=True)
class Patterns:
    """Make them with `parse`. Without any, every file is taken."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @classmethod
    def parse(cls, include: Sequence[str], exclude: Sequence[str]) -> Self:
        """Raises InvalidInputError."""
        for name, patterns in (("include", include), ("exclude", exclude)):
            says = _judge(patterns)
            if says is not None:
                raise InvalidInputError(f"{name}: {says}")
        return cls(tuple(include), tuple(exclude))

    def chooser(self) -> Callable[[HubPath], bool]:
        """Whether a file is taken. To be made once for many."""
        wanted = _matcher(self.include or ("*",))
        unwanted = _matcher(self.exclude)
        return lambda path: wanted(path.text) and not unwanted(path.text)


def _judge(patterns: Sequence[str]) -> str | None:
    """What is wrong with them; None if nothing is."""
    if len(patterns) > MOST:
        return f"{MOST} patterns at most"
    if not all(0 < len(each) <= LONGEST and each.isprintable() for each in patterns):
        return f"a pattern is 1 to {LONGEST} characters, none of them hidden"
    return None


def _matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    found = [re.compile(translate(_whole(each))).match for each in patterns]
    return lambda text: any(match(text) is not None for match in found)


def _whole(pattern: str) -> str:
    return f"{pattern}*" if pattern.endswith("/") else pattern
