"""What the stand-in Hub of the house has: a few datasets to be found, and a model."""

from tests.browser.house import House
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.running_bank import until

MARKUP = "<img src=x onerror=alert(1)><b>bold</b>"
ARMS = "robotics/arms"
ARMS_FILES = {"README.md": b"# Arms\n", "data/train.parquet": b"p" * 300_000, "old/a.csv": b"1\n"}
MODEL = "acme/small"
MODEL_FILES = {"config.json": b"{}", "model.safetensors": b"w" * 200_000, f"{MARKUP}/x.txt": b"x"}
SHOWN = "acme/example-1b"
SHOWN_FILES = {
    "README.md": b"# A model\n" * 90,
    "config.json": b"{}" * 200,
    "model-00001-of-00002.safetensors": b"1" * 900_000,
    "model-00002-of-00002.safetensors": b"2" * 500_000,
    "onnx/model_fp16.onnx": b"3" * 300_000,
    "tokenizer.json": b"[]" * 80_000,
}
_WORDS = (
    "speech",
    "maps",
    "cells",
    "weather",
    "poems",
    "code",
    "faces",
    "trees",
    "prices",
    "stars",
)


def fill(hub: StandInHub) -> None:
    about = "Arms of robots, which pick and place: 40 hours of recordings of six arms in a kitchen."
    tags = ("language:en", "task_categories:robotics", "license:apache-2.0")
    told = {"description": about, "mainSize": 21 << 30}
    hub.add(RepoSpec(ARMS, ARMS_FILES, "dataset", tags=tags, downloads=90_000, told=told))
    odd = {"description": MARKUP}
    hub.add(RepoSpec("odd/markup", {MARKUP: b"1"}, "dataset", tags=(MARKUP,), told=odd))
    for number, word in enumerate(_WORDS * 3):
        of = f"{('acme', 'northlab', 'openlib')[number % 3]}/{word}-{number}"
        told = {"description": f"Many {word}, gathered and cleaned.", "mainSize": 7 << 30 >> number}
        hub.add(RepoSpec(of, {"a.csv": b"1"}, "dataset", downloads=2_000_000 >> number, told=told))
    hub.add(RepoSpec(MODEL, MODEL_FILES))
    hub.add(RepoSpec(SHOWN, SHOWN_FILES))


def wait_for_catalog(house: House) -> None:
    """Until it was refreshed, as it is once an hour where there is a token, and is indexed."""
    until(lambda: house.count_found("robots") == 1)
