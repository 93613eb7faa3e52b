"""Byte ranges, by example and against a model that looks at every byte."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bank_client.wire.ranges import (
    ByteRange,
    Span,
    Suffix,
    parse_content_range,
    parse_range,
    select,
)

LONG = "9" * 5000  # int() takes up to 4300 digits


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-99", (Span(0, 99),)),
        ("bytes=100-", (Span(100, None),)),
        ("bytes=-50", (Suffix(50),)),
        ("bytes=-0", (Suffix(0),)),
        ("bytes=0-0,-1", (Span(0, 0), Suffix(1))),
        ("Bytes=1-2", (Span(1, 2),)),
        ("bytes= 1-2 ,\t3-4 ", (Span(1, 2), Span(3, 4))),
        ("bytes=,1-2,,3-4,", (Span(1, 2), Span(3, 4))),
        ("bytes=007-8", (Span(7, 8),)),
        (f"bytes={'0' * 30}-5", (Span(0, 5),)),
        (f"bytes={2**63}-", (Span(2**63, None),)),
    ],
)
def test_a_range_that_the_rfc_allows_is_read(
    header: str, expected: tuple[Span | Suffix, ...]
) -> None:
    assert parse_range(header) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=5-2",
        "bytes=0-1,5-2",
        "bytes=1_0-20",
        "bytes=+1-2",
        "bytes=1-+2",
        "bytes=--1",
        "bytes=0x1-2",
        "bytes=1.0-2",
        "bytes=1 - 2",
        "bytes=1-2;3-4",
        "bytes=1-2\n",
        "bytes=\u0661-\u0662",
        "bytes=-\u0665",
        "bytes=\u00b2-",
        "bytes =0-1",
        " bytes=0-1",
        "octets=0-1",
        "items=0-1",
        "b\u0443tes=0-1",
    ],
)
def test_a_range_that_cannot_be_read_is_ignored(header: str) -> None:
    assert parse_range(header) is None
    assert select(header, 100) is None


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        ("bytes=0-99", 50, [ByteRange(0, 50)]),
        ("bytes=49-", 50, [ByteRange(49, 50)]),
        ("bytes=50-", 50, []),
        ("bytes=-5", 50, [ByteRange(45, 50)]),
        ("bytes=-500", 50, [ByteRange(0, 50)]),
        ("bytes=-0", 50, []),
        ("bytes=60-,-0,1-1", 50, [ByteRange(1, 2)]),
        ("bytes=40-49,0-9", 50, [ByteRange(40, 50), ByteRange(0, 10)]),
        ("bytes=0-0", 0, []),
        ("bytes=0-", 0, []),
        ("bytes=-0", 0, []),
        ("bytes=-1", 0, None),
        ("bytes=0-9,-1", 0, None),
    ],
)
def test_a_range_selects_what_the_file_has_of_it(
    header: str, size: int, expected: list[ByteRange] | None
) -> None:
    assert select(header, size) == expected


def test_numbers_of_thousands_of_digits_are_read() -> None:
    assert select(f"bytes=1-{LONG}", 50) == [ByteRange(1, 50)]
    assert select(f"bytes=-{LONG}", 50) == [ByteRange(0, 50)]
    assert select(f"bytes={LONG}-", 50) == []
    assert parse_range(f"bytes={'0' * 5000}1-5") == (Span(1, 5),)
    assert parse_content_range(f"bytes 0-{LONG}/*") is None


def test_parts_may_repeat_a_tenth_of_the_file_and_no_byte_more() -> None:
    assert select("bytes=0-99,0-9", 100) == [ByteRange(0, 100), ByteRange(0, 10)]
    assert select("bytes=0-99,0-10", 100) is None


def test_a_thousand_overlapping_ranges_are_the_whole_file_and_cost_nothing() -> None:
    started = time.process_time()
    assert select("bytes=" + ",".join(["0-"] * 1000), 2**40) is None
    assert time.process_time() - started < 0.5


SPECS = st.one_of(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: f"{pair[0]}-{pair[1]}"),
    st.integers(0, 40).map(lambda first: f"{first}-"),
    st.integers(0, 40).map(lambda length: f"-{length}"),
    st.sampled_from(["", " ", "-", "1_0-", "+1-2", "\u0661-"]),
)


def naive_part(spec: str, size: int) -> list[int] | None:
    """The positions that one element names, byte by byte; None where it cannot be read."""
    first, dash, last = spec.partition("-")
    numbers = [text for text in (first, last) if text]
    if not dash or not numbers or not all(set(text) <= set("0123456789") for text in numbers):
        return None
    if not first:
        return [at for at in range(size) if at >= size - int(last)]
    if last and int(first) > int(last):
        return None
    return [at for at in range(size) if int(first) <= at and (not last or at <= int(last))]


def naive_select(specs: list[str], size: int) -> list[list[int]] | None:
    parts = [naive_part(spec, size) for spec in specs if spec.strip()]
    found = [part for part in parts if part]
    if not parts or None in parts or sum(map(len, found)) > size * 1.1:
        return None
    return found


def positions(ranges: list[ByteRange] | None) -> list[list[int]] | None:
    return None if ranges is None else [list(range(each.start, each.stop)) for each in ranges]


@given(st.lists(SPECS, max_size=4), st.integers(1, 30))
def test_ranges_select_the_bytes_that_a_naive_model_does(specs: list[str], size: int) -> None:
    selected = select("bytes=" + ",".join(specs), size)
    assert positions(selected) == naive_select(specs, size)


@given(st.text(), st.integers(0, 2**63 - 1))
def test_whatever_is_asked_the_answer_lies_within_the_file(text: str, size: int) -> None:
    for found in select(f"bytes={text}", size) or []:
        assert 0 <= found.start < found.stop <= size


HOSTILE = st.lists(
    st.sampled_from(
        ["bytes", "=", "-", ",", "/", "*", " ", "\t", "0", "9" * 25, LONG, "\0", "\u0661"]
    )
    | st.text(max_size=2),
    max_size=20,
).map("".join)


@given(HOSTILE, st.integers(0, 2**63 - 1))
def test_any_field_is_read_or_ignored(text: str, size: int) -> None:
    for field in (text, f"bytes={text}"):
        for found in select(field, size) or []:
            assert 0 <= found.start < found.stop <= size
    for field in (text, f"bytes {text}"):
        told, of = parse_content_range(field) or (None, 1)
        assert (told is None) != (of is None) or (told is not None and told.stop <= (of or 0))


@pytest.mark.parametrize("piece", [",", "0-,", "-", "9", "0-0,", " ", "-1,", "0-9-", "\t,"])
def test_a_hostile_field_of_64_kb_costs_next_to_nothing(piece: str) -> None:
    field = piece * (64_000 // len(piece))
    started = time.process_time()
    for length in (len(field), 400):  # also few enough to be looked at one by one
        select(f"bytes={field[:length]}", 2**40)
        parse_content_range(f"bytes {field[:length]}")
    assert time.process_time() - started < 0.5


@given(st.data(), st.integers(1, 10**18 - 1))
def test_a_content_range_is_read_back(data: st.DataObject, size: int) -> None:
    start = data.draw(st.integers(0, size - 1))
    found = ByteRange(start, data.draw(st.integers(start + 1, size)))
    assert parse_content_range(found.content_range(size)) == (found, size)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes 0-49/50", (ByteRange(0, 50), 50)),
        ("bytes 0-49/*", (ByteRange(0, 50), None)),
        ("bytes */50", (None, 50)),
        ("bytes */0", (None, 0)),
        ("Bytes 1-1/2", (ByteRange(1, 2), 2)),
        ("", None),
        ("bytes */*", None),
        ("bytes 5-2/10", None),
        ("bytes 0-9/9", None),
        ("bytes 0-0/0", None),
        ("bytes=0-49/50", None),
        ("octets 0-49/50", None),
        ("bytes 0-49/50\n", None),
        ("bytes 0-\u0669/50", None),
        (f"bytes 0-{10**18}/*", None),
    ],
)
def test_a_content_range_is_read_or_refused(
    header: str, expected: tuple[ByteRange | None, int | None] | None
) -> None:
    assert parse_content_range(header) == expected
