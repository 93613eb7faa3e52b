"""Which parts of a file have come: the arithmetic, and what a damaged file of a map says."""

from hypothesis import given
from hypothesis import strategies as st

from data_bank_api.hub.part_map import SLOTS, SYNCED, PartMap, decode, encode_slot

BOOT = "this start"

maps = st.builds(
    PartMap,
    size=st.integers(1, 5000),
    part_size=st.integers(1, 700),
    etag=st.text(max_size=40),
    writing=st.integers(0, 2**40),
    syncs=st.integers(0, 2**40),
)


@st.composite
def half_done(draw: st.DrawFn) -> PartMap:
    parts = draw(maps)
    for number in draw(st.sets(st.integers(0, parts.count - 1), max_size=20)):
        parts = parts.with_done(parts.part(number))
    return parts


@given(maps)
def test_parts_cover_a_file_once_and_in_order(parts: PartMap) -> None:
    covered = [(part.start, part.stop) for part in parts.parts()]
    starts, stops = [0, *(stop for _, stop in covered)], [*(start for start, _ in covered)]
    assert starts == [*stops, parts.size]
    assert all(0 < part.size <= parts.part_size for part in parts.parts())


@given(half_done())
def test_what_is_done_and_what_is_missing_are_the_whole(parts: PartMap) -> None:
    missing = list(parts.missing())
    done = [part for part in parts.parts() if parts.is_done(part)]
    assert sorted([*missing, *done], key=lambda part: part.number) == list(parts.parts())
    assert parts.done_bytes == sum(part.size for part in done)


@given(half_done(), st.sampled_from([BOOT, SYNCED]))
def test_a_slot_says_what_was_written_into_it(parts: PartMap, boot: str) -> None:
    assert decode(encode_slot(parts, boot) * SLOTS, BOOT) == parts


@given(half_done())
def test_all_slots_of_a_map_have_one_length(parts: PartMap) -> None:
    empty = parts.emptied(parts.etag)
    full = empty
    for part in empty.parts():
        full = full.with_done(part)
    lengths = {len(encode_slot(each, boot)) for each in (empty, full) for boot in ("", "b" * 36)}
    assert lengths == {len(encode_slot(parts, BOOT))}


@given(half_done(), st.data())
def test_a_torn_slot_is_seen_and_the_one_before_it_counts(
    parts: PartMap, data: st.DataObject
) -> None:
    later = parts.next_writing()
    before, torn = encode_slot(parts, BOOT), bytearray(encode_slot(later, BOOT))
    at = data.draw(st.integers(0, 40))
    torn[at] ^= data.draw(st.integers(1, 255))
    assert decode(bytes(torn) + before + before + before, BOOT) == parts


@given(half_done())
def test_of_another_start_only_what_was_synced_counts(parts: PartMap) -> None:
    synced, written = encode_slot(parts, SYNCED), encode_slot(parts.next_writing(), BOOT)
    content = synced * 2 + written * 2
    assert decode(content, BOOT) == parts.next_writing()
    assert decode(content, "the next start") == parts


@given(st.binary(max_size=200))
def test_anything_else_says_nothing(content: bytes) -> None:
    assert decode(content, BOOT) is None


@given(half_done())
def test_a_map_begun_anew_has_nothing_done(parts: PartMap) -> None:
    anew = parts.emptied("new")
    assert (anew.etag, anew.done_bytes, list(anew.missing())) == ("new", 0, list(parts.parts()))
