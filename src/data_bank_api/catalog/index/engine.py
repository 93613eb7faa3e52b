"""tantivy's failures as an error of ours, and what its types leave out."""

from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter

import tantivy

_PANIC = "PanicException"  # of pyo3, which gives nobody the class itself
_count = attrgetter("count")


class UnreadableIndexError(Exception):
    """The index cannot be read, or not be written."""


@contextmanager
def engine_errors() -> Iterator[None]:
    """Raises UnreadableIndexError for whatever tantivy fails with, its panics too."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise UnreadableIndexError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ == _PANIC:
            raise UnreadableIndexError(str(error)) from error
        raise


def count_of(found: tantivy.SearchResult) -> int:
    """How many there are in all, of a search that counted them."""
    return int(_count(found))
