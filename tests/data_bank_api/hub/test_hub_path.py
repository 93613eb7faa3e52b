"""Paths in a repository are names: none can mean something to a file system."""

from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data_bank_api.hub.hub_path import LONGEST_PATH, HubPath
from data_bank_client.errors import InvalidInputError


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a/b/c.bin",
        ".gitattributes",
        ".github/x",
        "...",
        "..a/b..",
        "a b/#%?&=+.txt",
        "100%",
        "%2e%2e/x",
        "\u00fc\u4e2d\U0001f600.json",
        "ab:c",
        "~/x",
        "-rf",
        "CON",
        "x" * 255,
        "/".join(["x" * 63] * 16),
    ],
)
def test_an_odd_name_is_a_name(text: str) -> None:
    assert str(HubPath.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("/etc/passwd", "of a system"),
        ("C:/x", "of a system"),
        ("c:x", "of a system"),
        ("a:b", "of a system"),
        ("a\\..\\b", "of a system"),
        ("..", "part"),
        ("../x", "part"),
        ("a/../../x", "part"),
        ("a/..", "part"),
        ("./a", "part"),
        ("a//b", "part"),
        ("a/", "part"),
        (".git/config", "part"),
        ("a/.GIT/x", "part"),
        ("a\0b", "control"),
        ("a\nb", "control"),
        ("a\x1b[2Jb", "control"),
        ("a\x7fb", "control"),
        ("a\x85b", "control"),
        ("a\u2028b", "control"),
        ("a\ud800b", "control"),
        ("x" * 256, "255"),
        ("\u00fc" * 128, "255"),
        ("x/" * (LONGEST_PATH // 2) + "x", "1024"),
    ],
)
def test_what_could_mean_something_to_a_system_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says) as caught:
        HubPath.parse(text)
    assert caught.value.message.isascii()
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 1200


def test_a_path_has_a_name_and_a_form_for_addresses() -> None:
    path = HubPath.parse("a b/#%\u00fc.bin")
    assert (path.name, path.quoted) == ("#%\u00fc.bin", "a%20b/%23%25%C3%BC.bin")
    assert HubPath.parse("x").name == "x"


TEXTS = st.text(max_size=30) | st.text(alphabet="./\\:aC\0%\n~", max_size=12)


@given(TEXTS)
@example("C:")
def test_a_path_that_is_taken_stays_in_its_folder(text: str) -> None:
    try:
        path = HubPath.parse(text)
    except InvalidInputError:
        return
    for kind in (PurePosixPath, PureWindowsPath):
        joined = kind("folder") / path.text
        assert joined.parts[0] == "folder"
        assert ".." not in joined.parts
        assert len(joined.parts) == 2 + text.count("/")
    assert path.text.encode().decode() == text


@given(TEXTS)
def test_a_path_that_is_taken_stays_itself_in_an_address(text: str) -> None:
    try:
        path = HubPath.parse(text)
    except InvalidInputError:
        return
    raw = httpx2.URL(f"https://hub.test/o/n/resolve/main/{path.quoted}").raw_path.decode()
    assert unquote(raw) == f"/o/n/resolve/main/{text}"
