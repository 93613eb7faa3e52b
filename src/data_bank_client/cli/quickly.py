"""Imports of much at once: what is imported stays, so that no garbage is looked for meanwhile."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing_quickly() -> Iterator[None]:
    """Looking for garbage takes a tenth of the time that the imports of the service take."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
