"""Paths on a command line: of type Path, which shells complete; `-` is stdin or stdout."""

import stat
from collections.abc import Sequence
from pathlib import Path

from cyclopts import Token

STDIO = Path("-")


def parse_path(name: str) -> Path:
    """The path of this name. Raises ValueError for none; `./-` is a file."""
    if not name:
        raise ValueError("the name of a file is empty")
    path = Path(name)
    return path.absolute() if path == STDIO and name != "-" else path


def is_repeatable(path: Path) -> bool:
    """Whether it can be read twice alike: a pipe, a device or a file of /proc may not."""
    status = path.stat()
    return stat.S_ISREG(status.st_mode) and status.st_size > 0


def to_path(_: object, tokens: Sequence[Token]) -> Path:
    """For the value of an option."""
    return parse_path(tokens[0].value)


def to_paths(_: object, tokens: Sequence[Token]) -> list[Path]:
    """For arguments: what begins with a hyphen is a file if there is one, or an option misspelt."""
    return [_known(each.value) for each in tokens]


def _known(name: str) -> Path:
    path = parse_path(name)
    if name.startswith("-") and path != STDIO and not path.exists():
        raise ValueError(f"there is no option {name}, and no file of that name")
    return path
