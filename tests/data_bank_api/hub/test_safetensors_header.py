"""What a safetensors file says of its tensors."""

import json

import pytest

from data_bank_api.hub.safetensors_header import LONGEST_DTYPE, MOST_DTYPES, count_parameters


def file_of(header: object) -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(100)


def tensor(dtype: str, *shape: int) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, 1]}


def test_the_parameters_of_each_dtype_are_counted() -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "a": tensor("BF16", 2, 3),
        "b": tensor("F32", 5),
        "c": tensor("BF16"),
    }
    assert count_parameters(file_of(header)) == {"BF16": 7, "F32": 5}


def test_no_more_dtypes_are_told_than_a_file_has() -> None:
    header = {str(each): tensor(f"X{each}", each) for each in range(MOST_DTYPES)}
    assert len(count_parameters(file_of(header))) == MOST_DTYPES
    assert count_parameters(file_of({**header, "more": tensor("Y", 1)})) == {}
    long = "X" * (LONGEST_DTYPE + 1)
    assert count_parameters(file_of({"a": tensor(long, 5), "b": tensor("F32", 2)})) == {"F32": 2}


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"short",
        file_of([1]),
        file_of({"a": 1}),
        file_of({"a": tensor("F32", *[2**60] * 17)}),
        file_of({"a": tensor("F32", 2)})[:20],
        b"\xff" * 100,
        (2).to_bytes(8, "little") + b"\xff\xff",
        (4).to_bytes(8, "little") + b'{"\xff"',
        (10**6).to_bytes(8, "little") + b'{"a":{"x":' + b"[" * 100_000,
    ],
)
def test_what_is_no_header_or_not_all_of_it_tells_nothing(head: bytes) -> None:
    assert count_parameters(head) == {}
