"""The fields of the index, and a dataset as an entry of it.

    id                         the folded id
    words                      the words of id, author, description and tags
    starts                     the beginnings of these words
    characters, trigrams       of the id: single, in pairs, in threes
    tag, impact                whole, a tag folded
    name                       the id as it is
    tie                        63 bits of a hash of the id: the order of equal ones
    downloads likes size_bytes one more than the number; 0 where it is not known
    by_downloads, ...          text that sorts as (number, tie) does, and ends in the id

tantivy sorts by one field. By such a text one question gives a page with its ids, but what lies
before the page costs too much; so what is deep is sorted by the numbers (`paging.py`).

FORM is another with each change here: an index of another form is made anew.
"""

import hashlib
from functools import cache

import tantivy

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index.words import (
    beginnings,
    characters,
    fold,
    trigrams,
    words,
)
from data_bank_client.wire.catalog import DATASET_SORTS, DatasetSort

FORM = 1

HIGHEST = 2**62  # greater numbers count as this one
_HEX = 16  # digits of a number in a text
_SPLIT, _RAW, _NOT_SEARCHED = "split", "raw", "not_searched"


@cache
def schema() -> tantivy.Schema:
    fields = tantivy.SchemaBuilder()
    for name in ("words", "starts", "characters"):
        fields.add_text_field(name, tokenizer_name=_SPLIT, index_option="basic")
    fields.add_text_field("trigrams", tokenizer_name=_SPLIT, index_option="position")
    for name in ("id", "tag", "impact"):
        fields.add_text_field(name, tokenizer_name=_RAW, index_option="basic")
    fields.add_text_field("name", True, tokenizer_name=_RAW, index_option="basic")
    fields.add_integer_field("tie", fast=True)
    for sort in DATASET_SORTS:
        fields.add_integer_field(sort, fast=True)
        fields.add_text_field(text_of(sort), False, True, _NOT_SEARCHED, "basic")
    return fields.build()


def open_index(folder: str | None) -> tantivy.Index:
    """The index in a folder, an empty one where there was none; without a folder in memory.

    What is written later is seen after a `reload` (tantivy's own watcher would be a thread for
    each index that is opened).

    Raises ValueError, OSError.
    """
    index = tantivy.Index(schema(), path=folder)
    whole = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).build()
    nothing = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    parts = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_SPLIT, parts)
    index.register_tokenizer(_NOT_SEARCHED, nothing.filter(tantivy.Filter.remove_long(1)).build())
    index.register_fast_field_tokenizer(_NOT_SEARCHED, whole)
    index.config_reader("manual")
    return index


def entry(document: Document) -> tantivy.Document:
    made, folded, tie = tantivy.Document(), fold(document.id), tie_of(document.id)
    found = words(fold(" ".join(_texts(document))))
    made.add_text("id", folded)
    made.add_text("name", document.id)
    made.add_text("words", " ".join(found))
    made.add_text("starts", " ".join(beginnings(found)))
    made.add_text("characters", " ".join(characters(folded)))
    made.add_text("trigrams", " ".join(trigrams(folded)))
    made.add_text("impact", document.impact)
    for tag in document.tags:
        made.add_text("tag", fold(tag))
    made.add_integer("tie", tie)
    for sort in DATASET_SORTS:
        number = number_of(document, sort)
        made.add_integer(sort, number)
        made.add_text(text_of(sort), f"{number:0{_HEX}x}{tie:0{_HEX}x}{document.id}")
    return made


def text_of(sort: DatasetSort) -> str:
    """The field of the text that sorts as this number does."""
    return f"by_{sort}"


def id_in(text: str) -> str:
    """The id in such a text."""
    return text[2 * _HEX :]


def tie_of(dataset_id: str) -> int:
    digest = hashlib.blake2b(dataset_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def number_of(document: Document, sort: DatasetSort) -> int:
    number: int | None = getattr(document, sort)
    return 0 if number is None else min(max(number, 0) + 1, HIGHEST)


def _texts(document: Document) -> list[str]:
    given = (document.id, document.author, document.description, *document.tags)
    return [each for each in given if each is not None]
