"""A page of a commit's tree, read from the Hub's JSON into files.

[{"type": "file", "path": "a.bin", "oid": sha1, "size": 5, "lfs": {"oid": sha256, "size": 5}},
 {"type": "directory", ...}]
"""

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.tree import TreeFile
from data_bank_client.errors import ExternalServiceError, InvalidInputError
from data_bank_client.wire.digest import Digest

MOST_ENTRIES = 10_000
_LARGEST = 2**53  # bytes; beyond, JSON's numbers are not exact everywhere
_Size = Annotated[int, Meta(ge=0, le=_LARGEST)]
_GIT_SHA1 = re.compile(r"\A[0-9a-f]{40}\Z")


class _Lfs(msgspec.Struct):
    oid: str
    size: _Size


class _Entry(msgspec.Struct):
    type: str
    path: str
    oid: str = ""
    size: _Size = 0
    lfs: _Lfs | None = None


_decoder = msgspec.json.Decoder(Annotated[list[_Entry], Meta(max_length=MOST_ENTRIES)])


def read_tree_page(body: bytes) -> list[TreeFile]:
    """The files of a page, in its order.

    Raises ExternalServiceError for what is no such page; InvalidInputError for a name that is not
    taken.
    """
    try:
        entries = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ExternalServiceError("the Hub lists files in a form that is not known") from error
    return [_file(each) for each in entries if each.type == "file"]


def _file(entry: _Entry) -> TreeFile:
    path = HubPath.parse(entry.path)
    if not _GIT_SHA1.match(entry.oid):
        raise ExternalServiceError(f"the Hub lists {path} without the hash of git")
    if entry.lfs is None:
        return TreeFile(path, entry.size, entry.oid)
    return TreeFile(path, entry.lfs.size, entry.oid, _sha256(path, entry.lfs.oid))


def _sha256(path: HubPath, text: str) -> Digest:
    try:
        return Digest.parse(text)
    except InvalidInputError as error:
        raise ExternalServiceError(f"the Hub lists {path} without its SHA-256") from error
