"""What is compared when the catalog is searched: text without its case, its words, its pieces.

    fold("Straße")          strasse
    words("foo-Bar_2")      foo, bar, 2           a word begins with a letter or a digit
    beginnings({"table"})   t, ta, tab            of up to STARTS characters
    trigrams("a/bc")        a/b, /bc              in their order

Of a word the first LONGEST characters count.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

LONGEST = 100
STARTS = 3

_SPACE = re.compile(r"\s")
_SPACE_MARK = "\u2423"  # the index takes white space for an end of a piece


def fold(text: str) -> str:
    """As canonical caseless matching compares it (Unicode, 3.13)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def words(folded: str) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(each[:LONGEST] for each in _word().findall(folded)))


def beginnings(found: Iterable[str]) -> set[str]:
    return {word[:length] for word in found for length in range(1, STARTS + 1)}


def characters(folded: str) -> set[str]:
    """The single characters, and those beside each other."""
    text = mark_space(folded)
    return {*text, *(text[at : at + 2] for at in range(len(text) - 1))}


def trigrams(folded: str) -> list[str]:
    text = mark_space(folded)
    return [text[at : at + 3] for at in range(len(text) - 2)]


def mark_space(folded: str) -> str:
    """White space is taken for one and the same character."""
    return _SPACE.sub(_SPACE_MARK, folded)


@cache
def _word() -> re.Pattern[str]:
    """Letters, digits and the marks that stand on them: `\\w` leaves the marks out.

    Those of the basic plane; the others are in scripts of the past.
    """
    every = map(chr, range(0x10000))
    marks = "".join(each for each in every if unicodedata.category(each).startswith("M"))
    return re.compile(rf"[^\W_]+(?:[{marks}]+[^\W_]*)*")
