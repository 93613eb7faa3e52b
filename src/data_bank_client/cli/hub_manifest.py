"""The manifest of a snapshot, read, and the place of each of its files below a folder.

The names in it are whoever's who owns the repository: none leads out of the folder.
"""

import re
import unicodedata
from pathlib import Path

import msgspec

from data_bank_client.errors import InvalidInputError, UnexpectedAnswerError
from data_bank_client.wire.digest import Digest

_DRIVE = re.compile(r"\A[A-Za-z]:")
_RESERVED = {"", ".", "..", ".git"}


class ManifestFile(msgspec.Struct, frozen=True):
    """A file of a snapshot: `sha256` is its id in the bank, `size` its bytes."""

    path: str
    sha256: str
    size: int


class _Manifest(msgspec.Struct, frozen=True):
    files: list[ManifestFile]


def read_manifest(content: bytes) -> list[ManifestFile]:
    """Raises UnexpectedAnswerError for what is none."""
    try:
        files = msgspec.json.decode(content, type=_Manifest).files
        for each in files:
            Digest.parse(each.sha256)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, InvalidInputError) as error:
        raise UnexpectedAnswerError(f"the snapshot's manifest cannot be read: {error}") from error
    return files


def place_in(folder: Path, name: str) -> Path:
    """Where a file is to be. Raises InvalidInputError for a name that may lead elsewhere."""
    parts = name.split("/")
    # As the service judges names: `.Git` is git's folder where upper and lower case are one.
    is_reserved = not _RESERVED.isdisjoint(each.lower() for each in parts)
    is_plain = not (is_reserved or any(map(_is_odd, name)) or _DRIVE.match(name))
    place = folder.joinpath(*parts) if is_plain else folder
    # A link that lies in the folder already could lead out of it.
    if not (is_plain and place.parent.resolve().is_relative_to(folder.resolve())):
        raise InvalidInputError(f"{name!a} would not be a file in {folder}: nothing is fetched")
    return place


def _is_odd(character: str) -> bool:
    return character == "\\" or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
