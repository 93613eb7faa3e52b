"""A model repository as they are: weights, config, tokenizer, a card, odd names, an empty file, a
deep folder, and as many small files as are asked for. The same each time.
"""

import json
import random
from pathlib import Path

from tests.fakes.hub.repository import Files, RepoSpec
from tests.fakes.hub.safetensors import write_safetensors

CARD = b"""---
language: [en, de]
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
tags: [bf16, example]
---
# A model

It answers nothing.
"""

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 2048,
    "model_type": "llama",
    "num_hidden_layers": 12,
    "torch_dtype": "bfloat16",
    "vocab_size": 32000,
}

ODD_NAMES = (
    "odd/with spaces and (brackets) [1].txt",
    "odd/100% sure %20 %2F.txt",
    "odd/a+b=c&d;e.txt",
    "odd/what? #1 'quoted' \"twice\" ~.txt",
    "odd/größe 数据 🙂.txt",
    "odd/gro\u0308ße decomposed.txt",
    "odd/.hidden/..almost/trailing dot.",
    "odd/-rf *",
    "odd/" + "n" * 200 + ".txt",
    "/".join(["deep", *(str(depth) for depth in range(25)), "file.txt"]),
)


def realistic_model(
    folder: Path, repo_id: str = "acme/example-1b", *, size: int = 100_000_000, small: int = 3000
) -> RepoSpec:
    """`size` in bytes of the weights, which are written into `folder`; `small` more files."""
    weights = write_safetensors(folder / "model.safetensors", size)
    files: dict[str, bytes | Path] = {
        ".gitattributes": b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
        "README.md": CARD,
        "model.safetensors": weights,
        "onnx/model_fp16.onnx": random.Random(1).randbytes(300_000),
        "config.json": json.dumps(CONFIG, indent=2).encode(),
        "generation_config.json": b'{"max_length": 2048}\n',
        "empty.txt": b"",
    }
    odd = {name: f"in {name}\n".encode() for name in ODD_NAMES}
    return RepoSpec(repo_id, {**files, **_tokenizer(), **odd, **_small(small)}, tags=("example",))


def _tokenizer() -> Files:
    words = [f"word{number}" for number in range(32000)]
    vocabulary = {word: number for number, word in enumerate(words)}
    model = {"type": "WordPiece", "unk_token": "[UNK]", "vocab": vocabulary}
    return {
        "tokenizer.json": json.dumps({"version": "1.0", "model": model}).encode(),
        "tokenizer_config.json": b'{"tokenizer_class": "BertTokenizer"}\n',
        "vocab.txt": "\n".join(words).encode(),
    }


def _small(count: int) -> Files:
    """Every tenth holds the same bytes as the one before it."""
    files: dict[str, bytes | Path] = {}
    for number in range(count):
        told = number - 1 if number % 10 == 9 else number
        files[f"examples/{number // 500:03}/{number:05}.json"] = b'{"number": %d}' % told
    return files
