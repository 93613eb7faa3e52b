"""Files of the safetensors format: eight bytes that say how long the header is, the header in JSON
(each tensor's type, shape and place), then the tensors.

`write_safetensors` makes a valid one of exactly the size that is asked for, a gigabyte in a second
or two, the same for the same seed: no zeros, and no two blocks of it alike.
"""

import json
import random
import struct
from collections import Counter
from collections.abc import Iterable
from math import prod
from pathlib import Path

import msgspec

from tests.fakes.hub.content import Content

BLOCK = 1 << 20
HEADER = 4096
SMALLEST = 4 * HEADER


class Tensor(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def write_safetensors(path: Path, size: int, *, tensors: int = 12, seed: int = 0) -> Path:
    """`size` in bytes, at least 16 KiB; the numbers are BF16. Gives the path."""
    assert size >= SMALLEST, "too small for a header and tensors"
    numbers = (size - HEADER) // 2
    described: dict[str, object] = {"__metadata__": {"format": "pt"}}
    for index in range(tensors):
        first, end = (numbers * each // tensors for each in (index, index + 1))
        described[f"model.layers.{index}.mlp.weight"] = {
            "dtype": "BF16",
            "shape": [end - first],
            "data_offsets": [2 * first, 2 * end],
        }
    header = json.dumps(described).encode().ljust(size - 2 * numbers - 8)
    _write(path, struct.pack("<Q", len(header)) + header, 2 * numbers, seed)
    return path


def _write(path: Path, head: bytes, length: int, seed: int) -> None:
    block = random.Random(seed).randbytes(BLOCK)
    with path.open("wb") as file:
        file.write(head)
        for index, at in enumerate(range(0, length, BLOCK)):
            numbered = struct.pack("<QQ", seed, index) + block[16:]
            file.write(numbered[: length - at])


def header_of(content: Content) -> dict[str, Tensor]:
    """The tensors by name; none where it is not this format."""
    if content.size < 8:
        return {}
    length = int(struct.unpack("<Q", b"".join(content.chunks(0, 8)))[0])
    if length > content.size - 8:
        return {}
    try:
        raw = msgspec.json.decode(b"".join(content.chunks(8, length)), type=dict[str, msgspec.Raw])
        raw.pop("__metadata__", None)
        return {name: msgspec.json.decode(each, type=Tensor) for name, each in raw.items()}
    except msgspec.MsgspecError:
        return {}


def parameters_of(contents: Iterable[Content]) -> dict[str, int]:
    """How many numbers of each type, as the Hub tells it of a model."""
    counted: Counter[str] = Counter()
    for content in contents:
        for tensor in header_of(content).values():
            counted[tensor.dtype] += prod(tensor.shape)
    return dict(counted)
