"""Files out of forms, whatever way the bytes are cut."""

import hashlib
import time
import tracemalloc
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.api.form import FormSink, read_boundary
from data_bank_api.api.form_part import PartHead
from data_bank_api.api.form_texts import FormTexts, TextField
from data_bank_api.api.upload import clean_content_type, type_of_part
from data_bank_api.blobs.memory import MemoryStore
from data_bank_api.blobs.receive import Declared, Receiver
from data_bank_client.errors import (
    BadRequestError,
    DataBankClientError,
    InvalidInputError,
    UnsupportedMediaTypeError,
)
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.digest_fields import DigestCheck

FILE = 'Content-Disposition: form-data; name="file"; filename="a.txt"'
OTHER = 'Content-Disposition: form-data; name="note"'


def form(*parts: tuple[str, bytes], end: bytes = b"--B--\r\n") -> bytes:
    return (
        b"".join(b"--B\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in parts)
        + end
    )


def take(
    body: bytes,
    cuts: list[int] | None = None,
    check: DigestCheck | None = None,
    texts: FormTexts | None = None,
    store: MemoryStore | None = None,
) -> MemoryStore:
    store = store or MemoryStore()
    intake = Receiver(store, 0).begin(Declared())
    intake.open()
    sink = FormSink(intake, check or DigestCheck([]), b"B", type_of_part, texts)
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts or []), len(body)]
    for start, stop in pairwise(edges):
        sink.feed(body[start:stop])
    sink.finish()
    return store


@given(st.binary(max_size=200), st.lists(st.integers(0, 1000), max_size=20))
def test_the_file_is_found_however_the_bytes_are_cut(content: bytes, cuts: list[int]) -> None:
    body = form((OTHER, b"hello"), (FILE + "\r\nContent-Type: text/plain", content), (OTHER, b""))
    blob = take(body, cuts).open(Digest.of(content))
    assert (blob.read(0, len(content)), blob.info.content_type) == (content, "text/plain")


@pytest.mark.parametrize("content", [b"--B", b"\r\n--", b"\r\n--C\r\n", b"\r\n-", b"--B--"])
def test_bytes_that_look_like_a_boundary_are_kept(content: bytes) -> None:
    assert take(form((FILE, content)), list(range(200))).stat(Digest.of(content)).size == len(
        content
    )


@pytest.mark.parametrize("cuts", [[], [1], [2], [3], [4]])
def test_only_ends_of_lines_may_come_before_a_form(cuts: list[int]) -> None:
    body = form((FILE, b"x"))
    assert take(b"\r\n\r\n" + body, cuts).stat(Digest.of(b"x")).size == 1
    with pytest.raises(BadRequestError, match="not multipart"):
        take(b"\r\nHi\r\n" + body, cuts)


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (b"hello", BadRequestError, "not multipart"),
        (form((FILE, b"x"), end=b""), BadRequestError, "closing boundary"),
        (b"", BadRequestError, "closing boundary"),
        (form((OTHER, b"x")), InvalidInputError, "no part named file"),
        (form(("Content-Disposition: attachment; name=file", b"x")), InvalidInputError, "no part"),
        (form(("X: y", b"x")), InvalidInputError, "no part named file"),
        (form((FILE, b"x"), (FILE, b"y")), InvalidInputError, "more than one"),
        (form(*[(OTHER, b"")] * 101), InvalidInputError, "100 parts"),
        (form((OTHER, b"x" * 1048577), (FILE, b"y")), InvalidInputError, "too large"),
        (form((FILE + "\r\nX: " + "y" * 9000, b"x")), BadRequestError, "not multipart"),
        (form((FILE + "\r\nX: y" * 9, b"x")), BadRequestError, "not multipart"),
        (
            form((FILE + "\r\nContent-Transfer-Encoding: base64", b"eA==")),
            UnsupportedMediaTypeError,
            "unencoded",
        ),
        (form((FILE + "\r\nContent-Type: nonsense", b"x")), UnsupportedMediaTypeError, "media"),
    ],
)
def test_what_is_wrong_with_a_form_is_told(
    body: bytes, kind: type[DataBankClientError], says: str
) -> None:
    with pytest.raises(kind, match=says):
        take(body)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    with pytest.raises(DataBankClientError):
        take(body)


# What a form is made of, whole and in halves.
FRAGMENTS = [
    *[b"--B\r\n" + head.encode() + b"\r\n\r\n" for head in (FILE, OTHER)],
    *[b"\r\n--B\r\n", b"\r\n--B--\r\n", b"--B", b"--", b"-", b"\r\n", b"\r", b"\n", b"\0", b"\xff"],
    *[
        FILE.encode(),
        b"Content-Disposition:",
        b"form-data; name*=utf-8''file",
        b'name="',
        b"; ",
        b":",
    ],
    *[b"Content-Type: text/plain\r\n", b"Content-Transfer-Encoding: 8bit\r\n", b"x" * 300],
]
BEGINNINGS = [b"", b"\r\n", b"--B\r\n", *FRAGMENTS[:2]]
HOSTILE = st.tuples(
    st.sampled_from(BEGINNINGS),
    st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=3), max_size=20).map(b"".join),
    st.sampled_from([b"", b"\r\n--B--", b"\r\n--B--\r\n"]),
).map(b"".join)


def outcome(body: bytes, cuts: list[int]) -> str | list[str]:
    """The code of the error, or what was stored."""
    try:
        return [info.digest.hex for info in take(body, cuts).list("", None, 10)]
    except DataBankClientError as error:
        return error.code


@given(HOSTILE, st.lists(st.integers(0, 3000), max_size=20))
def test_any_body_is_stored_or_refused_the_same_however_it_is_cut(
    body: bytes, cuts: list[int]
) -> None:
    assert outcome(body, cuts) == outcome(body, [])


@pytest.mark.parametrize("begin", [b"", b"--B\r\n", b"--B\r\n" + OTHER.encode() + b"\r\n\r\n"])
@pytest.mark.parametrize(
    "piece", [b"\r\n--", b"\r", b"-", b"\r\n--B\r\n", b"a:b\r\n", b"a", b":", b"\0"]
)
def test_a_hostile_megabyte_costs_little_time_and_is_not_held(begin: bytes, piece: bytes) -> None:
    body = begin + piece * (1_000_000 // len(piece))
    tracemalloc.start()
    started = time.process_time()
    try:
        with suppress(DataBankClientError):
            take(body, list(range(0, len(body), 16_384)))
        assert tracemalloc.get_traced_memory()[1] < 300_000
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < 5


OPTIONS = [
    *[
        "multipart/form-data",
        "form-data",
        ";",
        " ",
        "=",
        '"',
        "\\",
        "'",
        ",",
        "\0",
        "\xff",
        "x" * 80,
    ],
    *[
        "boundary",
        "boundary*",
        "boundary*0",
        "boundary*1*",
        "name",
        "name*",
        "name*0*",
        "filename*",
    ],
    *["utf-8''", "nonsense''", "%41", "%ff", "%zz"],
]
LATIN = st.text(st.characters(max_codepoint=255), max_size=3)


@given(st.lists(st.sampled_from(OPTIONS) | LATIN, max_size=12).map("".join))
def test_any_content_type_is_read_or_refused(text: str) -> None:
    for field in (text, f"multipart/form-data;{text}", f"multipart/form-data; boundary{text}"):
        with suppress(BadRequestError):
            assert 1 <= len(read_boundary(field) or b"x") <= 70
        with suppress(UnsupportedMediaTypeError):
            assert clean_content_type(field).isascii()


@given(st.lists(st.sampled_from(OPTIONS) | LATIN, max_size=12).map("".join))
def test_any_head_of_a_part_is_read_or_refused(text: str) -> None:
    field = text.encode("latin-1")
    for head in (field, b"form-data;" + field, b"form-data; name" + field):
        body = b"--B\r\nContent-Disposition: " + head + b"\r\n\r\nx\r\n--B--\r\n"
        assert outcome(body, []) in (
            [Digest.of(b"x").hex],
            "BAD_REQUEST",
            "INVALID_INPUT",
        )


NAME = 'Content-Disposition: form-data; name="name"'


def told(text: str) -> str:
    if not text:
        raise InvalidInputError("name is empty")
    return text.strip()


def texts() -> FormTexts:
    return FormTexts({"name": TextField(20, told)})


@given(st.lists(st.integers(0, 1000), max_size=20))
@pytest.mark.parametrize("is_first", [True, False])
def test_a_text_is_read_before_or_after_the_file_however_it_is_cut(
    is_first: bool, cuts: list[int]
) -> None:
    parts = [(NAME, " Größe ".encode()), (FILE, b"x"), (OTHER, b"not this")]
    found = texts()
    take(form(*(parts if is_first else parts[::-1])), cuts, texts=found)
    assert (found.get("name"), found.get("note")) == ("Größe", None)


def test_a_text_that_is_not_there_is_none() -> None:
    found = texts()
    take(form((FILE, b"x")), texts=found)
    assert found.get("name") is None


@pytest.mark.parametrize(
    ("parts", "kind", "says"),
    [
        ([(NAME, b"a"), (NAME, b"b")], InvalidInputError, "more than one part named name"),
        ([(NAME, b"a" * 21)], InvalidInputError, "name is too long"),
        ([(NAME, b"\xff")], InvalidInputError, "name is not UTF-8"),
        ([(NAME, b"")], InvalidInputError, "name is empty"),
        (
            [(NAME + "\r\nContent-Transfer-Encoding: base64", b"eA==")],
            UnsupportedMediaTypeError,
            "unencoded",
        ),
    ],
)
def test_what_is_wrong_with_a_text_is_told_and_nothing_is_stored(
    parts: list[tuple[str, bytes]], kind: type[DataBankClientError], says: str
) -> None:
    store = MemoryStore()
    with pytest.raises(kind, match=says):
        take(form((FILE, b"x"), *parts), texts=texts(), store=store)
    assert store.list("", None, 10) == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ('filename="a.csv"', "a.csv"),
        ("filename=a.csv", "a.csv"),
        ('filename="größe.csv"', "größe.csv"),
        ('filename="a%22b%0d%0Ac 100%25.csv"', 'a"b\r\nc 100%25.csv'),
        ('filename="a\\"b.csv"', 'a"b.csv'),
        ('filename="a;b=c.csv"', "a;b=c.csv"),
        ("filename=\"a.csv\"; filename*=UTF-8''b.csv", "a.csv"),
        ("filename*=UTF-8''b.csv", ""),
        ('filename="../../etc/passwd"', "../../etc/passwd"),
        ('filename=""', ""),
        ("x=y", ""),
    ],
)
def test_the_name_of_a_file_is_read_as_browsers_and_curl_write_it(sent: str, expected: str) -> None:
    assert head_of(f'form-data; name="file"; {sent}'.encode()).filename == expected


def test_a_name_that_is_not_utf_8_is_read_all_the_same() -> None:
    assert (
        head_of(b'form-data; name="file"; filename="gr\xf6\xdfe.csv"').filename
        == "gr\ufffd\ufffde.csv"
    )


def head_of(disposition: bytes) -> PartHead:
    head = PartHead()
    head.add_name(b"Content-Disposition", 0, 19)
    head.add_value(disposition, 0, len(disposition))
    head.end_field()
    return head


def test_the_digest_fields_of_a_form_cover_its_body() -> None:
    body = form((FILE, b"x"))
    value = {"sha-512": hashlib.sha512(body).digest()}
    store = take(body, check=DigestCheck([("Content-Digest", value)]))
    assert store.stat(Digest.of(b"x")).size == 1


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (None, None),
        ("text/plain", None),
        ("multipart/mixed; boundary=x", None),
        ('Multipart/Form-Data; boundary="a b"', b"a b"),
    ],
)
def test_only_a_form_has_a_boundary(content_type: str | None, expected: bytes | None) -> None:
    assert read_boundary(content_type) == expected


@pytest.mark.parametrize("rest", ["", "; boundary=", "; boundary=" + "x" * 71])
def test_a_form_without_a_usable_boundary_is_refused(rest: str) -> None:
    with pytest.raises(BadRequestError, match="boundary"):
        read_boundary("multipart/form-data" + rest)
