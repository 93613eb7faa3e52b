"""What a text matches, as a query of tantivy. There is no syntax: every character is one.

    two words      datasets with, for each word, a word of id, author, description or tags that
                   begins with it
    org/na         a slash, or neither letters nor digits: ids that hold the text

Case does not matter, nor does white space around the text.
"""

import tantivy
from tantivy import Occur, Query

from data_bank_api.catalog.index.question import Question
from data_bank_api.catalog.index.schema import schema
from data_bank_api.catalog.index.words import STARTS, fold, mark_space, trigrams, words

_EXACTLY = 0  # so many letters may be wrong


def wanted(question: Question) -> list[Query]:
    """All that must hold."""
    return [*_impacts(question), *(_term("tag", fold(tag)) for tag in question.tags)]


def matching(text: str) -> list[Query]:
    """All that must hold of what a text matches."""
    folded = _trimmed(text)
    found = words(folded)
    if "/" in folded or not found:
        return [_within_id(mark_space(folded))]
    return [_beginning(word) for word in _telling(found)]


def exactly(text: str) -> Query:
    """The datasets with this id: there may be several that differ in case."""
    return _term("id", _trimmed(text))


def all_of(queries: list[Query], but: Query | None = None) -> Query:
    must = [(Occur.Must, each) for each in queries or [Query.all_query()]]
    return Query.boolean_query(must if but is None else [*must, (Occur.MustNot, but)])


def having(number: str, lowest: int | None, highest: int | None) -> Query:
    """Datasets whose number, of that name, lies between these, both taken in."""
    integer = tantivy.FieldType.Integer
    return Query.range_query(schema(), number, integer, lowest, highest)


def _trimmed(text: str) -> str:
    return fold(text.strip())


def _impacts(question: Question) -> list[Query]:
    any_of = [(Occur.Should, _term("impact", each)) for each in question.impacts]
    return [Query.boolean_query(any_of)] if any_of else []


def _telling(found: list[str]) -> list[str]:
    """Without words that others begin with: what has those has these."""
    return [
        word
        for word in found
        if not any(other != word and other.startswith(word) for other in found)
    ]


def _beginning(word: str) -> Query:
    if len(word) <= STARTS:
        return _term("starts", word)
    return Query.fuzzy_term_query(schema(), "words", word, _EXACTLY, prefix=True)


def _within_id(text: str) -> Query:
    threes = trigrams(text)
    if len(threes) > 1:
        return Query.phrase_query(schema(), "trigrams", [*threes])
    return _term("trigrams" if threes else "characters", text)


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value, "basic")
