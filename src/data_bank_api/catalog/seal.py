"""A generation that was crawled is compared with itself, and its blob is written, in one pass."""

from collections.abc import Callable

import msgspec

from data_bank_api.broker.failures import redis_errors
from data_bank_api.catalog.blob import pack
from data_bank_api.catalog.document import read_documents
from data_bank_api.catalog.generation import Generation
from data_bank_api.catalog.keys import SORTS
from data_bank_api.catalog.reader import Batch, RedisCatalog
from data_bank_client.errors import InternalError


def seal(
    generation: Generation, catalog: RedisCatalog, on_document: Callable[[int], object]
) -> int:
    """How many documents it has; `on_document` is told after each batch.

    Raises InternalError for a generation that contradicts itself.
    """
    checked = _Checked(on_document)
    generation.drop_blob()  # of a run that came to an end here
    for number, piece in enumerate(pack(map(checked.take, catalog.batches(generation.name)))):
        generation.keep_piece(number, piece)
    _compare_sizes(generation, checked.count)
    return checked.count


class _Checked:
    def __init__(self, on_document: Callable[[int], object]) -> None:
        self.count = 0
        self._tell = on_document

    def take(self, batch: Batch) -> bytes:
        """Its lines, if they are the documents of these ids."""
        try:
            documents = read_documents(batch.lines)
        except msgspec.DecodeError as error:
            raise InternalError("a dataset of the new catalog cannot be read") from error
        if [each.id for each in documents] != batch.ids:
            raise InternalError("the new catalog lacks datasets that it names")
        self.count += len(documents)
        self._tell(self.count)
        return batch.lines + b"\n"


def _compare_sizes(generation: Generation, count: int) -> None:
    with redis_errors():
        sizes = [generation.client.hlen(generation.keys.documents)]
        sizes += [generation.client.zcard(generation.keys.sorted_by(sort)) for sort in SORTS]
    if set(sizes) != {count}:
        raise InternalError("the new catalog has orders of different sizes")
