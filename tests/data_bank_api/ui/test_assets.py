"""What is vendored is what its table says, and is in the package."""

import hashlib
import re
from importlib.resources import files

import pytest

from data_bank_api.ui.assets import Assets

VENDOR = files("data_bank_api.ui").joinpath("static", "vendor")
ROW = re.compile(
    r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| `([^`]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE
)


def test_each_vendored_file_is_the_one_of_its_table() -> None:
    rows = ROW.findall(VENDOR.joinpath("README.md").read_text())
    for name, _package, _version, licence, digest in rows:
        assert hashlib.sha256(VENDOR.joinpath(name).read_bytes()).hexdigest() == digest
        assert VENDOR.joinpath(licence).is_file()
    told = {row[0] for row in rows} | {row[3] for row in rows} | {"README.md"}
    assert told == {each.name for each in VENDOR.iterdir()}


def test_an_address_tells_of_what_is_at_it() -> None:
    assets = Assets.load()
    for address, asset in assets.by_address.items():
        assert hashlib.sha256(asset.content).hexdigest()[:12] in address
        assert assets.address(asset.name) == address


def test_a_template_that_asks_for_what_is_not_there_fails() -> None:
    with pytest.raises(StopIteration):
        Assets.load().address("nothing.css")
