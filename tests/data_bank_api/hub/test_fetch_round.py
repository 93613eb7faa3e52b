"""A go at a large file costs as much for each byte, be the file small or large."""

from collections.abc import Generator
from pathlib import Path

import httpx2
import pytest

from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.fetch_round import FetchRound
from data_bank_api.hub.halt import Halt
from data_bank_api.hub.located import Located, Rest
from data_bank_api.hub.origin import Line, Origin
from data_bank_api.hub.part_map import Part, PartMap
from data_bank_api.hub.patience import Patience
from data_bank_api.hub.spool import Spool
from data_bank_api.hub.syncing import Syncing
from data_bank_api.hub.transfer_meter import TransferMeter

PARTS, PART = 1000, 10
SIZE = PARTS * PART


class LineOfChunks(Line):
    """The whole comes in chunks as long as a part, and not where parts begin."""

    def whole(self) -> Generator[bytes, None, None]:
        yield b"x" * 5
        for _ in range(PARTS - 1):
            yield b"x" * PART
        yield b"x" * 5


def nowhere(_: Rest) -> Located:
    raise AssertionError


def test_of_what_comes_whole_each_part_is_looked_at_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Part] = []
    is_done = PartMap.is_done

    def look(parts: PartMap, part: Part) -> bool:
        looks.append(part)
        return is_done(parts, part)

    monkeypatch.setattr(PartMap, "is_done", look)
    spool = Spool.open(tmp_path, "name", lambda _: None, Syncing())
    spool.prepare(PartMap(SIZE, PART, ""), 0)
    taken = bytearray()
    with httpx2.Client() as http:
        line = LineOfChunks(http, Origin(nowhere, SIZE), SIZE, Patience(), Halt())
        FetchRound(line, spool, ByteBudget(SIZE), TransferMeter(SIZE)).run_whole(taken.extend)
    spool.close()
    assert bytes(taken) == b"x" * SIZE
    assert spool.parts.done_bytes == SIZE
    assert len(looks) < 10 * PARTS
