"""What a file is, from its path and from what the Hub says of its tensors."""

import pytest

from data_bank_api.hub.file_kind import FileKind, classify


def kind_of(path: str, tensors: dict[str, int] | None = None) -> FileKind:
    return classify(path, tensors or {})


@pytest.mark.parametrize(
    ("path", "kind", "file_format"),
    [
        ("model.safetensors", "model", "safetensors"),
        ("a/b/MODEL-00001-of-00002.SAFETENSORS", "model", "safetensors"),
        ("pytorch_model.bin", "model", "pytorch"),
        ("x.pt", "model", "pytorch"),
        ("x.pth", "model", "pytorch"),
        ("x.gguf", "model", "gguf"),
        ("onnx/model.onnx", "model", "onnx"),
        ("saved_model.pb", "model", "tensorflow"),
        ("tokenizer.bin", "model", "pytorch"),
        ("config.json", "config", None),
        ("configs/a.json", "config", None),
        ("tokenizer_config.json", "config", None),
        ("config.yaml", "other", None),
        ("tokenizer.json", "tokenizer", None),
        ("vocab.txt", "tokenizer", None),
        ("bin", "other", None),
        ("README.md", "other", None),
        ("safetensors/readme", "other", None),
    ],
)
def test_the_path_tells_the_kind_and_the_format(
    path: str, kind: str, file_format: str | None
) -> None:
    found = kind_of(path)
    assert (found.kind, found.file_format) == (kind, file_format)


@pytest.mark.parametrize(
    ("path", "precision"),
    [
        ("model-bf16.safetensors", "bf16"),
        ("model.BFloat16.bin", "bf16"),
        ("model.fp16.bin", "f16"),
        ("model-f16.gguf", "f16"),
        ("a_bf16_b_f16.bin", "bf16"),
        ("model_fp32.onnx", "f32"),
        ("model-fp64.onnx", "f64"),
        ("model-fp8.safetensors", "f8"),
        ("model.f8_e4m3fn.safetensors", "f8"),
        ("gpt-mxfp4.gguf", "mxfp4"),
        ("x-nvfp4.safetensors", "f4"),
        ("model_int8.onnx", "int8"),
        ("model-4bit.safetensors", "int4"),
        ("llama.Q4_K_M.gguf", "q4_k_m"),
        ("llama-Q8_0-00001-of-00002.gguf", "q8_0"),
        ("llama.IQ2_XXS.gguf", "iq2_xxs"),
        ("fp16/model.onnx", "f16"),
        ("fp16/model_int8.onnx", "int8"),
        ("model.safetensors", None),
        ("half16.bin", None),
        ("xf16y.bin", None),
        ("config-fp16.json", None),
    ],
)
def test_a_name_tells_the_precision_of_a_model_file(path: str, precision: str | None) -> None:
    assert kind_of(path).precision == precision


@pytest.mark.parametrize(
    ("tensors", "precision"),
    [
        ({"BF16": 8_000_000_000, "F32": 12}, "bf16"),
        ({"F32": 12, "I8": 40}, "int8"),
        ({"F8_E4M3": 1}, "f8_e4m3"),
        ({"\x1b[2J": 1}, "f16"),
        ({}, "f16"),
    ],
)
def test_what_the_hub_says_of_tensors_comes_before_the_name(
    tensors: dict[str, int], precision: str
) -> None:
    assert kind_of("model.fp16.safetensors", tensors).precision == precision


def test_what_the_hub_says_of_tensors_is_about_safetensors_only() -> None:
    assert kind_of("llama.Q4_K_M.gguf", {"F32": 1}).precision == "q4_k_m"
    assert kind_of("config.json", {"F32": 1}) == FileKind("config")
