"""Answering a question from an index."""

from tantivy import Index, Query, Searcher

from data_bank_api.catalog.index.engine import engine_errors
from data_bank_api.catalog.index.paging import NEAR, Pages
from data_bank_api.catalog.index.query import all_of, exactly, matching, wanted
from data_bank_api.catalog.index.question import Found, Question

# Of as many the ids may differ in case alone, or that of one more comes in its turn.
_SAME_ID = 50


def search(index: Index, question: Question, near: int = NEAR) -> Found:
    """Raises UnreadableIndexError."""
    with engine_errors():
        return _search(index.searcher(), question, near)


def _search(searcher: Searcher, question: Question, near: int) -> Found:
    must = wanted(question)
    if question.text is None:
        return _pages(searcher, question, all_of(must), near).page(question.offset, question.limit)
    same = exactly(question.text)
    first = _pages(searcher, question, all_of([*must, same]), near).page(0, _SAME_ID)
    must += matching(question.text)
    if not first.total:
        return _pages(searcher, question, all_of(must), near).page(question.offset, question.limit)
    rest = _pages(searcher, question, all_of(must, but=same), near)
    return _joined(first, rest, question)


def _joined(first: Found, rest: Pages, question: Question) -> Found:
    """A page of those whose id it is and then the others."""
    ahead = first.ids[question.offset : question.offset + question.limit]
    offset = max(0, question.offset - first.total)
    left = question.limit - len(ahead)
    found = rest.page(offset, max(1, left))
    return Found(first.total + found.total, (*ahead, *found.ids[:left]))


def _pages(searcher: Searcher, question: Question, query: Query, near: int) -> Pages:
    return Pages(searcher, query, question.sort, question.is_descending, near)
