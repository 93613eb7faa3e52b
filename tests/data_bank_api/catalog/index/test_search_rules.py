"""The rules of searching, against a plain reading of them over a list of datasets."""

import unicodedata
from itertools import groupby

import pytest
import tantivy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_bank_api.catalog.document import Document
from data_bank_api.catalog.index.question import Found, Question
from data_bank_api.catalog.index.schema import open_index, tie_of
from data_bank_api.catalog.index.searching import search
from data_bank_api.catalog.index.words import fold
from data_bank_api.catalog.index.writing import UPDATE_HEAP, write_again, write_all
from data_bank_client.wire.catalog import DatasetSort

# Few, so that much is alike: cases, marks, digits, signs, what a query language would take.
LETTERS = 'abAB1é\u0301ßİ字\u0939\u093f_-./ *"()+:^~\\😀'
TEXTS = st.text(LETTERS, max_size=8)
TAGS = ("en", "EN", "task:a b", "a/b")
IDS = st.from_regex(r"\A([aAbB][aAbB.\-_ ]{0,3}/)?[aAbB1é][aAbB1.\-_ ]{0,4}\Z")
NUMBERS = st.sampled_from([0, 0, 0, 1, 5, 10**5, 2**62, 2**70])


def documents() -> st.SearchStrategy[list[Document]]:
    one = st.builds(
        Document,
        id=IDS,
        author=st.none() | st.sampled_from(["ab", "B A"]),
        description=st.none() | TEXTS,
        tags=st.lists(st.sampled_from(TAGS), max_size=2).map(tuple),
        downloads=NUMBERS,
        likes=NUMBERS,
        size_bytes=st.none() | NUMBERS,
    )
    return st.lists(one, max_size=25, unique_by=lambda each: each.id)


def questions() -> st.SearchStrategy[Question]:
    return st.builds(
        Question,
        text=st.none() | (TEXTS | IDS).filter(lambda text: bool(text.strip())),
        impacts=st.sampled_from([(), (), ("high",), ("low", "not_available")]),
        tags=st.sampled_from([(), (), ("en",), ("EN", "a/b")]),
        sort=st.sampled_from(["downloads", "likes", "size_bytes"]),
        is_descending=st.booleans(),
        offset=st.integers(0, 12),
        limit=st.integers(1, 12),
    )


def plain_words(text: str) -> set[str]:
    def is_inside(character: str) -> bool:
        return character.isalnum() or unicodedata.category(character).startswith("M")

    runs = ("".join(run) for inside, run in groupby(text, is_inside) if inside)
    marked = ((run, [at for at, each in enumerate(run) if each.isalnum()]) for run in runs)
    return {run[starts[0] :] for run, starts in marked if starts}  # a mark begins no word


def plainly_matches(document: Document, text: str) -> bool:
    wanted, name = fold(text.strip()), fold(document.id)
    if "/" in wanted or not any(each.isalnum() for each in wanted):
        return wanted in name
    fields = (document.id, document.author or "", document.description or "", *document.tags)
    has = set().union(*(plain_words(fold(each)) for each in fields))
    return all(any(word.startswith(asked) for word in has) for asked in plain_words(wanted))


def plain_number(document: Document, sort: DatasetSort) -> int:
    """What is not known is less than any; all that is beyond all bounds is alike."""
    by_name = {"downloads": document.downloads, "likes": document.likes}
    number = {**by_name, "size_bytes": document.size_bytes}[sort]
    return -1 if number is None else min(number, 2**62 - 1)


def plain_search(every: list[Document], asked: Question) -> Found:
    found = [
        each
        for each in every
        if (not asked.impacts or each.impact in asked.impacts)
        and set(map(fold, asked.tags)) <= set(map(fold, each.tags))
        and (asked.text is None or plainly_matches(each, asked.text))
    ]
    found.sort(key=lambda each: (plain_number(each, asked.sort), tie_of(each.id)))
    if asked.is_descending:
        found.reverse()
    if asked.text is not None:
        name = fold(asked.text.strip())
        found.sort(key=lambda each: fold(each.id) != name)
    ids = [each.id for each in found][asked.offset : asked.offset + asked.limit]
    return Found(len(found), tuple(ids))


def made_of(every: list[Document]) -> tantivy.Index:
    index = open_index(None)
    write_all(index, every, UPDATE_HEAP)
    index.reload()
    return index


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), st.lists(questions(), min_size=40, max_size=40))
def test_the_index_answers_as_a_plain_look_at_all_datasets(
    every: list[Document], asked: list[Question]
) -> None:
    index = made_of(every)
    for question in asked:
        wanted = plain_search(every, question)
        assert search(index, question) == wanted
        assert search(index, question, near=3) == wanted  # sorted by the means for what is deep


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), documents(), st.lists(questions(), min_size=20, max_size=20))
def test_what_is_written_again_takes_the_place_of_what_was_there(
    old: list[Document], new: list[Document], asked: list[Question]
) -> None:
    index = made_of(old)
    write_again(index, new)
    index.reload()
    every = list(({each.id: each for each in old} | {each.id: each for each in new}).values())
    for question in asked:
        assert search(index, question) == plain_search(every, question)
        assert search(index, question, near=3) == plain_search(every, question)


@pytest.mark.parametrize("text", ["nli", "STRASSE", "straße", "Cafe\u0301", "0_v2", "café nl"])
def test_a_word_is_found_by_its_beginning_whatever_its_case(text: str) -> None:
    document = Document("org/x", description="NLI der Straße, Café (v2.0)")
    assert search(made_of([document]), Question(text)).ids == ("org/x",)
