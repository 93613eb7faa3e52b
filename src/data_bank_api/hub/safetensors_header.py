"""What a safetensors file says of its tensors: the parameters of each dtype.

8 bytes, the length of the header    JSON: {"name": {"dtype": "BF16", "shape": [2, 3], ...}}
"""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Annotated

import msgspec

# A file has a handful of them. Who is told of more, or of longer ones, would keep them for nothing.
MOST_DTYPES = 64
LONGEST_DTYPE = 32  # characters
_LENGTH = 8


class _Tensor(msgspec.Struct, frozen=True):
    """Or the header's `__metadata__`, which has other fields."""

    dtype: str = ""
    shape: Annotated[list[int], msgspec.Meta(max_length=16)] = []


def count_parameters(head: bytes) -> Mapping[str, int]:
    """Of a file that begins so; nothing where this is not the beginning of one, or too little.

    Of MOST_DTYPES at most.
    """
    stop = _LENGTH + int.from_bytes(head[:_LENGTH], "little")
    try:
        tensors = msgspec.json.decode(head[_LENGTH:stop], type=dict[str, _Tensor])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    counts: Counter[str] = Counter()
    for each in tensors.values():
        if 0 < len(each.dtype) <= LONGEST_DTYPE:
            counts[each.dtype] += math.prod(each.shape)
    return counts if len(counts) <= MOST_DTYPES else {}
