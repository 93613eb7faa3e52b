"""Writing datasets into an index."""

from collections.abc import Iterable

import tantivy

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index.engine import engine_errors
from data_bank_api.catalog.index.schema import entry

# In bytes: what tantivy holds before it writes a part of the index. By what else it takes, a
# build of a million datasets stays below 200 MB.
BUILD_HEAP = 50_000_000
UPDATE_HEAP = 15_000_000


def write_all(index: tantivy.Index, documents: Iterable[Document], heap: int = BUILD_HEAP) -> None:
    """Into an index that has none of them. What was written is there when this returns.

    Raises UnreadableIndexError.
    """
    with engine_errors():
        writer = index.writer(heap, 1)
        for document in documents:
            writer.add_document(entry(document))
        _finish(writer)


def write_again(
    index: tantivy.Index, documents: Iterable[Document], heap: int = UPDATE_HEAP
) -> None:
    """In the place of what the index has of them; all at once. Raises UnreadableIndexError."""
    with engine_errors():
        writer = index.writer(heap, 1)
        for document in documents:
            writer.delete_documents_by_term("name", document.id)
            writer.add_document(entry(document))
        _finish(writer)


def _finish(writer: tantivy.IndexWriter) -> None:
    writer.commit()
    writer.wait_merging_threads()
