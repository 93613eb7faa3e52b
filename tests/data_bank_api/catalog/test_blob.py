import base64
import gzip
import random

import pytest

from data_bank_api.catalog.blob import PIECE, pack, unpack
from data_bank_api.catalog.document import stored_json
from data_bank_api.catalog.keys import GenerationKeys
from tests.data_bank_api.catalog.refreshing import Desk

NOISE = random.Random(1).randbytes(3 * PIECE)


@pytest.mark.parametrize("chunks", [[], [b"a"], [b"line\n"] * 1000, [NOISE, b"end"]])
def test_what_is_packed_is_unpacked(chunks: list[bytes]) -> None:
    assert b"".join(unpack(pack(chunks))) == b"".join(chunks)


def test_the_pieces_joined_are_base64_of_gzip() -> None:
    pieces = list(pack([NOISE]))
    assert len(pieces) == 4
    assert max(map(len, pieces)) == PIECE // 3 * 4
    assert gzip.decompress(base64.b64decode(b"".join(pieces), validate=True)) == NOISE


@pytest.mark.parametrize(
    ("pieces", "says"),
    [
        ([], "cut off"),
        (list(pack([NOISE]))[:-1], "cut off"),
        ([base64.b64encode(b"no gzip")], "damaged"),
        ([b"no base64!"], "base64"),
    ],
)
def test_what_is_damaged_or_cut_off_is_an_error(pieces: list[bytes], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        list(unpack(pieces))


def test_a_catalog_is_kept_as_a_blob_too(desk: Desk) -> None:
    desk.full_of("ab")
    found = desk.client.hgetall(GenerationKeys(desk.catalog.current() or "").blob)
    pieces = [found[str(number).encode()] for number in range(len(found))]
    lines = b"".join(unpack(each for each in pieces if isinstance(each, bytes)))
    assert lines == b"".join(stored_json(each) + b"\n" for each in desk.documents())
