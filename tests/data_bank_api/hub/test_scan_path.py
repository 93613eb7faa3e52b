"""The folder that is to be scanned is named by somebody, and judged."""

from pathlib import Path

import pytest

from data_bank_api.hub.scan_path import ScanPath
from data_bank_client.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("models", "models"),
        ("./models//org/./name/", "models/org/name"),
        (".", "."),
        ("./", "."),
        ("/srv/models/", "/srv/models"),
        ("//srv", "/srv"),
        ("a b/ü#%", "a b/ü#%"),
        ("...", "..."),
        ("/", "/"),
    ],
)
def test_names_of_one_folder_are_one(text: str, plain: str) -> None:
    assert ScanPath.parse(text).text == plain


@pytest.mark.parametrize(
    "text", ["", "..", "a/../b", "/srv/..", "a\0b", "a\nb", "\udcff", "a" * 4097, "ü" * 2049]
)
def test_what_leads_up_or_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"\Apath: "):
        ScanPath.parse(text)


def test_what_is_absolute_is_below_a_root_or_not() -> None:
    assert ScanPath.parse("/srv/models/a/b").below(Path("/srv/models")) == "a/b"
    assert ScanPath.parse("/srv/models").below(Path("/srv/models")) == "."
    assert ScanPath.parse("/srv/models-2/a").below(Path("/srv/models")) is None
    assert ScanPath.parse("a/b").below(Path("/srv/models")) == "a/b"
    assert str(ScanPath.parse("/")) == "/"
