"""What a file of a repository is, told from its path and from what is known of its tensors.

model.safetensors          model, safetensors, as the Hub says: bf16
llama.Q4_K_M.gguf          model, gguf, q4_k_m
weights/model.fp16.bin     model, pytorch, f16
tokenizer_config.json      config
vocab.txt                  tokenizer
README.md                  other
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["model", "config", "tokenizer", "other"]

_FORMATS = {
    ".safetensors": "safetensors",
    ".bin": "pytorch",
    ".pt": "pytorch",
    ".pth": "pytorch",
    ".gguf": "gguf",
    ".onnx": "onnx",
    ".pb": "tensorflow",
}
# As safetensors name them; another is told in lower case.
_DTYPES = {
    "I4": "int4",
    "I8": "int8",
    "I16": "int16",
    "I32": "int32",
    "I64": "int64",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
    "U64": "uint64",
}
_DTYPE = re.compile(r"\A[A-Za-z][A-Za-z0-9_]{0,31}\Z")
# In a name in lower case, the first that is found. bf16 comes before f16, which is a part of it.
_NAMED = tuple(
    (re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])"), says)
    for pattern, says in (
        (r"(?P<quant>(?:iq|tq|q)[1-9]_[a-z0-9]+(?:_[a-z0-9]+)*)", ""),
        (r"bf16|bfloat16", "bf16"),
        (r"mxfp4", "mxfp4"),
        (r"nvfp4|fp4|f4", "f4"),
        (r"fp8|f8", "f8"),
        (r"fp16|f16|float16", "f16"),
        (r"fp32|f32|float32", "f32"),
        (r"fp64|f64|float64", "f64"),
        (r"int8|8bit|8-bit", "int8"),
        (r"int4|4bit|4-bit", "int4"),
    )
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """`file_format` and `precision` only of model files, None where nothing tells them."""

    kind: Kind
    file_format: str | None = None
    precision: str | None = None


def classify(path: str, tensors: Mapping[str, int]) -> FileKind:
    """What the file is, by its path in its repository.

    `tensors`: the parameters of each dtype, as `Hub.tensors` tells them, or the file itself.
    """
    text = path.lower()
    file_format = _FORMATS.get(_suffix(text.rpartition("/")[2]))
    if file_format is None:
        return FileKind(_kind_without_format(text))
    is_known = file_format == "safetensors" and bool(tensors)
    precision = _most_of(tensors) if is_known else None
    return FileKind("model", file_format, precision or _precision_in(text))


def _suffix(name: str) -> str:
    _, dot, end = name.rpartition(".")
    return dot + end


def _kind_without_format(path: str) -> Kind:
    if "config" in path and path.endswith(".json"):
        return "config"
    return "tokenizer" if "tokenizer" in path or "vocab" in path else "other"


def _most_of(tensors: Mapping[str, int]) -> str | None:
    """The precision of most parameters."""
    dtype = max(tensors, key=lambda each: tensors[each])
    return _DTYPES.get(dtype, dtype.lower()) if _DTYPE.match(dtype) else None


def _precision_in(path: str) -> str | None:
    """What the name says, or else a folder's name."""
    for part in reversed(path.split("/")):
        for pattern, says in _NAMED:
            found = pattern.search(part)
            if found is not None:
                return says or found.group("quant")
    return None
