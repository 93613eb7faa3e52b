"""The catalog's keys in Redis.

    data_bank:catalog:current              the generation that is read: nothing else decides it
    data_bank:catalog:building             the generation that is being crawled, if there is one
    data_bank:catalog:retired              a set: generations to be removed, some of each perhaps
    data_bank:catalog:updates              a bounded stream: what changed, beside all generations
    data_bank:catalog:lease:full           who refreshes, each for a short while: a token
    data_bank:catalog:lease:increment

    data_bank:catalog:<gen>:documents      a hash: id -> JSON (catalog/document.py)
    data_bank:catalog:<gen>:order          a sorted set of the ids, by themselves (all scores are 0)
    data_bank:catalog:<gen>:downloads      ... by this number
    data_bank:catalog:<gen>:likes          ... by this number
    data_bank:catalog:<gen>:size_bytes     ... by this number, -1 where it is not known
    data_bank:catalog:<gen>:blob           a hash: all of it as it was sealed (catalog/blob.py)
    data_bank:catalog:<gen>:meta           a hash: last_update, total_items, crawled_at,
                                           updates_from: where who makes its index follows on
    data_bank:catalog:<gen>:checkpoint     a hash: how far the crawl is
    data_bank:catalog:<gen>:pages          a set: which pages the crawl was led to

A generation is 32 hex digits. Whether a refresh is under way is whether there is a lease: a mark
in `meta` would outlive who was killed.
"""

from dataclasses import dataclass
from typing import Literal, get_args

PREFIX = "data_bank:catalog:"
CURRENT = f"{PREFIX}current"
BUILDING = f"{PREFIX}building"
RETIRED = f"{PREFIX}retired"
UPDATES = f"{PREFIX}updates"
FULL_LEASE = f"{PREFIX}lease:full"
INCREMENT_LEASE = f"{PREFIX}lease:increment"

Sort = Literal["order", "downloads", "likes", "size_bytes"]
SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True, slots=True)
class GenerationKeys:
    """The keys of one generation: all that belongs to it, and nothing else."""

    generation: str

    @property
    def documents(self) -> str:
        return self._key("documents")

    def sorted_by(self, sort: Sort) -> str:
        return self._key(sort)

    @property
    def blob(self) -> str:
        return self._key("blob")

    @property
    def meta(self) -> str:
        return self._key("meta")

    @property
    def checkpoint(self) -> str:
        return self._key("checkpoint")

    @property
    def pages(self) -> str:
        return self._key("pages")

    @property
    def all(self) -> tuple[str, ...]:
        """`meta` first: who reads the others sees that they are going."""
        rest = (self.documents, self.blob, self.checkpoint, self.pages)
        return (self.meta, *map(self.sorted_by, SORTS), *rest)

    def _key(self, name: str) -> str:
        return f"{PREFIX}{self.generation}:{name}"
